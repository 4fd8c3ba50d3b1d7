// Where time comes from. Logic takes a Clock& so that tests need no sleeps.
//
//   SystemClock clock;            // production
//   FakeClock clock(start);       // tests: clock.Advance(absl::Minutes(5));
//
// Thread safety: SystemClock and FakeClock may be used from any thread.
#ifndef MERGEGATE_SERVER_BASE_CLOCK_H_
#define MERGEGATE_SERVER_BASE_CLOCK_H_

#include <mutex>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace mergegate {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time.
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start) : now_(start) {}
  absl::Time Now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_CLOCK_H_
