// What every engine does with the queue: leases, attempts, verdicts, overdue runs.
#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class QueueContractTest : public StoreContract {
 protected:
  std::vector<std::string> Overdue(int seconds, int max_attempts) {
    const auto leases = store().LeaseOverdueRuns("watchdog", At(seconds), absl::Minutes(1), max_attempts);
    EXPECT_THAT(leases, IsOk());
    std::vector<std::string> ids;
    for (const RunLease& lease : *leases) ids.push_back(lease.run.id.value());
    return ids;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, QueueContractTest, AllEngines(), EngineName);

TEST_P(QueueContractTest, OldestQueuedRunIsLeasedFirst) {
  for (const char* id : {"r1", "r2", "r3"}) Submit(id);
  const RunLease lease = Lease(5);
  EXPECT_EQ(lease.run.id.value(), "r1");
  EXPECT_EQ(lease.run.attempt, 1);
  EXPECT_EQ(lease.run.state, RunState::kRunning);
  EXPECT_EQ(lease.until, At(65));
  EXPECT_EQ(Lease(5).run.id.value(), "r2");
  EXPECT_EQ(Lease(5).run.id.value(), "r3");
  EXPECT_TRUE(QueueIsEmpty(5));
  EXPECT_EQ(store().GetRun(RunId("r1"))->state, RunState::kRunning);
}

TEST_P(QueueContractTest, LeasedRunCarriesCompileCommandsAndReports) {
  Submission submission = SubmissionTo("db");
  submission.compile_commands = std::string(3 << 20, 'x') + "end";
  submission.reports = {{"b.sarif", "{\"b\":1}", true}, {"a.sarif", "", false}, {"b.sarif", "{\"b\":1}", false}};
  ASSERT_THAT(store().SubmitRun(submission, RunId("r1"), At(0)), IsOk());
  const RunLease lease = Lease(0);
  EXPECT_EQ(lease.run.submission.compile_commands, submission.compile_commands);
  EXPECT_EQ(lease.run.submission.reports, submission.reports);
}

TEST_P(QueueContractTest, LapsedLeaseIsGivenToTheNextWithANewAttempt) {
  Submit("r1");
  EXPECT_EQ(Lease(0, "first").run.attempt, 1);
  EXPECT_TRUE(QueueIsEmpty(59));
  const RunLease second = Lease(60, "second");
  EXPECT_EQ(second.run.attempt, 2);
  EXPECT_THAT(store().RenewLease(RunId("r1"), 1, At(60), absl::Minutes(1)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().ReleaseRun(RunId("r1"), 1), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(61)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().GetVerdict(RunId("r1")), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(store().FinishRun(RunId("r1"), 2, PassRecord(), At(62)), IsOk());
}

TEST_P(QueueContractTest, LapsedRunIsOlderThanQueuedOnes) {
  Submit("r1");
  Lease(0);
  Submit("r2");
  EXPECT_EQ(Lease(60).run.id.value(), "r1");
}

TEST_P(QueueContractTest, RenewedLeaseLastsLonger) {
  Submit("r1");
  Lease(0);
  ASSERT_THAT(store().RenewLease(RunId("r1"), 1, At(50), absl::Minutes(1)), IsOk());
  EXPECT_TRUE(QueueIsEmpty(109));
  EXPECT_EQ(Lease(110).run.attempt, 2);
}

TEST_P(QueueContractTest, LeaseThatLapsedUnnoticedMayBeRenewedAndFinished) {
  Submit("r1");
  Lease(0);
  EXPECT_THAT(store().RenewLease(RunId("r1"), 1, At(500), absl::Minutes(1)), IsOk());
  EXPECT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(600)), IsOk());
}

TEST_P(QueueContractTest, ReleasedRunIsAvailableAtOnce) {
  Submit("r1");
  Lease(0);
  ASSERT_THAT(store().ReleaseRun(RunId("r1"), 1), IsOk());
  EXPECT_EQ(store().GetRun(RunId("r1"))->state, RunState::kQueued);
  EXPECT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(0)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().RenewLease(RunId("r1"), 1, At(0), absl::Minutes(1)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().ReleaseRun(RunId("r1"), 1), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Lease(0).run.attempt, 2);
}

TEST_P(QueueContractTest, FinishStoresTheVerdictOnce) {
  Submit("r1");
  Lease(0);
  const VerdictRecord record{VerdictState::kFail, std::string("\0v", 2), "", "stats"};
  ASSERT_THAT(store().FinishRun(RunId("r1"), 1, record, At(9)), IsOk());
  EXPECT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(10)),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("done")));
  EXPECT_THAT(store().RenewLease(RunId("r1"), 1, At(10), absl::Minutes(1)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().ReleaseRun(RunId("r1"), 1), StatusIs(absl::StatusCode::kAborted));
  const auto run = store().GetRun(RunId("r1"));
  EXPECT_EQ(run->state, RunState::kDone);
  EXPECT_EQ(run->finished, At(9));
  EXPECT_EQ(run->verdict, VerdictState::kFail);
  const auto stored = store().GetVerdict(RunId("r1"));
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->state, VerdictState::kFail);
  EXPECT_EQ(stored->verdict, record.verdict);
  EXPECT_EQ(stored->facts, "");
  EXPECT_EQ(stored->stats, "stats");
  EXPECT_TRUE(QueueIsEmpty(10000));
}

TEST_P(QueueContractTest, QueuedRunCannotBeFinished) {
  Submit("r1");
  EXPECT_THAT(store().FinishRun(RunId("r1"), 0, PassRecord(), At(0)), StatusIs(absl::StatusCode::kAborted));
}

TEST_P(QueueContractTest, VerdictOfAnUnknownOrPendingRun) {
  EXPECT_THAT(store().GetVerdict(RunId("none")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().FinishRun(RunId("none"), 1, PassRecord(), At(0)), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().RenewLease(RunId("none"), 1, At(0), absl::Minutes(1)), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReleaseRun(RunId("none"), 1), StatusIs(absl::StatusCode::kNotFound));
  Submit("r1");
  EXPECT_THAT(store().GetVerdict(RunId("r1")), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("r1")));
}

TEST_P(QueueContractTest, RunsPastTheirDeadlineAreOverdueQueuedOrRunning) {
  Submission submission = SubmissionTo("db");
  submission.deadline = absl::Seconds(100);
  for (const char* id : {"done", "running", "queued"}) {
    ASSERT_THAT(store().SubmitRun(submission, RunId(id), At(0)), IsOk());
  }
  ASSERT_THAT(store().FinishRun(RunId("done"), Lease(0).run.attempt, PassRecord(), At(1)), IsOk());
  Submit("in-time", 50);
  const RunLease hung = Lease(90);
  EXPECT_EQ(hung.run.id.value(), "running");

  EXPECT_THAT(Overdue(99, 100), IsEmpty());
  EXPECT_THAT(Overdue(100, 100), ElementsAre("running", "queued"));
  // The hung one, though its lease is alive, is fenced off; the watchdog's attempt closes the run.
  EXPECT_THAT(store().FinishRun(RunId("running"), 1, PassRecord(), At(101)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().FinishRun(RunId("running"), 2, PassRecord(), At(101)), IsOk());
  EXPECT_THAT(store().FinishRun(RunId("queued"), 1, PassRecord(), At(101)), IsOk());
  EXPECT_THAT(Overdue(102, 100), IsEmpty());
}

TEST_P(QueueContractTest, RunsBegunTooOftenAreOverdue) {
  Submit("r1");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(Lease(attempt * 60).run.attempt, attempt);
    EXPECT_THAT(Overdue(attempt * 60, 3), IsEmpty());
  }
  Lease(240);
  const auto leases = store().LeaseOverdueRuns("watchdog", At(241), absl::Minutes(1), 3);
  ASSERT_THAT(leases, IsOk());
  ASSERT_EQ(leases->size(), 1u);
  EXPECT_EQ((*leases)[0].run.attempt, 5);
  EXPECT_EQ((*leases)[0].until, At(301));
  EXPECT_EQ((*leases)[0].run.state, RunState::kRunning);
}

TEST_P(QueueContractTest, ReleaseAllLeasesVoidsThem) {
  Submit("r1");
  Submit("r2");
  Submit("r3");
  Lease(0);
  Lease(0);
  ASSERT_THAT(store().FinishRun(RunId("r2"), 1, PassRecord(), At(1)), IsOk());
  ASSERT_THAT(store().ReleaseAllLeases(), IsOk());
  EXPECT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(1)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(store().GetRun(RunId("r2"))->state, RunState::kDone);
  const RunLease again = Lease(1);
  EXPECT_EQ(again.run.id.value(), "r1");
  EXPECT_EQ(again.run.attempt, 2);
  EXPECT_EQ(Lease(1).run.id.value(), "r3");
}

TEST_P(QueueContractTest, EightThreadsLeaseEachRunExactlyOnce) {
  constexpr int kRuns = 200;
  std::vector<std::string> expected;
  for (int i = 0; i < kRuns; ++i) expected.push_back(Submit("r" + std::to_string(i)).value());
  std::mutex mutex;
  std::vector<std::string> leased;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, owner = std::to_string(t)] {
      while (true) {
        const auto lease = store().LeaseRun(owner, At(0), absl::Minutes(1));
        ASSERT_THAT(lease, IsOk());
        if (!lease->has_value()) return;
        const mergegate::Run& run = (*lease)->run;
        EXPECT_EQ(store().GetRun(run.id)->state, RunState::kRunning);
        EXPECT_THAT(store().FinishRun(run.id, run.attempt, PassRecord(), At(1)), IsOk());
        EXPECT_THAT(store().GetVerdict(run.id), IsOk());
        std::lock_guard lock(mutex);
        leased.push_back(run.id.value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(leased);
  std::ranges::sort(expected);
  EXPECT_EQ(leased, expected);
}

TEST_P(QueueContractTest, ConcurrentRetriesOfOneRequestMakeOneRun) {
  Submission submission = SubmissionTo("db");
  submission.request_id = "req";
  std::mutex mutex;
  std::vector<std::string> answers;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, id = "r" + std::to_string(t)] {
      const auto run = store().SubmitRun(submission, RunId(id), At(0));
      ASSERT_THAT(run, IsOk());
      std::lock_guard lock(mutex);
      answers.push_back(run->id.value());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(answers, ::testing::Each(answers.front()));
  EXPECT_EQ(store().ListRuns(ProjectId("db"), "", 100, "")->items.size(), 1u);
}

}  // namespace
}  // namespace mergegate::storage
