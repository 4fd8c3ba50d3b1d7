// Threads behind a bounded queue.
#include "server/web/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace mergegate::web {
namespace {

TEST(WorkQueue, TakesNoMoreThanItsBound) {
  std::latch entered(1), leave(1);
  std::atomic<int> done = 0;
  WorkQueue queue(/*threads=*/1, /*bound=*/1);
  ASSERT_TRUE(queue.Try([&] {
    entered.count_down();
    leave.wait();
    ++done;
  }));
  entered.wait();
  EXPECT_TRUE(queue.Try([&] { ++done; }));
  EXPECT_FALSE(queue.Try([&] { ++done; }));
  leave.count_down();
  queue.Stop();
  EXPECT_EQ(done, 2);
  EXPECT_FALSE(queue.Try([] {}));
}

}  // namespace
}  // namespace mergegate::web
