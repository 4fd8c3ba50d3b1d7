// What every engine does with the outbox: order in a lane, leases, fencing, dead letters.
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OutboxContractTest : public StoreContract {
 protected:
  void Add(const std::string& key, const std::string& change, int seconds = 0, int due = 0) {
    const auto added = store().AddIntent({.kind = IntentKind::kVerdict,
                                          .project = ProjectId("db"),
                                          .change = change,
                                          .subject = "run-" + key,
                                          .key = key,
                                          .due = At(due)},
                                         At(seconds));
    ASSERT_THAT(added, IsOk());
    EXPECT_TRUE(*added);
  }

  // The next intent's key, leased for a minute; "" when there is none.
  std::string Next(int seconds) {
    auto leased = store().LeaseIntent(At(seconds), absl::Minutes(1));
    EXPECT_THAT(leased, IsOk());
    if (!leased.ok() || !*leased) return "";
    last_ = **leased;
    return last_.key;
  }

  void Settle(Settlement settlement, int seconds) {
    EXPECT_THAT(store().SettleIntent(last_.number, last_.attempt, settlement, At(seconds)), IsOk());
  }

  Intent last_;
};

INSTANTIATE_TEST_SUITE_P(Engines, OutboxContractTest, AllEngines(), EngineName);

TEST_P(OutboxContractTest, KeepsWhatItIsGiven) {
  const NewIntent given{.kind = IntentKind::kReply,
                        .project = ProjectId("db"),
                        .change = "pr-12",
                        .subject = "99",
                        .text = "Started **again**.",
                        .key = "reply:99",
                        .lane = "",
                        .due = At(3)};
  EXPECT_THAT(*store().AddIntent(given, At(1)), true);
  ASSERT_EQ(Next(3), "reply:99");
  EXPECT_EQ(last_.kind, IntentKind::kReply);
  EXPECT_EQ(last_.project, ProjectId("db"));
  EXPECT_EQ(last_.change, "pr-12");
  EXPECT_EQ(last_.subject, "99");
  EXPECT_EQ(last_.text, "Started **again**.");
  EXPECT_EQ(last_.state, IntentState::kLeased);
  EXPECT_EQ(last_.attempt, 1);
  EXPECT_EQ(last_.added, At(1));
  EXPECT_EQ(last_.next, At(63));
}

TEST_P(OutboxContractTest, AKeyIsTakenOnce) {
  Add("a", "pr-1");
  EXPECT_FALSE(*store().AddIntent({.kind = IntentKind::kPending, .key = "a"}, At(9)));
  EXPECT_EQ(Next(9), "a");
  EXPECT_EQ(Next(9), "");
}

TEST_P(OutboxContractTest, ALaneIsSentInOrderAndLanesBesideOneAnother) {
  Add("a1", "pr-1");
  Add("a2", "pr-1");
  Add("b1", "pr-2");
  EXPECT_EQ(Next(1), "a1");
  const Intent first = last_;
  EXPECT_EQ(Next(1), "b1");
  EXPECT_EQ(Next(1), "");
  ASSERT_THAT(store().SettleIntent(first.number, first.attempt, {}, At(2)), IsOk());
  EXPECT_EQ(Next(2), "a2");
}

TEST_P(OutboxContractTest, WhatIsTriedAgainHoldsItsLaneUp) {
  Add("a1", "pr-1");
  Add("a2", "pr-1");
  EXPECT_EQ(Next(0), "a1");
  Settle({.state = IntentState::kWaiting, .next = At(30), .failed = true, .note = "503"}, 1);
  EXPECT_EQ(Next(29), "");
  EXPECT_EQ(Next(30), "a1");
  EXPECT_EQ(last_.failures, 1);
  EXPECT_EQ(last_.attempt, 2);
  EXPECT_EQ(last_.note, "503");
  Settle({}, 31);
  EXPECT_EQ(Next(31), "a2");
}

TEST_P(OutboxContractTest, WhatIsDueLaterHoldsNobodyUp) {
  Add("later", "pr-1", 0, 100);
  Add("now", "pr-1");
  EXPECT_EQ(Next(1), "now");
  EXPECT_EQ(Next(59), "");
  Settle({}, 59);
  EXPECT_EQ(Next(99), "");
  EXPECT_EQ(Next(100), "later");
}

TEST_P(OutboxContractTest, WhatBecomesDueWaitsForWhatIsOnItsWay) {
  Add("later", "pr-1", 0, 10);
  Add("now", "pr-1");
  EXPECT_EQ(Next(1), "now");
  EXPECT_EQ(Next(20), "");
  Settle({}, 20);
  EXPECT_EQ(Next(20), "later");
}

TEST_P(OutboxContractTest, ALapsedLeaseIsGivenOnAndTheOldOneRefused) {
  Add("a", "pr-1");
  EXPECT_EQ(Next(0), "a");
  const Intent old = last_;
  EXPECT_EQ(Next(59), "");
  EXPECT_EQ(Next(60), "a");
  EXPECT_EQ(last_.attempt, 2);
  EXPECT_EQ(last_.failures, 0);
  EXPECT_THAT(store().SettleIntent(old.number, old.attempt, {}, At(61)),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("attempt 2")));
  Settle({}, 61);
  EXPECT_THAT(store().SettleIntent(old.number, 2, {}, At(62)), StatusIs(absl::StatusCode::kAborted));
}

TEST_P(OutboxContractTest, AServerThatStartsTakesEverythingBack) {
  Add("a", "pr-1");
  EXPECT_EQ(Next(0), "a");
  ASSERT_THAT(store().ReleaseIntents(At(1)), IsOk());
  EXPECT_EQ(Next(1), "a");
  EXPECT_EQ(last_.attempt, 2);
}

TEST_P(OutboxContractTest, DeadOnesAreListedRevivedAndDropped) {
  for (const char* key : {"a", "b", "c"}) Add(key, std::string("pr-") + key);
  for (const char* note : {"404 Not Found", "422 no such line"}) {
    ASSERT_NE(Next(0), "");
    Settle({.state = IntentState::kDead, .failed = true, .note = note}, 1);
  }
  const auto page = store().ListIntents(/*dead=*/true, 1, "");
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].note, "404 Not Found");
  const auto rest = store().ListIntents(/*dead=*/true, 5, page->next_token);
  ASSERT_THAT(rest, IsOk());
  ASSERT_EQ(rest->items.size(), 1u);
  EXPECT_EQ(rest->next_token, "");
  EXPECT_EQ(store().ListIntents(/*dead=*/false, 5, "")->items.at(0).key, "c");
  EXPECT_EQ(store().CountIntents()->at(IntentState::kDead), 2);

  ASSERT_THAT(store().ReviveIntent(page->items[0].number, At(5)), IsOk());
  EXPECT_THAT(store().ReviveIntent(page->items[0].number, At(5)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Next(5), "c");
  EXPECT_EQ(Next(5), "a");
  EXPECT_EQ(last_.failures, 0);
  EXPECT_THAT(store().DropIntent(last_.number), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(store().DropIntent(rest->items[0].number), IsOk());
  EXPECT_THAT(store().DropIntent(rest->items[0].number), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(OutboxContractTest, WhatWasSentIsForgottenInTimeAndItsKeyIsFree) {
  Add("a", "pr-1");
  EXPECT_EQ(Next(0), "a");
  Settle({}, 10);
  ASSERT_THAT(store().ForgetIntents(At(10)), IsOk());
  EXPECT_FALSE(*store().AddIntent({.kind = IntentKind::kPending, .key = "a"}, At(10)));
  ASSERT_THAT(store().ForgetIntents(At(11)), IsOk());
  EXPECT_TRUE(*store().AddIntent({.kind = IntentKind::kPending, .key = "a"}, At(11)));
}

TEST_P(OutboxContractTest, WhatIsAtTheHostIsKeptPerChangeAndSlot) {
  EXPECT_EQ(*store().GetSent(ProjectId("db"), "pr-1", "status"), "");
  ASSERT_THAT(store().SetSent(ProjectId("db"), "pr-1", "status", "one"), IsOk());
  ASSERT_THAT(store().SetSent(ProjectId("db"), "pr-1", "status", "two"), IsOk());
  ASSERT_THAT(store().SetSent(ProjectId("db"), "pr-2", "status", "other"), IsOk());
  EXPECT_EQ(*store().GetSent(ProjectId("db"), "pr-1", "status"), "two");
  EXPECT_EQ(*store().GetSent(ProjectId("db"), "pr-1", "review"), "");
}

// Project "acme-widget" of a host, with change pr-12.
class RunIntentsTest : public OutboxContractTest {
 protected:
  void SetUp() override {
    OutboxContractTest::SetUp();
    ASSERT_THAT(store().SaveHostProject({.project = ProjectId("acme-widget"), .host = "hub", .repository = "42"},
                                        "https://hub.example/acme/widget.git", At(0), At(0)),
                IsOk());
    ASSERT_THAT(store().SaveHostChange({.project = ProjectId("acme-widget"),
                                        .change = "pr-12",
                                        .number = 12,
                                        .state = HostChangeState::kOpen,
                                        .head = CommitId(std::string(40, 'a')),
                                        .updated = At(0)}),
                IsOk());
  }

  void SubmitTo(const std::string& project, const std::string& change, const std::string& run) {
    Submission submission = SubmissionTo(project);
    submission.change = change;
    submission.request_id = "request of " + run;
    ASSERT_THAT(store().SubmitRun(submission, RunId(run), At(0)), IsOk());
  }

  // Keys of what waits, in order.
  std::vector<std::string> Waiting() {
    std::vector<std::string> keys;
    const auto page = store().ListIntents(/*dead=*/false, 100, "");
    for (const Intent& intent : page->items) keys.push_back(intent.key);
    return keys;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, RunIntentsTest, AllEngines(), EngineName);

TEST_P(RunIntentsTest, ARunOfAHostsChangeIsToldWhenItIsSubmittedAndWhenItIsDone) {
  SubmitTo("acme-widget", "pr-12", "r1");
  EXPECT_THAT(Waiting(), ElementsAre("pending:r1", "overdue:r1"));
  EXPECT_EQ(Next(0), "pending:r1");
  EXPECT_EQ(last_.subject, "r1");
  Settle({}, 1);
  EXPECT_EQ(Next(14 * 60), "");
  Lease(2);
  ASSERT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(3)), IsOk());
  EXPECT_THAT(Waiting(), ElementsAre("verdict:r1", "review:r1", "reviewers:r1", "chat:r1"));
}

TEST_P(RunIntentsTest, AStatusThatStaysPendingBecomesOverdue) {
  SubmitTo("acme-widget", "pr-12", "r1");
  EXPECT_EQ(Next(0), "pending:r1");
  Settle({}, 1);
  EXPECT_EQ(Next(15 * 60 - 1), "");
  EXPECT_EQ(Next(15 * 60), "overdue:r1");
}

TEST_P(RunIntentsTest, ThePendingStatusOfADoneRunIsNoLongerTold) {
  SubmitTo("acme-widget", "pr-12", "r1");
  Lease(2);
  ASSERT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(3)), IsOk());
  EXPECT_EQ(Next(3), "verdict:r1");
}

TEST_P(RunIntentsTest, TheSameSubmissionAgainIsToldOnce) {
  SubmitTo("acme-widget", "pr-12", "r1");
  SubmitTo("acme-widget", "pr-12", "r1");
  EXPECT_EQ(Waiting().size(), 2u);
}

TEST_P(RunIntentsTest, ALateAttemptTellsNothing) {
  SubmitTo("acme-widget", "pr-12", "r1");
  Lease(0);
  EXPECT_THAT(store().FinishRun(RunId("r1"), 7, PassRecord(), At(3)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Waiting(), ElementsAre("pending:r1", "overdue:r1"));
}

TEST_P(RunIntentsTest, RunsOfOtherChangesAreNotTold) {
  SubmitTo("acme-widget", "42", "r1");
  SubmitTo("db", "pr-12", "r2");
  Lease(0);
  ASSERT_THAT(store().FinishRun(RunId("r1"), 1, PassRecord(), At(3)), IsOk());
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_P(OutboxContractTest, OutlivesTheProcess) {
  Add("a", "pr-1");
  EXPECT_EQ(Next(0), "a");
  Reopen();
  EXPECT_EQ(Next(60), GetParam().keeps_data ? "a" : "");
}

}  // namespace
}  // namespace mergegate::storage
