// Tells one intent of the outbox to where it belongs: what is stored now (run, verdict, review, change) put into words
// by server/publication and handed to the host's client.
//
//   absl::StatusOr<Told> told = Tell(parts, intent);     // sent, or skipped and why; an error says whether to try
//   again
//
// What is no longer news is skipped: a pending status of a run that is done, a review of a head that was pushed over.
//
// Thread safety: intents of different changes may be told at once.
#ifndef MERGEGATE_SERVER_PIPELINE_PUBLISH_H_
#define MERGEGATE_SERVER_PIPELINE_PUBLISH_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/chance.h"
#include "server/base/clock.h"
#include "server/base/metrics.h"
#include "server/domain/chat.h"
#include "server/domain/verdict.h"
#include "server/hosts/host_client.h"
#include "server/pipeline/mirrors.h"
#include "server/publication/chat_text.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// What publishing works with; all outlive it.
struct PublishParts {
  const Clock& clock;
  const Mirrors& mirrors;
  storage::Store& store;
  Metrics& metrics;
  // The client of a configured host; nullptr for any other.
  std::function<hosts::HostClient*(std::string_view host)> host = [](std::string_view) { return nullptr; };
  Chance chance = UniformChance;
  // Who else hears of changes, and how they are told.
  std::vector<ChatConfig> chats = {};
  std::function<absl::Status(const ChatConfig&, const publication::ChatMessage&)> say =
      [](const ChatConfig&, const publication::ChatMessage&) { return absl::OkStatus(); };
  // Where people read more of a run: link + its name; empty: nowhere.
  std::string public_url = "";
};

struct Told {
  bool sent = true;  // false: skipped
  std::string note = {};
};

// Errors as in server/hosts/host_api.h.
absl::StatusOr<Told> Tell(const PublishParts& parts, const storage::Intent& intent);

// Whether nothing but people's answers keeps the verdict from a pass: then it is the reviewers' turn.
bool WaitsForPeopleOnly(const Verdict& verdict);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PUBLISH_H_
