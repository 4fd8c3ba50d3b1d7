#include "server/storage/sqlite/turn_mutex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace mergegate::storage {
namespace {

TEST(TurnMutex, LetsOneInAtATimeAndEverybodyInTheEnd) {
  constexpr int kThreads = 8, kTimes = 2000;
  TurnMutex mutex;
  int inside = 0, total = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, urgent = i % 2 == 0] {
      for (int k = 0; k < kTimes; ++k) {
        if (urgent) {
          mutex.lock_next();
        } else {
          mutex.lock();
        }
        EXPECT_EQ(++inside, 1);
        ++total;
        --inside;
        mutex.unlock();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total, kThreads * kTimes);
}

TEST(TurnMutex, GoesOnWithOneKindAlone) {
  TurnMutex mutex;
  for (int i = 0; i < 3; ++i) {
    mutex.lock();
    mutex.unlock();
  }
  for (int i = 0; i < 3; ++i) {
    mutex.lock_next();
    mutex.unlock();
  }
  mutex.lock();
  mutex.unlock();
}

}  // namespace
}  // namespace mergegate::storage
