#include "server/pipeline/reminder_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "server/pipeline/reminders.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kGlance = absl::Seconds(1);

}  // namespace

void ReminderLoop::Start() {
  const bool anybody = std::ranges::any_of(parts_.chats, [](const ChatConfig& chat) { return !chat.person.empty(); });
  if (anybody) thread_ = std::thread([this] { Loop(); });
}

void ReminderLoop::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ReminderLoop::Loop() {
  absl::Time looked = absl::InfinitePast();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const absl::Time now = parts_.clock.Now();
    if (now - looked >= every_) {
      looked = now;
      const absl::StatusOr<int> added = AddReminders(parts_);
      if (!added.ok()) {
        spdlog::warn("reminders: {}", added.status().ToString());
      } else if (*added > 0) {
        spdlog::info("{} reminders of answers that are due", *added);
      }
    }
    lock.lock();
    stop_.wait_for(lock, absl::ToChronoMilliseconds(kGlance), [this] { return stopping_; });
  }
}

}  // namespace mergegate::pipeline
