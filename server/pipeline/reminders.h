// Reminds people of answers that are due, in their own chats: once before the deadline, with who could take over, and
// once when it has passed. Never somebody whose turn it is not, who is away, or a bot; never in a channel.
//
//   ASSIGN_OR_RETURN(int added, AddReminders(parts));           // every few minutes; looking again adds nothing
//   ASSIGN_OR_RETURN(Told told, TellReminder(parts, chat, intent));
//
// A reminder is one per review, chat, deadline and kind: that is kept beside the outbox, which forgets. Whether it
// still holds is looked at when it is told.
//
// Thread safety: as publish.h; AddReminders from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_REMINDERS_H_
#define MERGEGATE_SERVER_PIPELINE_REMINDERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/pipeline/due_turns.h"
#include "server/pipeline/publish.h"

namespace mergegate::pipeline {

// What the text of such a kMessage begins with; kind and deadline follow.
inline constexpr std::string_view kReminder = "reminder ";

struct Reminder {
  ProjectId project = {};
  std::string change = {};
  std::string title = {};
  std::string link = {};
  DueTurn due = {};
};

// What the person of a chat could be reminded of now, whether or not they were. Latest update first.
absl::StatusOr<std::vector<Reminder>> RemindersOf(const PublishParts& parts, const ChatConfig& chat);

publication::ChatItem ItemOf(const Reminder& reminder, absl::Time now);

// Adds a kMessage for each of which nobody was told yet; returns how many. What is late for longer than five days is
// left out: whoever hears of it now, because a chat was configured, has long seen it or will not look.
absl::StatusOr<int> AddReminders(const PublishParts& parts);

// Sends one of these.
absl::StatusOr<Told> TellReminder(const PublishParts& parts, const ChatConfig& chat, const storage::Intent& intent);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_REMINDERS_H_
