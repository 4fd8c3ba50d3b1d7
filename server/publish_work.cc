#include "server/publish_work.h"

#include <cmath>
#include <string_view>

#include "server/base/status_macros.h"

namespace mergegate {

pipeline::PublishParts PublishWork::Publishing(const config::ServerFile& file, const hosts::Hosts& hosts) {
  return {.clock = parts_.clock,
          .mirrors = parts_.mirrors,
          .store = parts_.store,
          .metrics = parts_.metrics,
          .host = [&hosts](std::string_view name) { return hosts.Client(name); },
          .chats = file.chats,
          .say = [this](const ChatConfig& chat,
                        const publication::ChatMessage& message) { return chat_.Send(chat, message); }};
}

PublishWork::PublishWork(const pipeline::PipelineParts& parts, const config::ServerFile& file, Http& http,
                         const hosts::Hosts& hosts)
    : parts_(parts),
      anything_(!file.hosts.empty() || !file.chats.empty()),
      chat_(http, parts.clock),
      loop_(Publishing(file, hosts), {}),
      reminders_(Publishing(file, hosts)) {
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
  reminders_.Start();
  return absl::OkStatus();
}

void PublishWork::Stop() {
  reminders_.Stop();
  loop_.Stop();
}

}  // namespace mergegate
