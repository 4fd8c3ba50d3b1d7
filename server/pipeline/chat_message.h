// Which chat hears of what, and when: at once, in a person's working hours, or with the next digest.
//
//   if (!Hears(chat, project)) return;
//   ASSIGN_OR_RETURN(bool added, store.AddIntent(MessageFor(parts, chat, project, "pr-12", text, key), now));
//
// Thread safety: as publish.h.
#ifndef MERGEGATE_SERVER_PIPELINE_CHAT_MESSAGE_H_
#define MERGEGATE_SERVER_PIPELINE_CHAT_MESSAGE_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/pipeline/publish.h"

namespace mergegate::pipeline {

// The text of a kMessage that is a digest.
inline constexpr std::string_view kDigest = "digest";

bool Hears(const ChatConfig& chat, const ProjectId& project);

// A kMessage. `text` says what it is about and `key` makes it unique, unless the chat has a digest: that is one for all
// that happened, and is composed of what holds then.
storage::NewIntent MessageFor(const PublishParts& parts, const ChatConfig& chat, const ProjectId& project,
                              const std::string& change, std::string text, std::string key);

// The next moment from `now` on at which it is `time_of_day` ("09:00") there.
absl::Time NextAt(absl::Time now, const std::string& time_of_day, const absl::TimeZone& zone);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_CHAT_MESSAGE_H_
