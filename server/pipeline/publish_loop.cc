#include "server/pipeline/publish_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/retry_at.h"
#include "server/base/status_macros.h"

namespace mergegate::pipeline {
namespace {

using storage::Intent;
using storage::IntentState;
using storage::Settlement;

constexpr absl::Duration kPoll = absl::Milliseconds(500);
constexpr absl::Duration kBetweenMessages = absl::Seconds(1);  // to one chat: what Slack bears
constexpr absl::Duration kKeepSent = absl::Hours(7 * 24);

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kDataLoss:
      return false;
    default:
      return true;
  }
}

}  // namespace

absl::Duration RetryDelay(int failure, double chance) {
  const absl::Duration full = absl::Seconds(2) * (1 << std::clamp(failure - 1, 0, 6));
  return std::min(full, absl::Duration(absl::Minutes(2))) * (0.5 + chance / 2);
}

void PublishLoop::Start() {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

void PublishLoop::Wake() {
  std::lock_guard lock(mutex_);
  ++wakes_;
  woken_.notify_one();
}

void PublishLoop::Stop() {
  stopping_ = true;
  {
    std::lock_guard lock(mutex_);
    ++wakes_;
    woken_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void PublishLoop::Run() {
  while (!stopping_) {
    int64_t seen = 0;
    {
      std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    const absl::StatusOr<bool> worked = Step();
    if (!worked.ok()) spdlog::error("outbox: {}", worked.status().ToString());
    if (worked.ok() && *worked) continue;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, absl::ToChronoMilliseconds(kPoll), [&] { return stopping_ || wakes_ > seen; });
  }
}

std::string PublishLoop::Gate(const Intent& intent) {
  if (intent.kind == storage::IntentKind::kMessage) return intent.lane;
  const auto project = parts_.store.FindHostProject(intent.project);
  return project.ok() ? absl::StrCat(project->host, "/", project->installation) : "";
}

absl::Time PublishLoop::OpenAt(const std::string& gate) {
  std::lock_guard lock(mutex_);
  const auto it = closed_until_.find(gate);
  return it == closed_until_.end() ? absl::InfinitePast() : it->second;
}

absl::StatusOr<bool> PublishLoop::Step() {
  const absl::Time now = parts_.clock.Now();
  {
    std::unique_lock lock(mutex_);
    if (now - swept_ > absl::Hours(1)) {
      swept_ = now;
      lock.unlock();
      RETURN_IF_ERROR(parts_.store.ForgetIntents(now - kKeepSent));
    }
  }
  ASSIGN_OR_RETURN(const std::optional<Intent> intent, parts_.store.LeaseIntent(now, options_.lease));
  if (!intent) return false;
  const std::string gate = Gate(*intent);
  if (const absl::Time open = OpenAt(gate); open > now) {
    RETURN_IF_ERROR(parts_.store.SettleIntent(
        intent->number, intent->attempt,
        {.state = IntentState::kWaiting, .next = open, .note = absl::StrCat("the limit of ", gate, " is used up")},
        now));
    return true;
  }
  const absl::StatusOr<Told> told = Tell(parts_, *intent);
  const Settlement settlement = Settle(*intent, told);
  if (const auto until = RetryAt(told.status())) {
    std::lock_guard lock(mutex_);
    closed_until_[gate] = std::max(closed_until_[gate], *until);
  } else if (intent->kind == storage::IntentKind::kMessage) {
    std::lock_guard lock(mutex_);
    closed_until_[gate] = parts_.clock.Now() + kBetweenMessages;
  }
  const absl::Status settled =
      parts_.store.SettleIntent(intent->number, intent->attempt, settlement, parts_.clock.Now());
  if (absl::IsAborted(settled)) {  // it took longer than the lease; whoever has it now repeats what it must
    spdlog::warn("outbox: {}", settled.ToString());
    return true;
  }
  RETURN_IF_ERROR(settled);
  return true;
}

Settlement PublishLoop::Settle(const Intent& intent, const absl::StatusOr<Told>& told) {
  if (told.ok()) {
    parts_.metrics.Count(Counter::kTold, told->sent ? "sent" : "skipped");
    spdlog::debug("outbox: {} {}: {}", intent.key, told->sent ? "sent" : "skipped", told->note);
    return {.state = told->sent ? IntentState::kDone : IntentState::kSkipped, .note = told->note};
  }
  const absl::Time now = parts_.clock.Now();
  const std::string note(told.status().message());
  const bool too_old = now - intent.added > options_.patience;
  if (const auto until = RetryAt(told.status()); until && !too_old) {
    parts_.metrics.Count(Counter::kTold, "limited");
    spdlog::warn("outbox: {} waits until {}: {}", intent.key, absl::FormatTime(*until), note);
    return {.state = IntentState::kWaiting, .next = *until, .note = note};
  }
  if (!MayPass(told.status()) || too_old) {
    parts_.metrics.Count(Counter::kTold, "dead");
    spdlog::error("outbox: {} is given up (see mergegate admin outbox list --dead): {}", intent.key, note);
    return {.state = IntentState::kDead, .failed = true, .note = note};
  }
  parts_.metrics.Count(Counter::kTold, "failed");
  const absl::Duration delay = RetryDelay(intent.failures + 1, parts_.chance());
  spdlog::warn("outbox: {} is tried again in {}: {}", intent.key, absl::FormatDuration(delay), note);
  return {.state = IntentState::kWaiting, .next = now + delay, .failed = true, .note = note};
}

}  // namespace mergegate::pipeline
