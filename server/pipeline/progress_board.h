// How far each run is, for those who watch. In memory; a finished run is known by its stored verdict.
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_SERVER_PIPELINE_PROGRESS_BOARD_H_
#define MERGEGATE_SERVER_PIPELINE_PROGRESS_BOARD_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/domain/ids.h"
#include "server/domain/verdict.h"

namespace mergegate::pipeline {

struct Progress {
  std::string stage = "queued";
  int units_done = 0;
  int units_total = 0;
  int units_from_cache = 0;
  double seconds_left = -1;
  std::shared_ptr<const Verdict> preliminary = nullptr;  // on the tier that is complete; null before
  int64_t version = 0;                                   // grows with every report
};

class ProgressBoard {
 public:
  void Report(const RunId& run, Progress progress) {
    std::lock_guard lock(mutex_);
    Progress& slot = progress_[run];
    progress.version = slot.version + 1;
    if (progress.preliminary == nullptr) progress.preliminary = slot.preliminary;
    slot = std::move(progress);
    changed_.notify_all();
  }

  void ReportPreliminary(const RunId& run, Verdict verdict) {
    std::lock_guard lock(mutex_);
    Progress& slot = progress_[run];
    ++slot.version;
    slot.preliminary = std::make_shared<const Verdict>(std::move(verdict));
    changed_.notify_all();
  }

  // How many runs finished so far. Taken before looking whether a run is done, it makes WaitBeyond miss no end.
  int64_t finished() const {
    std::lock_guard lock(mutex_);
    return finished_;
  }

  // The run's progress once its version exceeds `seen`, or what it is when more than `finished` runs are finished or
  // `wait` is over.
  Progress WaitBeyond(const RunId& run, int64_t seen, int64_t finished, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
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
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<RunId, Progress> progress_;
  int64_t finished_ = 0;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PROGRESS_BOARD_H_
