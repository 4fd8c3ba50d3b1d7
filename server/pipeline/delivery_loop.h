// Works off what hosts delivered: each delivery once, those of a change one after another, again after a failure of the
// environment (later each time, then it is given up and said so), and from where it stopped after a crash.
//
//   DeliveryLoop loop(inbound, {});
//   loop.Start();   ...   loop.Wake();   ...   loop.Stop();
//
// Thread safety: Wake from any thread; Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_DELIVERY_LOOP_H_
#define MERGEGATE_SERVER_PIPELINE_DELIVERY_LOOP_H_

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/pipeline/host_changes.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

struct DeliveryLoopOptions {
  int threads = 2;
  int max_attempts = 10;                            // over about five hours
  absl::Duration keeps_bodies = absl::Hours(72);    // of finished deliveries
  absl::Duration keeps_ids = absl::Hours(24 * 30);  // after that a repeated delivery would be a new one
};

// When a delivery that failed for the `attempt`-th time is tried again: after 2, 5, 15 s, 1, 5, 15 min, then hourly.
absl::Duration RetryDelay(int attempt);

class DeliveryLoop {
 public:
  DeliveryLoop(const Inbound& inbound, DeliveryLoopOptions options)
      : inbound_(inbound), options_(options), changes_(inbound) {}
  ~DeliveryLoop() { Stop(); }
  DeliveryLoop(const DeliveryLoop&) = delete;
  DeliveryLoop& operator=(const DeliveryLoop&) = delete;

  void Start();
  // A delivery was kept.
  void Wake();
  // Returns when what is being worked on is finished.
  void Stop();

  // What a thread does: the next delivery, if there is one whose time has come; false when there is none.
  absl::StatusOr<bool> WorkOne();
  // Drops bodies and ids that were kept for long enough.
  absl::Status Forget();

 private:
  void Loop();
  absl::StatusOr<Acted> Act(const Delivery& delivery);
  absl::Status Finish(const Delivery& delivery, const Acted& acted);
  bool Pause(int64_t seen);
  int64_t Wakes();

  const Inbound& inbound_;
  const DeliveryLoopOptions options_;
  HostChanges changes_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable woken_;
  int64_t wakes_ = 0;
  absl::Time forgot_ = absl::InfinitePast();
  std::vector<std::thread> threads_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_DELIVERY_LOOP_H_
