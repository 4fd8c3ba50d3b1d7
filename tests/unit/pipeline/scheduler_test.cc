// Runs are carried out once, whatever hangs or dies: the scheduler with a real store and repository, without workers.
#include "server/pipeline/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/convert.h"
#include "tests/support/test_repo.h"

namespace mergegate::pipeline {
namespace {

using ::testing::HasSubstr;

class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest() {
    EXPECT_TRUE(store_->CreateProject({.id = ProjectId("p"), .remote = "", .created = clock_.Now()}).ok());
  }

  // A queued run of a change that touches no C++ file: nothing to analyze.
  mergegate::Run SubmitTextChange() { return Submit(base_, repo_.Commit({{"notes.txt", "two\n"}})); }

  mergegate::Run Submit(const CommitId& base, const CommitId& head) {
    return *store_->SubmitRun({.project = ProjectId("p"), .change = "c", .base = base, .head = head},
                              RunId("r" + std::to_string(++submitted_)), clock_.Now());
  }

  mergegate::Run WaitUntilDone(const RunId& id) {
    mergegate::Run run = *store_->GetRun(id);
    while (run.state != RunState::kDone) {
      std::this_thread::yield();
      run = *store_->GetRun(id);
    }
    return run;
  }

  Verdict VerdictOf(const RunId& id) {
    v1::Verdict proto;
    proto.ParseFromString(store_->GetVerdict(id)->verdict);
    return *wire::FromProto(proto);
  }

  FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  testing::TestRepo repo_;
  CommitId base_ = repo_.Commit({{"notes.txt", "one\n"}});
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  testing::TestRepo mirror_home_;  // an empty folder of its own for the mirrors
  Mirrors mirrors_{mirror_home_.path() + "/mirrors", {{ProjectId("p"), repo_.path() + "/objects"}}};
  AnalysisBoard board_{clock_};
  ProgressBoard progress_;
  Metrics metrics_;
  PipelineParts parts_{clock_, mirrors_, *store_, board_, progress_, metrics_};
  int submitted_ = 0;
};

TEST_F(SchedulerTest, ARunOfATextChangePassesWithoutAnyWorker) {
  const mergegate::Run run = SubmitTextChange();
  Scheduler scheduler(parts_, {.owner = "test"});
  scheduler.Start();
  EXPECT_EQ(WaitUntilDone(run.id).verdict, VerdictState::kPass);
}

TEST_F(SchedulerTest, AMissingBaseIsInconclusiveAndNamesTheCommandThatMendsIt) {
  const mergegate::Run run = Submit(CommitId(std::string(40, '7')), base_);
  Scheduler scheduler(parts_, {.owner = "test"});
  scheduler.Start();
  EXPECT_EQ(WaitUntilDone(run.id).verdict, VerdictState::kInconclusive);
  EXPECT_THAT(VerdictOf(run.id).summary, HasSubstr("git fetch"));
}

TEST_F(SchedulerTest, ARunWhoseServerDiedIsCarriedOutAgain) {
  const mergegate::Run run = SubmitTextChange();
  ASSERT_TRUE((*store_->LeaseRun("dead server", clock_.Now(), absl::Seconds(30))).has_value());
  clock_.Advance(absl::Seconds(31));
  Scheduler scheduler(parts_, {.owner = "test"});
  scheduler.Start();
  EXPECT_EQ(WaitUntilDone(run.id).attempt, 2);
}

TEST_F(SchedulerTest, TheWatchdogClosesARunThatPassedItsDeadline) {
  const mergegate::Run run = SubmitTextChange();
  // Somebody holds the run and goes on renewing, but never finishes.
  ASSERT_TRUE((*store_->LeaseRun("hung server", clock_.Now(), absl::Hours(10))).has_value());
  clock_.Advance(absl::Minutes(61));
  Scheduler scheduler(parts_, {.owner = "test"});
  scheduler.Start();
  EXPECT_EQ(WaitUntilDone(run.id).verdict, VerdictState::kInconclusive);
  EXPECT_THAT(VerdictOf(run.id).summary, HasSubstr("deadline"));
  // The hung one is fenced off.
  EXPECT_TRUE(absl::IsAborted(store_->FinishRun(run.id, 1, {.state = VerdictState::kPass}, clock_.Now())));
}

TEST_F(SchedulerTest, ARunThatKillsItsServersIsGivenUp) {
  const mergegate::Run run = SubmitTextChange();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE((*store_->LeaseRun("crashing server", clock_.Now(), absl::Seconds(1))).has_value());
    clock_.Advance(absl::Seconds(2));
  }
  Scheduler scheduler(parts_, {.owner = "test", .max_attempts = 3});
  scheduler.Start();
  WaitUntilDone(run.id);
  // Either the fourth attempt or the watchdog closed it; in both cases there is exactly one final verdict.
  EXPECT_NE(store_->GetRun(run.id)->verdict, VerdictState::kUnspecified);
}

TEST_F(SchedulerTest, StoppingGivesARunningRunBack) {
  const mergegate::Run run = Submit(base_, repo_.Commit({{"a.cc", "int a;\n"}}));  // needs a worker, and there is none
  {
    Scheduler scheduler(parts_, {.owner = "test"});
    scheduler.Start();
    while (store_->GetRun(run.id)->state != RunState::kRunning) std::this_thread::yield();
    board_.Stop();
    scheduler.Stop();
  }
  EXPECT_EQ(store_->GetRun(run.id)->state, RunState::kQueued);
}

TEST_F(SchedulerTest, AbandonedRunsAreClosedAndNotCarriedOut) {
  const mergegate::Run queued = SubmitTextChange();
  const mergegate::Run running = SubmitTextChange();
  ASSERT_TRUE((*store_->LeaseRun("interrupted", clock_.Now(), absl::Hours(1))).has_value());
  ASSERT_TRUE(CloseAbandonedRuns(parts_).ok());
  for (const RunId& id : {queued.id, running.id}) {
    EXPECT_EQ(store_->GetRun(id)->verdict, VerdictState::kInconclusive);
    EXPECT_THAT(VerdictOf(id).summary, HasSubstr("interrupted"));
  }
}

}  // namespace
}  // namespace mergegate::pipeline
