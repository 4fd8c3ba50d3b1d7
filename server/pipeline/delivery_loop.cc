#include "server/pipeline/delivery_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/hosts/event.h"

namespace mergegate::pipeline {
namespace {

// How often the queue is looked at without being woken.
constexpr std::chrono::seconds kPoll(1);
constexpr absl::Duration kForgetEvery = absl::Hours(1);
// One server has the database, and gives back what it held when it starts: so a lease need not lapse soon, and a first
// fetch may take its time.
constexpr absl::Duration kLease = absl::Hours(2);

std::string_view OutcomeName(DeliveryState state) {
  return state == DeliveryState::kDone ? "done" : state == DeliveryState::kIgnored ? "ignored" : "failed";
}

}  // namespace

absl::Duration RetryDelay(int attempt) {
  static constexpr std::array kSeconds = {2, 5, 15, 60, 300, 900, 3600};
  const auto index = static_cast<size_t>(std::max(attempt, 1) - 1);
  return absl::Seconds(kSeconds[std::min(index, kSeconds.size() - 1)]);
}

void DeliveryLoop::Start() {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

void DeliveryLoop::Wake() {
  std::lock_guard lock(mutex_);
  ++wakes_;
  woken_.notify_all();
}

void DeliveryLoop::Stop() {
  stopping_ = true;
  Wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

int64_t DeliveryLoop::Wakes() {
  std::lock_guard lock(mutex_);
  return wakes_;
}

bool DeliveryLoop::Pause(int64_t seen) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, kPoll, [&] { return stopping_ || wakes_ > seen; });
  return stopping_;
}

void DeliveryLoop::Loop() {
  while (!stopping_) {
    const int64_t seen = Wakes();  // before looking, so that a wake meanwhile is not slept through
    const absl::StatusOr<bool> worked = WorkOne();
    if (!worked.ok()) spdlog::error("deliveries: {}", worked.status().ToString());
    if (worked.ok() && *worked) continue;
    if (const absl::Status forgot = Forget(); !forgot.ok()) spdlog::warn("deliveries: {}", forgot.ToString());
    Pause(seen);
  }
}

absl::StatusOr<bool> DeliveryLoop::WorkOne() {
  storage::Store& store = inbound_.parts.store;
  ASSIGN_OR_RETURN(const std::optional<Delivery> delivery, store.LeaseDelivery(inbound_.parts.clock.Now(), kLease));
  if (!delivery) return false;
  absl::StatusOr<Acted> acted = Act(*delivery);
  if (!acted.ok() && delivery->attempt < options_.max_attempts) {
    const absl::Time again = inbound_.parts.clock.Now() + RetryDelay(delivery->attempt);
    spdlog::warn("delivery {} of {}: attempt {}: {}", delivery->id, delivery->host, delivery->attempt,
                 acted.status().ToString());
    inbound_.parts.metrics.Count(Counter::kDeliveries, "postponed");
    RETURN_IF_ERROR(
        store.PostponeDelivery(delivery->number, delivery->attempt, again, std::string(acted.status().message())));
    return true;
  }
  if (!acted.ok()) {
    acted = Acted{DeliveryState::kFailed, absl::StrCat("given up after ", delivery->attempt,
                                                       " attempts: ", std::string(acted.status().message()))};
  }
  RETURN_IF_ERROR(Finish(*delivery, *acted));
  return true;
}

absl::StatusOr<Acted> DeliveryLoop::Act(const Delivery& delivery) {
  const HostConfig* host = inbound_.Find(delivery.host);
  if (host == nullptr) return Acted{DeliveryState::kFailed, "this host is no longer configured"};
  const absl::StatusOr<HostEvent> event = hosts::ReadEvent(host->kind, delivery.event, delivery.body);
  if (!event.ok()) return Acted{DeliveryState::kFailed, std::string(event.status().message())};
  return changes_.Act(delivery, *event);
}

absl::Status DeliveryLoop::Finish(const Delivery& delivery, const Acted& acted) {
  RETURN_IF_ERROR(inbound_.parts.store.FinishDelivery(delivery.number, delivery.attempt, acted.state, acted.reason,
                                                      inbound_.parts.clock.Now()));
  inbound_.parts.metrics.Count(Counter::kDeliveries, OutcomeName(acted.state));
  if (acted.state == DeliveryState::kFailed) {
    spdlog::error("delivery {} of {} ({}): {}", delivery.id, delivery.host, delivery.event, acted.reason);
  } else {
    spdlog::debug("delivery {} of {} ({}): {}", delivery.id, delivery.host, delivery.event, acted.reason);
  }
  return absl::OkStatus();
}

absl::Status DeliveryLoop::Forget() {
  const absl::Time now = inbound_.parts.clock.Now();
  {
    std::lock_guard lock(mutex_);
    if (now - forgot_ < kForgetEvery) return absl::OkStatus();
    forgot_ = now;
  }
  return inbound_.parts.store.ForgetDeliveries(now - options_.keeps_bodies, now - options_.keeps_ids).status();
}

}  // namespace mergegate::pipeline
