// How far each run is, for those who watch. In memory; a finished run is known by its stored verdict.
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_SERVER_PIPELINE_PROGRESS_BOARD_H_
#define MERGEGATE_SERVER_PIPELINE_PROGRESS_BOARD_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "server/domain/ids.h"

namespace mergegate::pipeline {

struct Progress {
  std::string stage = "queued";
  int units_done = 0;
  int units_total = 0;
  int units_from_cache = 0;
  double seconds_left = -1;
  int64_t version = 0;  // grows with every report
};

class ProgressBoard {
 public:
  void Report(const RunId& run, Progress progress) {
    std::lock_guard lock(mutex_);
    Progress& slot = progress_[run];
    progress.version = slot.version + 1;
    slot = std::move(progress);
    changed_.notify_all();
  }

  // The run's progress once its version exceeds `seen`, or what it is when some run finished or `wait` is over.
  Progress WaitBeyond(const RunId& run, int64_t seen, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    const int64_t finished = finished_;
    changed_.wait_for(lock, wait, [&] {
      return finished_ != finished || (progress_.contains(run) && progress_[run].version > seen);
    });
    const auto it = progress_.find(run);
    return it == progress_.end() ? Progress{} : it->second;
  }

  // Wakes the watchers and forgets the run: from now on its stored verdict speaks.
  void Finish(const RunId& run) {
    std::lock_guard lock(mutex_);
    progress_.erase(run);
    ++finished_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<RunId, Progress> progress_;
  int64_t finished_ = 0;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PROGRESS_BOARD_H_
