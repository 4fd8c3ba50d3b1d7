// Tasks are handed out, renewed, taken back and completed; late results are refused; nobody waits for ever.
#include "server/pipeline/analysis_board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace mergegate::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kNoWait = absl::ZeroDuration();
const RunId kAnyRun;

AnalysisTask Unit(const std::string& main_file, const RunId& run = RunId("run")) {
  AnalysisTask task;
  task.run = run;
  task.work = UnitTask{.main_file = main_file};
  return task;
}

TaskResult Suppressed(int count) {
  TaskResult result;
  result.suppressed = count;
  return result;
}

class AnalysisBoardTest : public ::testing::Test {
 protected:
  // Starts Analyze on a thread of its own.
  std::future<absl::StatusOr<std::vector<TaskResult>>> Start(std::vector<AnalysisTask> tasks,
                                                             AnalyzeOptions options = {}) {
    return std::async(std::launch::async, [this, tasks, options] { return board_.Analyze(tasks, options); });
  }

  // The one task that a worker gets; waits until Analyze has posted it.
  AnalysisTask LeaseOne(const std::string& worker = "w") {
    std::vector<AnalysisTask> tasks;
    while (tasks.empty()) tasks = board_.Lease(worker, "build", kAnyRun, 1, kNoWait);
    return tasks.front();
  }

  static TaskLease LeaseOf(const AnalysisTask& task) { return {task.task_id, task.attempt}; }

  FakeClock clock_{absl::FromUnixSeconds(1'000'000)};
  AnalysisBoard board_{clock_, {.lease = absl::Seconds(30), .no_worker = absl::Seconds(60), .max_attempts = 2}};
};

TEST_F(AnalysisBoardTest, ResultsComeBackInTheOrderOfTheTasks) {
  auto results = Start({Unit("a.cc"), Unit("b.cc")});
  const AnalysisTask first = LeaseOne();
  const AnalysisTask second = LeaseOne();
  EXPECT_TRUE(board_.Complete("w", LeaseOf(second), Suppressed(2)).ok());
  EXPECT_TRUE(board_.Complete("w", LeaseOf(first), Suppressed(1)).ok());
  const auto all = results.get();
  ASSERT_TRUE(all.ok());
  ASSERT_THAT(*all, SizeIs(2));
  EXPECT_EQ((*all)[0].suppressed, 1);
  EXPECT_EQ((*all)[1].suppressed, 2);
}

TEST_F(AnalysisBoardTest, AnEmptyListNeedsNoWorker) { EXPECT_THAT(*board_.Analyze({}, {}), IsEmpty()); }

TEST_F(AnalysisBoardTest, EveryResultIsReportedOnce) {
  std::atomic<int> reported = 0;
  auto results = Start({Unit("a.cc"), Unit("b.cc")}, {.on_done = [&](size_t, const TaskResult&) { ++reported; }});
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(board_.Complete("w", LeaseOf(LeaseOne()), {}).ok());
  results.wait();
  EXPECT_EQ(reported, 2);
}

TEST_F(AnalysisBoardTest, ALapsedLeaseGoesToTheNextWorkerAndTheLateResultIsRefused) {
  auto results = Start({Unit("a.cc")});
  const AnalysisTask lost = LeaseOne("slow");
  clock_.Advance(absl::Seconds(31));
  const AnalysisTask again = LeaseOne("quick");
  EXPECT_EQ(again.task_id, lost.task_id);
  EXPECT_EQ(again.attempt, 2);
  EXPECT_TRUE(absl::IsAborted(board_.Complete("slow", LeaseOf(lost), Suppressed(1))));
  EXPECT_TRUE(board_.Complete("quick", LeaseOf(again), Suppressed(2)).ok());
  EXPECT_EQ(results.get()->front().suppressed, 2);
}

TEST_F(AnalysisBoardTest, ARenewedLeaseDoesNotLapse) {
  auto results = Start({Unit("a.cc")});
  const AnalysisTask task = LeaseOne();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(absl::Seconds(20));
    EXPECT_THAT(board_.Renew("w", {LeaseOf(task)}), IsEmpty());
  }
  EXPECT_THAT(board_.Renew("another", {LeaseOf(task)}), SizeIs(1));
  EXPECT_TRUE(board_.Complete("w", LeaseOf(task), {}).ok());
  EXPECT_TRUE(results.get().ok());
}

TEST_F(AnalysisBoardTest, ATaskThatKillsItsWorkersIsGivenUp) {
  auto results = Start({Unit("bomb.cc")});
  for (int i = 0; i < 2; ++i) {
    LeaseOne();
    clock_.Advance(absl::Seconds(31));
  }
  const auto all = results.get();
  ASSERT_TRUE(all.ok());
  ASSERT_THAT((*all)[0].failures, SizeIs(1));
  EXPECT_EQ((*all)[0].failures[0].unit, "bomb.cc");
  EXPECT_EQ((*all)[0].failures[0].kind, FailureKind::kNoWorker);
}

TEST_F(AnalysisBoardTest, WithoutAWorkerTheTasksFailAndSaySo) {
  auto results = Start({Unit("a.cc")});
  while (results.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) clock_.Advance(absl::Seconds(61));
  const auto all = results.get();
  ASSERT_THAT((*all)[0].failures, SizeIs(1));
  EXPECT_THAT((*all)[0].failures[0].message, HasSubstr("start mergegate-worker"));
}

TEST_F(AnalysisBoardTest, TheDeadlineOfTheRunEndsWhatIsLeft) {
  auto results = Start({Unit("a.cc"), Unit("b.cc")}, {.deadline = clock_.Now() + absl::Seconds(10)});
  ASSERT_TRUE(board_.Complete("w", LeaseOf(LeaseOne()), Suppressed(1)).ok());
  clock_.Advance(absl::Seconds(11));
  const auto all = results.get();
  EXPECT_EQ((*all)[0].suppressed, 1);
  ASSERT_THAT((*all)[1].failures, SizeIs(1));
  EXPECT_EQ((*all)[1].failures[0].kind, FailureKind::kTimedOut);
}

TEST_F(AnalysisBoardTest, OnlyTheCallersWorkerGetsTheTasksOfACallerWhoAnalyzes) {
  auto results = Start({Unit("a.cc", RunId("mine"))}, {.caller_analyzes = true});
  EXPECT_THAT(board_.Lease("other", "build", kAnyRun, 1, kNoWait), IsEmpty());
  std::vector<AnalysisTask> tasks;
  while (tasks.empty()) tasks = board_.Lease("caller", "build", RunId("mine"), 1, kNoWait);
  EXPECT_THAT(board_.Lease("other", "build", kAnyRun, 1, kNoWait), IsEmpty());
  EXPECT_TRUE(board_.Complete("caller", LeaseOf(tasks[0]), {}).ok());
  EXPECT_TRUE(results.get().ok());
}

TEST_F(AnalysisBoardTest, CancellingTakesTheTasksBack) {
  std::atomic<bool> cancelled = false;
  auto results = Start({Unit("a.cc"), Unit("b.cc")}, {.cancelled = [&] { return cancelled.load(); }});
  const AnalysisTask leased = LeaseOne();
  cancelled = true;
  EXPECT_TRUE(absl::IsCancelled(results.get().status()));
  EXPECT_THAT(board_.Lease("w", "build", kAnyRun, 8, kNoWait), IsEmpty());
  EXPECT_THAT(board_.Renew("w", {LeaseOf(leased)}), SizeIs(1));
  EXPECT_TRUE(absl::IsAborted(board_.Complete("w", LeaseOf(leased), {})));
}

TEST_F(AnalysisBoardTest, WhatSomebodyWaitsForGoesBeforeTheBackground) {
  std::vector<int> posted;
  board_.Post(Unit("later.cc"), [&](const TaskResult& result) { posted.push_back(result.suppressed); });
  board_.Post(Unit("last.cc"), [&](const TaskResult& result) { posted.push_back(result.suppressed); });
  std::atomic<bool> waiting = false;
  const auto note = [&] {
    waiting = true;
    return false;
  };
  auto results = Start({Unit("a.cc"), Unit("b.cc")}, {.cancelled = note});
  while (!waiting) std::this_thread::yield();
  std::vector<AnalysisTask> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(LeaseOne());
  std::vector<std::string> order;
  for (size_t i = 0; i < tasks.size(); ++i) {
    order.push_back(std::get<UnitTask>(tasks[i].work).main_file);
    EXPECT_TRUE(board_.Complete("w", LeaseOf(tasks[i]), Suppressed(static_cast<int>(i))).ok());
  }
  EXPECT_THAT(order, ::testing::ElementsAre("a.cc", "b.cc", "later.cc", "last.cc"));
  EXPECT_TRUE(results.get().ok());
  EXPECT_THAT(posted, ::testing::ElementsAre(2, 3));
}

TEST_F(AnalysisBoardTest, ALostBackgroundTaskIsForgotten) {
  board_.Post(Unit("bomb.cc"), [](const TaskResult&) { FAIL(); });
  for (int i = 0; i < 2; ++i) {
    LeaseOne();
    clock_.Advance(absl::Seconds(31));
  }
  EXPECT_THAT(board_.Lease("w", "build", kAnyRun, 1, kNoWait), IsEmpty());
}

TEST_F(AnalysisBoardTest, TheBuildIsThatOfTheWorkersThatAsk) {
  board_.Lease("w", "build-7", kAnyRun, 1, kNoWait);
  EXPECT_EQ(board_.WaitForAnalyzerBuild(RunId("r"), false, absl::InfiniteFuture()), "build-7");
  EXPECT_EQ(board_.WaitForAnalyzerBuild(RunId("r"), true, clock_.Now()), std::nullopt);
  board_.Lease("caller", "build-8", RunId("r"), 1, kNoWait);
  EXPECT_EQ(board_.WaitForAnalyzerBuild(RunId("r"), true, absl::InfiniteFuture()), "build-8");
}

}  // namespace
}  // namespace mergegate::pipeline
