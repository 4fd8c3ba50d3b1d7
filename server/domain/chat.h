// Where messages go besides the hosts: incoming webhooks of Slack and Discord.
#ifndef MERGEGATE_SERVER_DOMAIN_CHAT_H_
#define MERGEGATE_SERVER_DOMAIN_CHAT_H_

#include <string>
#include <vector>

#include "server/domain/review.h"
#include "server/domain/verdict.h"

namespace mergegate {

enum class ChatKind { kUnspecified = 0, kSlack = 1, kDiscord = 2 };

// One entry of the configuration file's `notify`: a channel that hears verdicts, or a person who hears that it is their
// turn, in their working hours.
struct ChatConfig {
  std::string name;
  ChatKind kind = ChatKind::kUnspecified;
  std::string url;                    // "file:PATH" or "env:NAME": whoever knows the URL may write there
  std::vector<std::string> projects;  // globs; empty: all
  std::vector<VerdictState> verdicts = {VerdictState::kFail, VerdictState::kInconclusive};
  Handle person;       // empty: a channel
  std::string digest;  // "09:00": once a day at that time in `time_zone` instead of at once; empty: at once
  std::string time_zone = "UTC";
  bool operator==(const ChatConfig&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_CHAT_H_
