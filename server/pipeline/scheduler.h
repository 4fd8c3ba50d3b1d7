// Takes queued runs and carries them out. A run is leased, renewed while it goes on, and finished under its attempt
// number; whoever lost the lease cannot store a verdict. A watchdog closes runs that passed their deadline, or crashed
// the server too often, as inconclusive: a final verdict always arrives.
//
//   Scheduler scheduler(parts, {.owner = "host:pid", .concurrent_runs = 2});
//   scheduler.Start();   ...   scheduler.Wake();   ...   scheduler.Stop();
//
// Thread safety: Wake from any thread; Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_SCHEDULER_H_
#define MERGEGATE_SERVER_PIPELINE_SCHEDULER_H_

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate::pipeline {

struct SchedulerOptions {
  std::string owner;
  int concurrent_runs = 2;
  absl::Duration lease = absl::Seconds(30);
  int max_attempts = 3;
  int64_t cache_bytes = int64_t{2} << 30;  // result cache kept
};

// Closes every unfinished run as inconclusive: in an embedded server's store they are those of commands that were
// interrupted, and nobody waits for them.
absl::Status CloseAbandonedRuns(const PipelineParts& parts);

class Scheduler {
 public:
  Scheduler(const PipelineParts& parts, SchedulerOptions options) : parts_(parts), options_(std::move(options)) {}
  ~Scheduler() { Stop(); }
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void Start();
  // A run was submitted.
  void Wake();
  // Stops leasing, gives running runs back to the queue and joins.
  void Stop();

 private:
  void RunLoop();
  void WatchLoop();
  void CarryOut(const storage::RunLease& lease);
  void CloseOverdueRuns();
  // Keeps the result cache within its bound.
  void EvictResults();
  int64_t Wakes();
  // Waits at most `time`, or until a wake beyond those `seen`; true when stopping.
  bool Pause(absl::Duration time, int64_t seen);

  const PipelineParts parts_;
  const SchedulerOptions options_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable woken_;
  int64_t wakes_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_SCHEDULER_H_
