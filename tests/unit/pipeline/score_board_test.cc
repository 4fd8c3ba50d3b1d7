// Scores over a real store and repository: what comes is followed, verdicts keep M, weights wait for approval.
#include "server/pipeline/score_board.h"

#include "server/pipeline/judge.h"
#include "tests/support/signal_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::IsOk;
using mergegate::testing::OnDay;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const scoring::Scope kP{scoring::ScopeKind::kProject, "p"};

class ScoreBoardTest : public PipelineTest {
 protected:
  ScoreBoardTest() {
    clock_.Advance(OnDay(60) - clock_.Now());
    parts_.scores = &board_of_scores_;
  }

  // Six changes, of which the first `reviewed` were reviewed.
  std::vector<Signal> SixMerges(int reviewed) {
    std::vector<Signal> signals;
    for (int i = 0; i < 6; ++i) {
      ChangeStory story("p", absl::StrCat("c", i), "ann", 40);
      if (i < reviewed) story.Review("bob", 40.5);
      Append(signals, story.Merge(41).signals());
    }
    return signals;
  }

  int Reviewed() {
    const absl::StatusOr<CompositeScore> score = board_of_scores_.Of(kP, clock_.Now(), {});
    EXPECT_THAT(score, IsOk());
    for (const SubIndexScore& part : score->metrics[0].parts) {
      if (part.name == "reviewed") return part.missing.empty() ? part.score.value : -1;
    }
    return -2;
  }

  ScoreBoard board_of_scores_{clock_, mirrors_, *store_, ""};
};

TEST_F(ScoreBoardTest, WhatComesLateOrIsTakenBackIsFollowed) {
  EXPECT_EQ(Reviewed(), -1);
  ASSERT_THAT(store_->AppendSignals(SixMerges(3)), IsOk());
  EXPECT_EQ(Reviewed(), 5000);
  Signal late = ChangeStory("p", "c5", "ann", 40).Review("bob", 40.2).signals().back();
  ASSERT_THAT(store_->AppendSignals(std::vector{late}), IsOk());
  EXPECT_EQ(Reviewed(), 6667);
  Signal back = late;
  back.corrects = late.source_id;
  back.source_id += "/back";
  back.retracted = true;
  ASSERT_THAT(store_->AppendSignals(std::vector{back}), IsOk());
  EXPECT_EQ(Reviewed(), 5000);
  // bob turns out to be ann under another name.
  ASSERT_THAT(store_->LinkIdentity(Handle("ann"), Handle("bob"), {}), IsOk());
  EXPECT_EQ(Reviewed(), -1);
}

TEST_F(ScoreBoardTest, UnknownProjectsAndTeamsHaveNone) {
  EXPECT_THAT(board_of_scores_.Of({scoring::ScopeKind::kProject, "none"}, clock_.Now(), {}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(board_of_scores_.Of({scoring::ScopeKind::kTeam, "none"}, clock_.Now(), {}),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ScoreBoardTest, AVerdictKeepsMAndIsReplayed) {
  FakeWorker worker(board_, [this](const AnalysisTask& task) { return Analyze(task); });
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a;\nint b; // TIDY\n"}});
  mergegate::Run run = RunOf(base, head);
  run.submission.change = "pr-1";
  EXPECT_EQ(VerdictOf(Gate(run, parts_)).project_m, std::nullopt);  // nothing is known of the project

  ASSERT_THAT(store_->AppendSignals(SixMerges(3)), IsOk());
  run.id = RunId("again");
  const storage::VerdictRecord record = Gate(run, parts_);
  const Verdict verdict = VerdictOf(record);
  ASSERT_TRUE(verdict.project_m.has_value());
  EXPECT_EQ(verdict.project_m->weights, kSourceWeights);
  EXPECT_EQ(verdict.project_m->before->value, verdict.project_m->after->value);  // one judged change is no sample
  EXPECT_EQ(record.quality, verdict.quality.value);
  const Facts facts = *wire::ParseFacts(record.facts);
  EXPECT_EQ(wire::Serialize(wire::ToProto(Judge(facts))), record.verdict);
  // Whatever comes later, the verdict says what it said.
  ASSERT_THAT(
      store_->AppendSignals(std::vector{ChangeStory("p", "c5", "ann", 40).Review("bob", 40.2).signals().back()}),
      IsOk());
  EXPECT_EQ(wire::Serialize(wire::ToProto(Judge(*wire::ParseFacts(record.facts)))), record.verdict);
}

TEST_F(ScoreBoardTest, ASupposedMergeLeavesNoTrace) {
  ASSERT_THAT(store_->AppendSignals(SixMerges(3)), IsOk());
  const CompositeScore before = *board_of_scores_.Of(kP, clock_.Now(), {});
  WhatIf what_if;
  what_if.merge =
      SupposedMerge{.project = kProject, .change = "new", .author = Handle("ann"), .lines = 100, .quality = 5000};
  what_if.values["first_review"] = 10000;
  EXPECT_NE(*board_of_scores_.Of(kP, clock_.Now(), what_if), before);
  EXPECT_EQ(*board_of_scores_.Of(kP, clock_.Now(), {}), before);
}

TEST_F(ScoreBoardTest, WeightsAreProposedAndHoldWhenApproved) {
  std::vector<Signal> signals;  // all waited for three weeks: E is 53, and surely below 60
  for (int i = 0; i < 60; ++i) {
    Append(signals, ChangeStory("p", absl::StrCat("c", i), "ann", 30).Review("bob", 51).Merge(52).signals());
  }
  ASSERT_THAT(store_->AppendSignals(signals), IsOk());
  ASSERT_THAT(board_of_scores_.Of(kP, clock_.Now(), {}), IsOk());
  const ProjectWeights proposed = *board_of_scores_.WeightsOf(kProject);
  ASSERT_THAT(proposed.versions, SizeIs(1));
  EXPECT_TRUE(proposed.versions[0].waiting);
  EXPECT_THAT(proposed.versions[0].reason, HasSubstr("is under its target of 60"));
  EXPECT_EQ(proposed.in_force.number, 0);
  ASSERT_THAT(store_->ApproveWeights(kProject, 1, Handle("lead")), IsOk());
  EXPECT_EQ(board_of_scores_.WeightsOf(kProject)->in_force.number, 1);
  EXPECT_EQ(board_of_scores_.Of(kP, clock_.Now(), {})->weights_version, 1);
}

}  // namespace
}  // namespace mergegate::pipeline
