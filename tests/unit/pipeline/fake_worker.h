// A worker inside the test: takes tasks off the board and answers them on a thread of its own.
//
//   FakeWorker worker(board, [](const AnalysisTask& task) { return TaskResult(); });
//   ... worker.asked() ...
//
// Thread safety: `answer` is called on the worker's thread; the rest from the test's.
#ifndef MERGEGATE_TESTS_UNIT_PIPELINE_FAKE_WORKER_H_
#define MERGEGATE_TESTS_UNIT_PIPELINE_FAKE_WORKER_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/pipeline/analysis_board.h"

namespace mergegate::pipeline {

class FakeWorker {
 public:
  using Answer = std::function<TaskResult(const AnalysisTask&)>;

  FakeWorker(AnalysisBoard& board, Answer answer)
      : board_(board), answer_(std::move(answer)), thread_([this] { Work(); }) {}
  ~FakeWorker() {
    stopping_ = true;
    thread_.join();
  }

  // Tasks so far, in the order in which they were handed out.
  std::vector<AnalysisTask> asked() const {
    std::lock_guard lock(mutex_);
    return asked_;
  }
  void Forget() {
    std::lock_guard lock(mutex_);
    asked_.clear();
  }

 private:
  void Work() {
    while (!stopping_) {
      const std::vector<AnalysisTask> tasks = board_.Lease("fake", "build", RunId(), 1, absl::ZeroDuration());
      if (tasks.empty()) std::this_thread::yield();
      for (const AnalysisTask& task : tasks) {
        {
          std::lock_guard lock(mutex_);
          asked_.push_back(task);
        }
        static_cast<void>(board_.Complete("fake", {task.task_id, task.attempt}, answer_(task)));
      }
    }
  }

  AnalysisBoard& board_;
  const Answer answer_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<AnalysisTask> asked_;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_TESTS_UNIT_PIPELINE_FAKE_WORKER_H_
