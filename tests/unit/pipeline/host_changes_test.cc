// The life of a pull request as its host tells it.
#include "server/pipeline/host_changes.h"

#include "server/hosts/event.h"
#include "server/pipeline/host_reviews.h"
#include "server/pipeline/reviewers_stage.h"
#include "tests/unit/pipeline/host_fixture.h"

namespace mergegate::pipeline {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kRequested = 3, kCommented = 6;

class HostChangesTest : public HostTest {};

TEST_F(HostChangesTest, AnOpenedPullRequestGetsAProjectAndARun) {
  const CommitId head = Push("b\n");
  EXPECT_EQ(Do("pull_request", Pull("opened", head)).state, DeliveryState::kDone);
  ASSERT_THAT(Runs(), SizeIs(1));
  EXPECT_EQ(Runs()[0].submission.head, head);
  EXPECT_EQ(Runs()[0].submission.base, base_);
  const HostProject project = *store_->FindHostProject(kWidget);
  EXPECT_EQ(project.installation, "7");
  EXPECT_EQ(project.full_name, "acme/widget");
  EXPECT_EQ(store_->FindHostChange(kWidget, "pr-12")->author, "ann");
  EXPECT_TRUE((*mirrors_.Open(kWidget))->HasCommit(head));
}

TEST_F(HostChangesTest, TheSameDeliveryIsTheSameRun) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head), "once");
  // As after a crash before it was finished: worked on again from the start.
  const Delivery delivery = *store_->GetDelivery("hub", "once");
  HostChanges changes(inbound_);
  const HostEvent event = *hosts::ReadEvent(HostKind::kGitHub, "pull_request", delivery.body);
  EXPECT_THAT(changes.Act(delivery, event)->reason, HasSubstr("submitted before"));
  Do("pull_request", Pull("labeled", head));
  EXPECT_THAT(Runs(), SizeIs(1));
}

TEST_F(HostChangesTest, APushSupersedesTheRunsOfOlderHeads) {
  const CommitId first = Push("b\n");
  Do("pull_request", Pull("opened", first));
  const CommitId second = Push("c\n");
  Do("pull_request", Pull("synchronize", second, {{"before", first.value()}, {"after", second.value()}}));
  ASSERT_THAT(Runs(), SizeIs(2));
  EXPECT_EQ(Runs()[0].submission.head, second);
  EXPECT_EQ(Runs()[0].state, RunState::kQueued);
  EXPECT_EQ(Runs()[1].state, RunState::kDone);
  EXPECT_EQ(Runs()[1].verdict, VerdictState::kInconclusive);
}

TEST_F(HostChangesTest, BackToAnEarlierHeadIsAnotherRun) {
  const CommitId first = Push("b\n");
  Do("pull_request", Pull("opened", first));
  const CommitId second = Push("c\n");
  clock_.Advance(absl::Seconds(5));
  Do("pull_request", Pull("synchronize", second, {{"before", first.value()}}));
  SetPullRef(first);
  clock_.Advance(absl::Seconds(5));
  Do("pull_request", Pull("synchronize", first, {{"before", second.value()}}));
  ASSERT_THAT(Runs(), SizeIs(3));
  EXPECT_EQ(Runs()[0].submission.head, first);
  EXPECT_EQ(Runs()[0].state, RunState::kQueued);
}

TEST_F(HostChangesTest, AnOlderEventThatComesLateChangesNothing) {
  const CommitId first = Push("b\n");
  const json opened = Pull("opened", first);
  const CommitId second = Push("c\n");
  clock_.Advance(absl::Seconds(10));
  Do("pull_request", Pull("synchronize", second, {{"before", first.value()}}));
  Do("pull_request", opened);
  ASSERT_THAT(Runs(), SizeIs(1));
  EXPECT_EQ(Runs()[0].submission.head, second);
  EXPECT_EQ(store_->FindHostChange(kWidget, "pr-12")->head, second);
}

TEST_F(HostChangesTest, ADraftWaitsUntilItIsReady) {
  const CommitId head = Push("b\n");
  EXPECT_THAT(Do("pull_request", Pull("opened", head, {{"pull_request", {{"draft", true}}}})).reason,
              HasSubstr("a draft"));
  EXPECT_THAT(Runs(), IsEmpty());
  clock_.Advance(absl::Seconds(1));
  Do("pull_request", Pull("ready_for_review", head));
  EXPECT_THAT(Runs(), SizeIs(1));
}

TEST_F(HostChangesTest, DraftsAreGatedWhereTheConfigurationSaysSo) {
  inbound_.hosts[0].run_drafts = true;
  Do("pull_request", Pull("opened", Push("b\n"), {{"pull_request", {{"draft", true}}}}));
  EXPECT_THAT(Runs(), SizeIs(1));
}

TEST_F(HostChangesTest, AForkThatIsGoneIsGatedOutOfTheRepositoryItGoesTo) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head, {{"pull_request", {{"head", {{"repo", nullptr}}}}}}));
  EXPECT_THAT(Runs(), SizeIs(1));
  EXPECT_TRUE(store_->FindHostChange(kWidget, "pr-12")->from_fork);
}

TEST_F(HostChangesTest, AnotherTargetIsAnotherRun) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  repo_.Branch("stable", base_);
  clock_.Advance(absl::Seconds(1));
  Do("pull_request",
     Pull("edited", head,
          {{"changes", {{"base", {{"ref", {{"from", "main"}}}}}}}, {"pull_request", {{"base", {{"ref", "stable"}}}}}}));
  ASSERT_THAT(Runs(), SizeIs(2));
  EXPECT_EQ(Runs()[1].state, RunState::kDone);
  EXPECT_EQ(store_->FindHostChange(kWidget, "pr-12")->base_ref, "stable");
}

TEST_F(HostChangesTest, ClosedWhileRunningEndsTheRunAndReopenedStartsAnother) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  const auto running = *store_->LeaseRun("worker", clock_.Now(), absl::Minutes(1));
  clock_.Advance(absl::Seconds(1));
  Do("pull_request", Pull("closed", head, {{"pull_request", {{"state", "closed"}}}}));
  EXPECT_EQ(Runs()[0].verdict, VerdictState::kInconclusive);
  EXPECT_FALSE(
      store_->FinishRun(running->run.id, running->run.attempt, InconclusiveRecord(running->run, ""), clock_.Now())
          .ok());
  clock_.Advance(absl::Seconds(1));
  Do("pull_request", Pull("reopened", head));
  ASSERT_THAT(Runs(), SizeIs(2));
  EXPECT_EQ(Runs()[0].state, RunState::kQueued);
}

TEST_F(HostChangesTest, ARenamedRepositoryIsTheSameProject) {
  Do("pull_request", Pull("opened", Push("b\n")));
  clock_.Advance(absl::Seconds(1));
  const json renamed = {{"id", 42}, {"full_name", "acme/gadget"}, {"default_branch", "main"}};
  std::filesystem::rename(places_.Join("acme/widget.git"), places_.Join("acme/gadget.git"));
  Do("repository", {{"action", "renamed"}, {"repository", renamed}});
  const CommitId second = Push("c\n");
  Do("pull_request", Pull("synchronize", second, {{"repository", renamed}}));
  EXPECT_THAT(Runs(), SizeIs(2));
  EXPECT_EQ(store_->FindHostProject(kWidget)->full_name, "acme/gadget");
  EXPECT_EQ(store_->GetProject(kWidget)->remote, inbound_.hosts[0].git_url + "/acme/gadget.git");
}

TEST_F(HostChangesTest, ACommitThatIsNotThereYetIsTriedAgainAndThenSaidToBeMissing) {
  const CommitId head(std::string(40, 'e'));
  const std::string id = Deliver("pull_request", Pull("opened", head));
  WorkOff();
  EXPECT_THAT(Runs(), IsEmpty());
  EXPECT_EQ(store_->GetDelivery("hub", id)->state, DeliveryState::kWaiting);
  EXPECT_THAT(store_->GetDelivery("hub", id)->reason, HasSubstr("is not to be had"));
  for (int attempt = 1; attempt < HostChanges::kFetchAttempts; ++attempt) {
    clock_.Advance(RetryDelay(attempt));
    WorkOff();
  }
  EXPECT_THAT(Runs(), SizeIs(1));
  EXPECT_THAT(store_->GetDelivery("hub", id)->reason, HasSubstr("without its commits"));
}

TEST_F(HostChangesTest, ChecksThatAreAskedForAgainRunAgain) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  const json rerun = {{"action", "rerequested"},
                      {"repository", {{"id", 42}, {"full_name", "acme/widget"}}},
                      {"check_suite", {{"head_sha", head.value()}, {"pull_requests", json::array()}}}};
  Do("check_suite", rerun, "again");
  EXPECT_THAT(Runs(), SizeIs(2));
  json other = rerun;
  other["check_suite"]["head_sha"] = std::string(40, 'd');
  EXPECT_EQ(Do("check_suite", other).state, DeliveryState::kIgnored);
}

TEST_F(HostChangesTest, AMergeQueueIsAnswered) {
  const CommitId queued = repo_.Commit({{"a.txt", "q\n"}}, {.parents = {{base_}}});
  repo_.Branch("main", base_);
  repo_.Branch("gh-readonly-queue/main/pr-12-x", queued);
  Do("merge_group", {{"action", "checks_requested"},
                     {"repository", {{"id", 42}, {"full_name", "acme/widget"}}},
                     {"merge_group",
                      {{"head_sha", queued.value()},
                       {"head_ref", "refs/heads/gh-readonly-queue/main/pr-12-x"},
                       {"base_sha", base_.value()},
                       {"base_ref", "refs/heads/main"}}}});
  const std::string key = "queue-" + queued.value().substr(0, 12);
  ASSERT_THAT(Runs(key), SizeIs(1));
  FinishRuns();
  EXPECT_THAT(Events(key), IsEmpty());  // it is no review
}

TEST_F(HostChangesTest, AnEntryOfTheQueueHasTheApprovalsOfItsPullRequest) {
  base_ =
      repo_.Commit({{".mergegate.yaml", "version: 1\nconditions:\n  - {name: approved, kind: approvals, min: 1}\n"}});
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  FinishRuns();
  Do("pull_request_review", Review("approved", "ben", head));
  FinishRuns();
  EXPECT_EQ(Runs()[0].verdict, VerdictState::kPass);
  const CommitId queued = repo_.Commit({{"a.txt", "b\n"}}, {.parents = {{base_}}, .message = "Merge\n"});
  repo_.Branch("main", base_);
  repo_.Branch("gh-readonly-queue/main/pr-12-x", queued);
  Do("merge_group", {{"action", "checks_requested"},
                     {"repository", {{"id", 42}, {"full_name", "acme/widget"}}},
                     {"merge_group",
                      {{"head_sha", queued.value()},
                       {"head_ref", "refs/heads/gh-readonly-queue/main/pr-12-x"},
                       {"base_sha", base_.value()},
                       {"base_ref", "refs/heads/main"}}}});
  FinishRuns();
  EXPECT_EQ(Runs("queue-" + queued.value().substr(0, 12)).at(0).verdict, VerdictState::kPass);
}

TEST(QueuedChange, IsInTheNameOfTheBranch) {
  EXPECT_EQ(QueuedChange("gh-readonly-queue/main/pr-104-929f8209d4"), "pr-104");
  EXPECT_EQ(QueuedChange("gh-readonly-queue/release/1/pr-7-x"), "pr-7");
  EXPECT_EQ(QueuedChange("feature/pr-7-x"), "");
  EXPECT_EQ(QueuedChange("gh-readonly-queue/main/pr-x"), "");
}

TEST_F(HostChangesTest, APushToTheDefaultBranchMovesTheMirror) {
  std::vector<CommitId> moved;
  parts_.on_base = [&](const Submission& base) { moved.push_back(base.base); };
  const json repository = {{"id", 42}, {"full_name", "acme/widget"}, {"default_branch", "main"}};
  Do("push", {{"ref", "refs/heads/main"}, {"after", base_.value()}, {"repository", repository}});
  EXPECT_THAT(moved, ElementsAre(base_));
  EXPECT_EQ(*(*mirrors_.Open(kWidget))->DefaultBranch(), base_);
  EXPECT_EQ(Do("push", {{"ref", "refs/heads/x"}, {"after", base_.value()}, {"repository", repository}}).state,
            DeliveryState::kIgnored);
}

TEST_F(HostChangesTest, ACommentIsSaidOnceAndOursIsNot) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  Do("issue_comment", Comment("Why?", "ben"));
  Do("issue_comment", Comment("Why?", "ben"));
  EXPECT_EQ(Do("issue_comment", Comment("/gate rerun", "mergegate[bot]", "NONE", 501)).state, DeliveryState::kIgnored);
  EXPECT_EQ(Do("issue_comment", Comment("<!-- mergegate -->\n/gate rerun", "gate", "OWNER", 502)).state,
            DeliveryState::kIgnored);
  EXPECT_THAT(Events(), ElementsAre(kCommented));
  EXPECT_THAT(Runs(), SizeIs(1));
}

TEST_F(HostChangesTest, ACommentOnALineTellsOfAPushThatNobodyToldOf) {
  const CommitId first = Push("b\n");
  Do("pull_request", Pull("opened", first));
  const CommitId second = Push("c\n");
  clock_.Advance(absl::Seconds(60));
  json comment = Pull("created", second);
  comment["comment"] = {{"id", 5}, {"body", "Hm."}, {"path", "a.txt"}, {"user", {{"login", "ben"}}}};
  Do("pull_request_review_comment", comment);
  ASSERT_THAT(Runs(), SizeIs(2));
  EXPECT_EQ(Runs()[0].submission.head, second);
}

TEST_F(HostChangesTest, ThreadsAreSignals) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  json comment = Pull("created", head);
  comment["comment"] = {{"id", 5}, {"body", "Hm."}, {"path", "a.txt"}, {"user", {{"login", "ben"}}}};
  Do("pull_request_review_comment", comment);
  json resolved = Pull("resolved", head);
  resolved["thread"] = {{"comments", {{{"id", 5}}}}};
  Do("pull_request_review_thread", resolved);
  const auto signals = store_->ListSignals(
      {.kinds = {SignalKind::kThreadOpened, SignalKind::kThreadResolved}, .object = "pr-12"}, 10, "");
  ASSERT_EQ(signals->items.size(), 2u);
  EXPECT_EQ(signals->items[0].part, "5");
  EXPECT_EQ(signals->items[1].part, "5");
}

TEST_F(HostChangesTest, WhatIsUnknownOrGivenUpSaysWhy) {
  EXPECT_EQ(Do("tomorrow", {{"repository", {{"id", 42}}}}).state, DeliveryState::kIgnored);
  inbound_.hosts.clear();
  EXPECT_THAT(Do("push", {{"repository", {{"id", 42}}}}).reason, HasSubstr("no longer configured"));
}

// --- commands ---

TEST_F(HostChangesTest, TheAuthorMayAskForAnotherRun) {
  Do("pull_request", Pull("opened", Push("b\n")));
  Do("issue_comment", Comment("/gate rerun", "ann"));
  EXPECT_THAT(Runs(), SizeIs(2));
  EXPECT_THAT(Replies(), ElementsAre(HasSubstr("Running again")));
  EXPECT_THAT(Events(), IsEmpty());  // a command is no review
}

TEST_F(HostChangesTest, AStrangerIsToldWhyNot) {
  Do("pull_request", Pull("opened", Push("b\n")));
  Do("issue_comment", Comment("/gate rerun", "stranger"));
  EXPECT_THAT(Runs(), SizeIs(1));
  EXPECT_THAT(Replies(), ElementsAre(HasSubstr("I know no role of yours")));
  Do("issue_comment", Comment("/gate rerun", "colleague", "MEMBER", 501));  // the host vouches for them
  EXPECT_THAT(Runs(), SizeIs(2));
}

TEST_F(HostChangesTest, ExplainShowsTheVerdictAndQ) {
  Do("pull_request", Pull("opened", Push("b\n")));
  FinishRuns();
  Do("issue_comment", Comment("/gate explain", "ann"));
  EXPECT_THAT(Replies(), ElementsAre(HasSubstr("Q, point by point")));
}

TEST_F(HostChangesTest, SomebodyIsAskedByACommand) {
  Do("pull_request", Pull("opened", Push("b\n")));
  Do("issue_comment", Comment("/gate reviewer @Ben", "ann"));
  EXPECT_THAT(Events(), ElementsAre(kRequested));
  EXPECT_THAT(Replies().back(), HasSubstr("Ben will be asked when the code passes"));  // there is no verdict yet
  Do("issue_comment", Comment("/gate reviewer @ann", "ann", "NONE", 501));
  EXPECT_THAT(Replies().back(), HasSubstr("Nobody was asked"));
}

}  // namespace
}  // namespace mergegate::pipeline
