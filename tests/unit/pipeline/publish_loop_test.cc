// The outbox is emptied: what is told when, what is no longer told, and what becomes of what fails.
#include "server/pipeline/publish_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "server/hosts/host_api.h"
#include "server/pipeline/host_run.h"
#include "server/wire/convert.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::pipeline {
namespace {

using mergegate::testing::IsOk;
using storage::IntentKind;
using storage::IntentState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Writes down what it is to tell, and answers as it is told to.
class WritingClient final : public hosts::HostClient {
 public:
  absl::StatusOr<std::string> PublishStatus(const hosts::Place& place, const hosts::HostStatus& status,
                                            hosts::Memory& memory, hosts::Try how) override {
    constexpr const char* kWords[] = {"pending", "pass", "fail", "inconclusive"};
    statuses.push_back(status);
    if (absl::Status answer =
            Say(absl::StrCat(kWords[static_cast<int>(status.state)], " ", status.run, how.again ? " again" : ""));
        !answer.ok()) {
      return answer;
    }
    const absl::Status kept = memory.Keep("status:" + place.head.value(), "x");
    if (!kept.ok()) return kept;
    return "";
  }
  absl::StatusOr<bool> HasStatus(const hosts::Place& place, hosts::Memory& memory) override {
    const auto known = memory.Recall("status:" + place.head.value());
    return known.ok() && !known->empty();
  }
  absl::StatusOr<std::string> PublishReview(const hosts::Place&, const hosts::HostReview& review, hosts::Memory&,
                                            hosts::Try) override {
    return Answer(absl::StrCat("review ", review.run, " ", review.comments.size()));
  }
  absl::StatusOr<std::string> RequestReviewers(const hosts::Place&, const std::vector<std::vector<std::string>>& people,
                                               hosts::Memory&) override {
    return Answer(absl::StrCat("reviewers ", people.size()));
  }
  absl::StatusOr<std::string> Reply(const hosts::Place&, const std::string& markdown, const std::string&,
                                    hosts::Memory&, hosts::Try) override {
    return Answer("reply " + markdown);
  }
  absl::StatusOr<std::string> UploadSarif(const hosts::Place&, const std::string&) override { return Answer("sarif"); }
  std::string PlaceUrl(const hosts::Place&) const override { return ""; }
  std::string ChangeUrl(const hosts::Place&) const override { return "https://hub.example/12"; }
  HostKind kind() const override { return HostKind::kGitHub; }
  bool wants_sarif() const override { return false; }

  std::vector<std::string> said;
  std::vector<hosts::HostStatus> statuses;
  std::deque<absl::Status> answers;  // of the next calls; then OK

 private:
  absl::Status Say(std::string what) {
    said.push_back(std::move(what));
    if (answers.empty()) return absl::OkStatus();
    const absl::Status answer = answers.front();
    answers.pop_front();
    return answer;
  }
  absl::StatusOr<std::string> Answer(std::string what) {
    const absl::Status status = Say(std::move(what));
    if (!status.ok()) return status;
    return "";
  }
};

absl::Status Limited(absl::Duration time, absl::Time now) {
  return hosts::ErrorOf({.status = 429, .headers = {{"retry-after", absl::StrCat(absl::ToInt64Seconds(time))}}},
                        "POST /x", now);
}

class PublishLoopTest : public ::testing::Test {
 protected:
  PublishLoopTest() {
    base_ = repo_.Commit({{"a.cc", "int a;\n"}});
    head_ = repo_.Commit({{"a.cc", "int b;\n"}});
    EXPECT_THAT(store_->SaveHostProject({.project = ProjectId("acme-widget"),
                                         .host = "hub",
                                         .repository = "42",
                                         .full_name = "acme/widget",
                                         .installation = "7"},
                                        "", clock_.Now(), clock_.Now()),
                IsOk());
    Head(head_);
  }

  // The head of pr-12 as the host told it.
  void Head(const CommitId& head, HostChangeState state = HostChangeState::kOpen) {
    clock_.Advance(absl::Minutes(2));
    EXPECT_THAT(store_->SaveHostChange({.project = ProjectId("acme-widget"),
                                        .change = "pr-12",
                                        .number = 12,
                                        .state = state,
                                        .head = head,
                                        .base = base_,
                                        .author = "author-gh",
                                        .updated = clock_.Now()}),
                IsOk());
  }

  void Submit(const std::string& run, const CommitId& head, const std::string& policy = "") {
    Submission submission;
    submission.policy = policy;
    submission.project = ProjectId("acme-widget");
    submission.change = "pr-12";
    submission.base = base_;
    submission.head = head;
    EXPECT_THAT(store_->SubmitRun(submission, RunId(run), clock_.Now()), IsOk());
  }
  void Finish(VerdictState state, std::vector<Finding> findings = {}) {
    const auto lease = store_->LeaseRun("me", clock_.Now(), absl::Hours(1));
    ASSERT_THAT(lease, IsOk());
    ASSERT_TRUE(lease->has_value());
    Verdict verdict;
    verdict.state = state;
    verdict.summary = "as it is";
    verdict.base_commit = base_;
    verdict.head_commit = (*lease)->run.submission.head;
    verdict.findings = std::move(findings);
    EXPECT_THAT(store_->FinishRun((*lease)->run.id, (*lease)->run.attempt,
                                  {.state = state, .verdict = wire::Serialize(wire::ToProto(verdict))}, clock_.Now()),
                IsOk());
  }
  void EmptyOutbox() {
    while (true) {
      const auto worked = loop_.Step();
      ASSERT_THAT(worked, IsOk());
      if (!*worked) return;
    }
  }
  // Notes of the dead.
  std::vector<std::string> Dead() {
    std::vector<std::string> notes;
    const auto page = store_->ListIntents(/*dead=*/true, 100, "");
    for (const storage::Intent& intent : page->items) notes.push_back(intent.note);
    return notes;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  testing::TestRepo repo_;
  CommitId base_, head_;
  const Mirrors mirrors_{"/nowhere"};
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  Metrics metrics_;
  WritingClient client_;
  bool configured_ = true;
  PublishLoop loop_{
      {.clock = clock_,
       .mirrors = mirrors_,
       .store = *store_,
       .metrics = metrics_,
       .host = [this](std::string_view name) { return configured_ && name == "hub" ? &client_ : nullptr; },
       .chance = [] { return 0.0; }},
      {}};
};

TEST_F(PublishLoopTest, ARunIsPendingAndThenDecided) {
  Submit("r1", head_);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1"));
  Finish(VerdictState::kPass);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1", "pass r1", "review r1 0", "reviewers 0"));
  EXPECT_EQ(client_.statuses.back().title, "as it is");
  EXPECT_EQ(metrics_.Get(Counter::kTold, "sent"), 4);
}

TEST_F(PublishLoopTest, WhenTheHostWasDownPastTheVerdictOnlyTheVerdictIsTold) {
  client_.answers = {absl::UnavailableError("down")};
  Submit("r1", head_);
  EmptyOutbox();
  Finish(VerdictState::kFail);
  clock_.Advance(absl::Minutes(30));
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1", "fail r1 again", "review r1 0"));
}

TEST_F(PublishLoopTest, AStatusThatIsPendingForTooLongIsInconclusiveUntilTheRunEnds) {
  Submit("r1", head_);
  EmptyOutbox();
  clock_.Advance(absl::Minutes(15));
  EmptyOutbox();
  EXPECT_EQ(client_.statuses.back().title, "inconclusive: the run has waited 15m for its turn");
  Finish(VerdictState::kPass);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1", "inconclusive r1", "pass r1", "review r1 0", "reviewers 0"));
}

TEST_F(PublishLoopTest, AnInterruptedRunSaysSo) {
  Submit("r1", head_);
  EmptyOutbox();
  ASSERT_THAT(store_->LeaseRun("me", clock_.Now(), absl::Hours(1)), IsOk());
  ASSERT_THAT(store_->ReleaseAllLeases(), IsOk());
  ASSERT_THAT(store_->LeaseRun("me", clock_.Now(), absl::Hours(1)), IsOk());
  clock_.Advance(absl::Minutes(15));
  EmptyOutbox();
  EXPECT_THAT(client_.statuses.back().title, HasSubstr("the server was restarted"));
}

TEST_F(PublishLoopTest, AHeadThatWasPushedOverIsBroughtToAnEndAndNoMore) {
  Submit("r1", head_);
  EmptyOutbox();
  const CommitId next = repo_.Commit({{"a.cc", "int c;\n"}});
  Head(next);
  Submit("r2", next);
  Finish(VerdictState::kFail);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1", "pending r2", "fail r1"));
}

TEST_F(PublishLoopTest, AHeadThatWasPushedOverBeforeItWasHeardOfIsNotTold) {
  Submit("r1", head_);
  Head(repo_.Commit({{"a.cc", "int c;\n"}}));
  Finish(VerdictState::kFail);
  EmptyOutbox();
  EXPECT_THAT(client_.said, IsEmpty());
  EXPECT_EQ(store_->CountIntents()->at(IntentState::kSkipped), 6);
}

TEST_F(PublishLoopTest, OfSeveralRunsForAHeadTheLastSpeaks) {
  Submit("r1", head_);
  Submit("r2", head_);
  Finish(VerdictState::kFail);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r2"));
  Finish(VerdictState::kPass);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r2", "pass r2", "review r2 0", "reviewers 0"));
}

TEST_F(PublishLoopTest, ARunWithAPolicyOfItsOwnDoesNotSpeakForTheChange) {
  Submit("r1", head_);
  Submit("lax", head_, "version: 1\n");
  Finish(VerdictState::kFail);
  Finish(VerdictState::kPass);
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("fail r1 again", "review r1 0"));
}

TEST_F(PublishLoopTest, ARunOfAnotherBaseSpeaksOnlyWhenThisServerSubmittedItForTheHost) {
  Submission submission;
  submission.project = ProjectId("acme-widget");
  submission.change = "pr-12";
  submission.request_id = "hook-1";
  submission.base = CommitId(std::string(40, '9'));  // the target branch has moved, and nobody fetched it yet
  submission.head = head_;
  EXPECT_THAT(store_->SubmitRun(submission, HostRunId("hook-1"), clock_.Now()), IsOk());
  submission.request_id = "somebody's";
  EXPECT_THAT(store_->SubmitRun(submission, RunId("r-0123456789abcdef"), clock_.Now()), IsOk());
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending " + HostRunId("hook-1").value()));
}

TEST_F(PublishLoopTest, DraftsAndFailingCodeAskNobody) {
  Head(head_, HostChangeState::kDraft);
  Submit("r1", head_);
  Finish(VerdictState::kPass);
  EmptyOutbox();
  EXPECT_EQ(client_.said.back(), "review r1 0");
}

TEST_F(PublishLoopTest, WhatFailsIsTriedAgainLaterEachTimeAndInOrder) {
  client_.answers = {absl::UnavailableError("502"), absl::UnavailableError("502")};
  Submit("r1", head_);
  EmptyOutbox();
  EXPECT_THAT(client_.said, SizeIs(1));
  clock_.Advance(absl::Seconds(1));  // 2 s, halved by chance 0
  EmptyOutbox();
  EXPECT_THAT(client_.said, SizeIs(2));
  clock_.Advance(absl::Milliseconds(1'999));
  EmptyOutbox();
  EXPECT_THAT(client_.said, SizeIs(2));
  clock_.Advance(absl::Milliseconds(1));
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1", "pending r1 again", "pending r1 again"));
  EXPECT_EQ(metrics_.Get(Counter::kTold, "failed"), 2);
}

TEST_F(PublishLoopTest, ALimitClosesTheInstallationUntilItsMoment) {
  client_.answers = {Limited(absl::Seconds(60), clock_.Now())};
  Submit("r1", head_);
  ASSERT_THAT(store_->AddIntent({.kind = IntentKind::kReply,
                                 .project = ProjectId("acme-widget"),
                                 .change = "pr-12",
                                 .text = "hello",
                                 .key = "k",
                                 .lane = "another"},
                                clock_.Now()),
              IsOk());
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1"));
  clock_.Advance(absl::Seconds(59));
  EmptyOutbox();
  EXPECT_THAT(client_.said, SizeIs(1));
  clock_.Advance(absl::Seconds(1));
  EmptyOutbox();
  EXPECT_THAT(client_.said, ::testing::UnorderedElementsAre("pending r1", "pending r1 again", "reply hello"));
}

TEST_F(PublishLoopTest, WhatIsRefusedIsDeadAtOnceAndHoldsNobodyUp) {
  client_.answers = {absl::InvalidArgumentError("POST /x: 422 Validation Failed")};
  Submit("r1", head_);
  EmptyOutbox();
  EXPECT_THAT(Dead(), ElementsAre("POST /x: 422 Validation Failed"));
  Finish(VerdictState::kFail);
  EmptyOutbox();
  EXPECT_EQ(client_.said[1], "fail r1 again");
}

TEST_F(PublishLoopTest, AHostThatIsDownForADayIsGivenUp) {
  client_.answers = {absl::UnavailableError("503"), absl::UnavailableError("503")};
  Submit("r1", head_);
  Finish(VerdictState::kFail);
  EmptyOutbox();
  clock_.Advance(absl::Hours(24) + absl::Seconds(1));
  EmptyOutbox();
  EXPECT_THAT(Dead(), ElementsAre("503"));
}

TEST_F(PublishLoopTest, AHostThatIsNotConfiguredWaits) {
  configured_ = false;
  Submit("r1", head_);
  EmptyOutbox();
  configured_ = true;
  clock_.Advance(absl::Seconds(2));
  EmptyOutbox();
  EXPECT_THAT(client_.said, ElementsAre("pending r1 again"));
}

TEST(RetryDelayTest, DoublesUpToTwoMinutesHalfByChance) {
  EXPECT_EQ(RetryDelay(1, 0), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(3, 0), absl::Seconds(4));
  EXPECT_EQ(RetryDelay(3, 0.5), absl::Seconds(6));
  EXPECT_EQ(RetryDelay(100, 0), absl::Minutes(1));
}

TEST(WaitsForPeopleOnlyTest, WhenOnlyApprovalsAreMissing) {
  Verdict verdict;
  verdict.state = VerdictState::kFail;
  verdict.conditions = {
      {.name = "a", .kind = "approvals", .state = ConditionState::kUnsatisfied},
      {.name = "s", .kind = "size", .level = ConditionLevel::kWarn, .state = ConditionState::kUnsatisfied},
      {.name = "f", .kind = "findings", .state = ConditionState::kSatisfied}};
  EXPECT_TRUE(WaitsForPeopleOnly(verdict));
  verdict.conditions[2].state = ConditionState::kUndecided;
  EXPECT_FALSE(WaitsForPeopleOnly(verdict));
  verdict.conditions.clear();
  EXPECT_FALSE(WaitsForPeopleOnly(verdict));
}

}  // namespace
}  // namespace mergegate::pipeline
