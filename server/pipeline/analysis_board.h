// Where runs put analysis tasks and workers take them. In memory: a run that loses its server is run again, and
// what was finished before comes out of the result cache.
//
//   board.Analyze(tasks, options)      // a run's thread: blocks until every task has a result
//   board.Post(task, on_done)          // background: nobody waits
//   board.Lease("worker-1", ...)       // rpc: what a worker is to do next
//   board.Complete("worker-1", ...)    // rpc: its result
//
// Tasks are handed out in the order in which they came, those that somebody waits for before those in the background.
// A lease that is not renewed returns to the queue with the next attempt number; a late result of the older attempt
// is refused. A task that lost `max_attempts` leases ends as an AnalysisFailure.
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_SERVER_PIPELINE_ANALYSIS_BOARD_H_
#define MERGEGATE_SERVER_PIPELINE_ANALYSIS_BOARD_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/metrics.h"
#include "server/domain/analysis.h"

namespace mergegate::pipeline {

struct TaskLease {
  std::string task_id;
  int attempt = 0;
};

// What there is to do, and when a worker last asked for it.
struct BoardLoad {
  size_t waiting = 0;
  size_t leased = 0;
  absl::Time last_asked = absl::InfinitePast();
};

// Whether somebody waits for the result.
enum class Priority { kInteractive, kBackground };

struct BoardOptions {
  absl::Duration lease = absl::Seconds(30);
  // A task is given up after so long without any worker asking for work.
  absl::Duration no_worker = absl::Seconds(60);
  int max_attempts = 3;
  // Posted tasks above this number are forgotten.
  size_t max_posted = 1000;
  Metrics* metrics = nullptr;  // counts answers by outcome; must outlive the board
};

struct AnalyzeOptions {
  Priority priority = Priority::kInteractive;
  // True when only workers that name the run may take its tasks.
  bool caller_analyzes = false;
  // Tasks without a result by then become failures (timed out).
  absl::Time deadline = absl::InfiniteFuture();
  // Called under no lock after each finished task: index and result.
  std::function<void(size_t, const TaskResult&)> on_done;
  // Asked now and then; true stops waiting (the run was fenced off or the server stops).
  std::function<bool()> cancelled;
};

class AnalysisBoard {
 public:
  AnalysisBoard(const Clock& clock, BoardOptions options = {}) : clock_(clock), options_(options) {}

  // Results in the order of `tasks`. kCancelled when cancelled. `task_id` and `attempt` of the tasks are set here.
  absl::StatusOr<std::vector<TaskResult>> Analyze(std::vector<AnalysisTask> tasks, const AnalyzeOptions& options);

  // Queues a background task. `on_done` is called under no lock, from a worker's call, with its result; never when the
  // task is lost or the server stops.
  void Post(AnalysisTask task, std::function<void(TaskResult)> on_done);

  // Build id of the analyzers behind the workers (one that names `run`, if caller_analyzes); nullopt when none has
  // asked for work yet.
  std::optional<std::string> AnalyzerBuild(const RunId& run, bool caller_analyzes);
  // The same; waits until a worker (one that names `run`, if caller_analyzes) has
  // asked for work. nullopt when none did before `deadline`.
  std::optional<std::string> WaitForAnalyzerBuild(const RunId& run, bool caller_analyzes, absl::Time deadline);

  // Up to `max` tasks, waiting for the first at most `wait`. `run` names the only run wanted, empty = any.
  std::vector<AnalysisTask> Lease(std::string_view worker, std::string_view build, const RunId& run, int max,
                                  absl::Duration wait);
  // Extends leases; returns those that are no longer the worker's.
  std::vector<TaskLease> Renew(std::string_view worker, const std::vector<TaskLease>& leases);
  // kAborted when the attempt is no longer the current one.
  absl::Status Complete(std::string_view worker, const TaskLease& lease, TaskResult result);

  BoardLoad Load() const;
  absl::Duration lease_duration() const { return options_.lease; }
  // Wakes every waiter (the server stops).
  void Stop();

 private:
  struct Entry;
  struct Batch;

  // Behind the tasks of its priority, or before them.
  void Enqueue(std::shared_ptr<Entry> entry, bool first = false);
  std::shared_ptr<Entry> NextFor(const RunId& run);
  std::optional<std::string> KnownBuild(const RunId& run, bool caller_analyzes) const;
  void ReturnLapsedLeases(absl::Time now);
  void GiveUp(Entry& entry, FailureKind kind, std::string message);

  const Clock& clock_;
  const BoardOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable work_added_;        // for workers
  std::condition_variable result_added_;      // for runs
  std::deque<std::shared_ptr<Entry>> queue_;  // interactive ones first
  size_t posted_ = 0;                         // without a result
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> leased_;
  std::string build_;                               // of the last worker that asked
  std::map<RunId, std::string> builds_of_callers_;  // of workers that name a run
  absl::Time last_asked_ = absl::InfinitePast();
  int64_t next_id_ = 1;
  bool stopped_ = false;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_ANALYSIS_BOARD_H_
