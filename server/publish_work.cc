#include "server/publish_work.h"

#include <cmath>
#include <string>
#include <vector>

#include "server/base/secret_source.h"
#include "server/base/status_macros.h"

namespace mergegate {
namespace {

std::vector<std::string> Places(const config::ServerFile& file) {
  std::vector<std::string> places;
  for (const HostConfig& host : file.hosts) places.push_back(host.api_url);
  for (const ChatConfig& chat : file.chats) {
    if (const auto url = ReadSecret(chat.url); url.ok()) places.push_back(*url);  // its origin is allowed, not more
  }
  return places;
}

}  // namespace

PublishWork::PublishWork(const pipeline::PipelineParts& parts, const config::ServerFile& file)
    : parts_(parts),
      anything_(!file.hosts.empty()),
      http_(Places(file), "mergegate/" MERGEGATE_VERSION),
      hosts_(file.hosts, http_, parts.clock),
      chat_(http_, parts.clock),
      loop_({.clock = parts.clock,
             .mirrors = parts.mirrors,
             .store = parts.store,
             .metrics = parts.metrics,
             .host = [this](std::string_view name) { return hosts_.Client(name); },
             .chats = file.chats,
             .say = [this](const ChatConfig& chat,
                           const publication::ChatMessage& message) { return chat_.Send(chat, message); }},
            {}) {
  const auto count = [&store = parts.store](storage::IntentState state) {
    return [&store, state] {
      auto counts = store.CountIntents();
      return counts.ok() ? static_cast<double>((*counts)[state]) : std::nan("");
    };
  };
  parts.metrics.Sample(Gauge::kWaiting, {"outbox"}, count(storage::IntentState::kWaiting));
  parts.metrics.Sample(Gauge::kUnderWay, {"outbox"}, count(storage::IntentState::kLeased));
  parts.metrics.Sample(Gauge::kGivenUp, {}, count(storage::IntentState::kDead));
}

absl::Status PublishWork::Start() {
  RETURN_IF_ERROR(parts_.store.ReleaseIntents(parts_.clock.Now()));
  if (anything_) loop_.Start();
  return absl::OkStatus();
}

}  // namespace mergegate
