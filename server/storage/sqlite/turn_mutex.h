// A mutex for a few threads that all want it all the time, where some must not wait for long: they come next, but never
// twice in a row while others wait. (With std::mutex whoever unlocks it mostly gets it again.)
//
//   std::unique_lock lock(mutex);                                  // in turn
//   mutex.lock_next(); std::unique_lock lock(mutex, std::adopt_lock);   // next
//
// Thread safety: it is one.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_TURN_MUTEX_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_TURN_MUTEX_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace mergegate::storage {

class TurnMutex {
 public:
  void lock() {
    std::unique_lock guard(guard_);
    const uint64_t ticket = next_ticket_++;
    turn_.wait(guard, [&] { return !held_ && ticket == serving_ && (urgent_ == 0 || was_urgent_); });
    ++serving_;
    held_ = true;
    was_urgent_ = false;
  }
  void lock_next() {
    std::unique_lock guard(guard_);
    ++urgent_;
    turn_.wait(guard, [&] { return !held_ && (!was_urgent_ || serving_ == next_ticket_); });
    --urgent_;
    held_ = true;
    was_urgent_ = true;
  }
  void unlock() {
    std::lock_guard guard(guard_);
    held_ = false;
    turn_.notify_all();
  }

 private:
  std::mutex guard_;
  std::condition_variable turn_;
  bool held_ = false;
  bool was_urgent_ = false;  // who had it last
  int urgent_ = 0;           // who wait to be next
  uint64_t next_ticket_ = 0, serving_ = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_TURN_MUTEX_H_
