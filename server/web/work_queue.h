// Some threads and a bounded queue before them.
//
//   WorkQueue queue(/*threads=*/4, /*bound=*/256);
//   if (!queue.Try([] { ... })) ...        // full: say so to whoever asked
//
// Thread safety: Try from any thread; Stop and destruction from one.
#ifndef MERGEGATE_SERVER_WEB_WORK_QUEUE_H_
#define MERGEGATE_SERVER_WEB_WORK_QUEUE_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mergegate::web {

class WorkQueue {
 public:
  WorkQueue(int threads, size_t bound) : bound_(bound) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~WorkQueue() { Stop(); }
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // What is queued is done first; then no task is taken any more.
  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    added_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // False when `bound` tasks wait already, and after Stop.
  bool Try(std::function<void()> task) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || tasks_.size() >= bound_) return false;
      tasks_.push_back(std::move(task));
    }
    added_.notify_one();
    return true;
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      added_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  const size_t bound_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_WORK_QUEUE_H_
