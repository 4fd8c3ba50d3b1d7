// The chats' part of publishing (publish.h): who hears of a verdict, when, and what they are told then.
//
// A channel hears of the verdicts that it wants, each once per head and outcome. A person hears that it is their turn,
// once per head, in their working hours; when it no longer is by then, they hear nothing. Of deadlines they are
// reminded (reminders.h). A digest replaces all of it by one message a day.
//
// Thread safety: as publish.h.
#ifndef MERGEGATE_SERVER_PIPELINE_PUBLISH_CHAT_H_
#define MERGEGATE_SERVER_PIPELINE_PUBLISH_CHAT_H_

#include "absl/status/statusor.h"
#include "server/domain/run.h"
#include "server/pipeline/publish.h"

namespace mergegate::pipeline {

// Adds a kMessage for every chat that is to hear of this verdict.
absl::StatusOr<Told> TellChats(const PublishParts& parts, const Run& run, const Verdict& verdict,
                               const hosts::Place& place);
// Sends one kMessage.
absl::StatusOr<Told> TellMessage(const PublishParts& parts, const storage::Intent& intent);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PUBLISH_CHAT_H_
