// What a history says about people.
#include "server/pipeline/signal_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "server/pipeline/review_log.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kFirst(40, 'a'), kSecond(40, 'b'), kRevert(40, 'c');

ReviewRecord Landed(const std::string& id, const std::string& author, std::vector<std::string> reviewers, int day) {
  ReviewRecord record{.id = id,
                      .group = "",
                      .change = "",
                      .landed = absl::FromUnixSeconds(1'700'000'000 + day * 86'400),
                      .author = {.name = author, .mail = author + "@example.org", .login = ""},
                      .title = "title",
                      .files = {},
                      .reviewers = {}};
  for (const std::string& name : reviewers) {
    record.reviewers.push_back({.name = name, .mail = name + "@example.org", .login = ""});
  }
  return record;
}

TEST(SignalsOfHistory, LandedChangesAndTheirReviewers) {
  const std::vector<Signal> signals =
      SignalsOfHistory(ProjectId("db"), {Landed(kFirst, "ann", {"ben", "ann", "ben", "jenkins"}, 1)}, {}, {});
  ASSERT_EQ(signals.size(), 2) << "neither the author, nor twice, nor bots";
  EXPECT_EQ(signals[0].kind, SignalKind::kChangeMerged);
  EXPECT_EQ(signals[0].actor, Handle("ann@example.org"));
  EXPECT_EQ(signals[0].object, kFirst);
  EXPECT_TRUE(std::isnan(signals[0].value)) << "lines are not read";
  EXPECT_EQ(signals[1].kind, SignalKind::kApproved);
  EXPECT_EQ(signals[1].actor, Handle("ben@example.org"));
  EXPECT_EQ(signals[1].subject, Handle("ann@example.org"));
  EXPECT_EQ(signals[1].source, "git");
  EXPECT_NE(signals[0].source_id, signals[1].source_id);
}

TEST(SignalsOfHistory, RevertsAreOfTheRevertedChange) {
  const std::vector<ReviewRecord> records = {Landed(kFirst, "ann", {}, 1), Landed(kRevert, "ben", {}, 5)};
  const std::vector<Signal> signals = SignalsOfHistory(ProjectId("db"), records, {{kRevert, "aaaaaaa"}}, {});
  ASSERT_EQ(signals.size(), 3);
  EXPECT_EQ(signals[2].kind, SignalKind::kChangeReverted);
  EXPECT_EQ(signals[2].actor, Handle("ann@example.org"));
  EXPECT_EQ(signals[2].subject, Handle("ben@example.org"));
  EXPECT_EQ(signals[2].object, kFirst);
  EXPECT_EQ(signals[2].at, records[1].landed);
  EXPECT_EQ(SignalsOfHistory(ProjectId("db"), records, {{kRevert, "ddddddd"}}, {}).size(), 2) << "of no change here";
}

TEST(SignalsOfHistory, WhatWasReviewedHereIsToldByItsReview) {
  EXPECT_THAT(SignalsOfHistory(ProjectId("db"), {Landed(kFirst, "ann", {"ben"}, 1)}, {}, {kFirst}), IsEmpty());
}

TEST(RevertedBy, ReadsTheIdThatGitWrites) {
  EXPECT_EQ(RevertedBy("Revert \"x\"\n\nThis reverts commit " + kFirst + ".\n"), kFirst);
  EXPECT_EQ(RevertedBy("This reverts commit abcdef1, because"), "abcdef1");
  EXPECT_EQ(RevertedBy("This reverts commit abc."), "") << "too short to be one";
  EXPECT_EQ(RevertedBy("This reverts commit " + std::string(50, 'a')), "");
  EXPECT_EQ(RevertedBy("no"), "");
}

const Handle kAuthor("ada@example.org");  // of TestRepo's commits

class FeedReviewTest : public PipelineTest {
 protected:
  FeedReviewTest() {
    base_ = repo_.Commit({{"a.txt", "a\n"}});
    head_ = repo_.Commit({{"a.txt", "b\n"}});
    Append({.kind = ReviewEventKind::kPushed,
            .head = head_,
            .push = Push{.base = base_,
                         .head = head_,
                         .run = "projects/p/runs/none",
                         .author = kAuthor,
                         .pieces = {{.path = "a.txt"}}}});
    Append({.kind = ReviewEventKind::kClosed, .actor = kAuthor, .head = head_});
  }

  void Append(ReviewEvent event) {
    ReviewLog log = *ReviewLog::Read(*store_, kProject, "pr-1");
    event.at = clock_.Now();
    event.source_id = absl::StrCat("test", log.events().size());
    ASSERT_TRUE(log.Append({std::move(event)}).ok());
  }

  // The target branch of the mirror.
  void Land(const CommitId& tip) {
    repo_.Branch("main", tip);
    ASSERT_TRUE((*mirrors_.Open(kProject))->Fetch(repo_.path(), {"+refs/heads/main:refs/heads/main"}).ok());
  }

  // Kinds of the signals that count, after feeding.
  std::vector<SignalKind> Fed() {
    EXPECT_TRUE(FeedReview(parts_, kProject, "pr-1").ok());
    std::vector<SignalKind> kinds;
    EXPECT_TRUE(store_->ScanSignals({}, [&](const Signal& signal) { kinds.push_back(signal.kind); }).ok());
    std::ranges::sort(kinds);
    return kinds;
  }

  CommitId base_, head_;
};

TEST_F(FeedReviewTest, WhatIsInTheTargetBranchWasMerged) {
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened)) << "as yet nobody knows";
  Land(head_);
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened, SignalKind::kChangeMerged));
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened, SignalKind::kChangeMerged)) << "once";
}

// Findings of the verdicts of two pushes, and what they say of the author once the second is merged.
class FeedFindingsTest : public FeedReviewTest {
 protected:
  // Stores a finished run with these findings; returns its name.
  std::string Judge(const std::string& id, const std::vector<std::pair<std::string, BaselineState>>& findings) {
    Facts facts;
    for (const auto& [check, state] : findings)
      facts.findings.push_back({.check = check, .path = "a.txt", .state = state});
    const Submission submission{.project = kProject, .change = "pr-2", .base = base_, .head = head_};
    EXPECT_TRUE(store_->SubmitRun(submission, RunId(id), clock_.Now()).ok());
    const auto lease = store_->LeaseRun("me", clock_.Now(), absl::Minutes(1));
    EXPECT_TRUE(lease.ok() && lease->has_value());
    const storage::VerdictRecord record{.facts = wire::Serialize(wire::ToProto(facts))};
    EXPECT_TRUE(store_->FinishRun(RunId(id), (*lease)->run.attempt, record, clock_.Now()).ok());
    return "projects/p/runs/" + id;
  }

  void Happens(ReviewEvent event) {
    ReviewLog log = *ReviewLog::Read(*store_, kProject, "pr-2");
    event.at = clock_.Now();
    event.source_id = absl::StrCat("pr-2 ", log.events().size());
    ASSERT_TRUE(log.Append({std::move(event)}).ok());
  }

  void Pushes(const std::string& run) {
    Happens({.kind = ReviewEventKind::kPushed,
             .head = head_,
             .push = Push{.base = base_, .head = head_, .run = run, .author = Handle("ann"), .lines_added = 7}});
  }

  // "kind part value" of what pr-2 says of findings.
  std::vector<std::string> Said() {
    EXPECT_TRUE(FeedReview(parts_, kProject, "pr-2").ok());
    std::vector<std::string> said;
    const storage::SignalQuery query{
        .kinds = {SignalKind::kChangeJudged, SignalKind::kFindingAdded, SignalKind::kFindingAvoided}, .object = "pr-2"};
    EXPECT_TRUE(store_
                    ->ScanSignals(query,
                                  [&](const Signal& signal) {
                                    EXPECT_EQ(signal.actor, Handle("ann"));
                                    said.push_back(absl::StrCat(static_cast<int>(signal.kind), " ", signal.part, " ",
                                                                signal.value));
                                  })
                    .ok());
    std::ranges::sort(said);
    return said;
  }
};

TEST_F(FeedFindingsTest, AddedIsWhatTheLastPushBroughtAvoidedWhatAnEarlierOneHadMore) {
  Pushes(Judge("r1", {{"bugprone-x", BaselineState::kNew},
                      {"bugprone-x", BaselineState::kCaused},
                      {"bugprone-x", BaselineState::kNew},
                      {"misc-y", BaselineState::kNew},
                      {"old-z", BaselineState::kUnchanged}}));
  Pushes(Judge(
      "r2",
      {{"bugprone-x", BaselineState::kNew}, {"late-w", BaselineState::kCaused}, {"misc-y", BaselineState::kFixed}}));
  Happens({.kind = ReviewEventKind::kClosed, .actor = Handle("ann"), .head = head_});
  EXPECT_THAT(Said(), IsEmpty()) << "not merged, as far as is known";
  Land(head_);
  const std::vector<std::string> expected = {"20 bugprone-x 1", "20 late-w 1", "21 bugprone-x 2", "21 misc-y 1",
                                             "22  2"};
  EXPECT_EQ(Said(), expected);
  EXPECT_EQ(Said(), expected) << "once";
}

TEST_F(FeedFindingsTest, ACleanChangeIsJudgedToo) {
  Pushes(Judge("r1", {{"old-z", BaselineState::kUnchanged}}));
  Happens({.kind = ReviewEventKind::kClosed, .actor = Handle("ann"), .head = head_});
  Land(head_);
  EXPECT_THAT(Said(), ElementsAre("22  0"));
}

TEST_F(FeedFindingsTest, WithoutAVerdictOfTheLastPushNothingIsSaidYet) {
  Pushes(Judge("r1", {{"bugprone-x", BaselineState::kNew}}));
  Pushes("projects/p/runs/pending");
  Happens({.kind = ReviewEventKind::kClosed, .actor = Handle("ann"), .head = head_});
  Land(head_);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(FeedReviewTest, WhatDoesNotComeInADayWasGivenUpUntilItComesAfterAll) {
  Land(base_);
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened));
  clock_.Advance(absl::Hours(25));
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened, SignalKind::kChangeAbandoned));
  Land(head_);
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened, SignalKind::kChangeMerged));
}

TEST_F(FeedReviewTest, AHistoryIsFedOnceAndWithoutWhatItsReviewTells) {
  Land(head_);
  testing::TempDirectory folder;
  SignalFeed feed(parts_, folder.path());
  EXPECT_EQ(*feed.Feed(kProject), 1) << "the base; the head is the review's";
  EXPECT_EQ(*feed.Feed(kProject), 0);
  const CommitId next = repo_.Commit({{"a.txt", "c\n"}});
  Land(next);
  EXPECT_EQ(*feed.Feed(kProject), 1);
}

// A squash has another id than the head of its review; author and paths tell that it is the same change.
TEST_F(FeedReviewTest, ASquashedChangeWasMergedAndCountsOnce) {
  Land(repo_.Commit({{"a.txt", "b\n"}}, {.parents = {{base_}}, .message = "Squashed\n"}));
  testing::TempDirectory folder;
  SignalFeed feed(parts_, folder.path());
  EXPECT_EQ(*feed.Feed(kProject), 1) << "the base; the rest is the review's";
  clock_.Advance(absl::Hours(25));
  EXPECT_THAT(Fed(), ElementsAre(SignalKind::kChangeOpened, SignalKind::kChangeMerged, SignalKind::kChangeMerged));
}

}  // namespace
}  // namespace mergegate::pipeline
