// Appraisals over a real store: whose signals count, which team is compared with, and what an appeal moved.
#include "server/pipeline/appraisals.h"

#include <algorithm>

#include "server/pipeline/score_board.h"
#include "tests/support/signal_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::IsOk;
using mergegate::testing::MakeSignal;
using mergegate::testing::OnDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Handle kAnn("ann");
const scoring::Period kPeriod{OnDay(90), OnDay(180)};

class AppraisalsTest : public PipelineTest {
 protected:
  AppraisalsTest() { clock_.Advance(OnDay(180) - clock_.Now()); }

  void Tell(const std::vector<Signal>& signals) { ASSERT_THAT(store_->AppendSignals(signals), IsOk()); }
  // Six merged changes in the period.
  void SixMerges(const std::string& author, int reverted) {
    std::vector<Signal> signals;
    for (int i = 0; i < 6; ++i) {
      ChangeStory story("p", absl::StrCat(author, i), author, 100);
      story.Merge(101);
      if (i < reverted) story.Revert(102);
      Append(signals, story.signals());
    }
    Tell(signals);
  }
  scoring::Figure Of(const std::string& name) {
    const absl::StatusOr<Appraisal> appraisal = AppraisalOf(parts_, kAnn, kPeriod);
    EXPECT_THAT(appraisal, IsOk());
    return *std::ranges::find(appraisal->figures, name, &scoring::Figure::name);
  }
};

TEST_F(AppraisalsTest, AllNamesOfAPersonAreOneAndBotsAreNobody) {
  ASSERT_THAT(store_->LinkIdentity(kAnn, Handle("ann-gh"), {}), IsOk());
  ASSERT_THAT(store_->DescribePerson(Handle("ci"), "", true, {}), IsOk());
  SixMerges("ann-gh", 1);
  SixMerges("ci", 6);
  Tell({MakeSignal(SignalKind::kKudos, "ci", "ann", 120), MakeSignal(SignalKind::kKudos, "x[bot]", "ann", 121)});
  EXPECT_DOUBLE_EQ(Of("survived").own->value, 5.0 / 6);
  EXPECT_THAT(AppraisalOf(parts_, kAnn, kPeriod)->kudos, IsEmpty());
}

TEST_F(AppraisalsTest, OnlyATeamOfFiveIsComparedWith) {
  SixMerges("ann", 1);
  SixMerges("ben", 6);
  Team team{TeamId("core"), {kAnn, Handle("ben"), Handle("cleo"), Handle("dan")}};
  ASSERT_THAT(store_->SetTeam(team, {}), IsOk());
  EXPECT_EQ(Of("survived").team, std::nullopt);
  EXPECT_EQ(AppraisalOf(parts_, kAnn, kPeriod)->team, TeamId());
  team.members.push_back(Handle("eve"));
  ASSERT_THAT(store_->SetTeam(team, {}), IsOk());
  EXPECT_EQ(Of("survived").team, std::nullopt) << "it would tell about ben";
  SixMerges("cleo", 0);
  SixMerges("dan", 2);
  EXPECT_DOUBLE_EQ(Of("survived").team->value, 15.0 / 24) << "pooled";
  EXPECT_EQ(AppraisalOf(parts_, kAnn, kPeriod)->team_size, 5);
}

TEST_F(AppraisalsTest, WordsAreOfThePeriodAndAQuestionIsAnsweredByWhatCameAfterIt) {
  Tell({MakeSignal(SignalKind::kFeedbackGiven, "ben", "ann", 80, "early"),
        MakeSignal(SignalKind::kFeedbackAsked, "ann", "ben", 100),
        MakeSignal(SignalKind::kFeedbackAsked, "ann", "cleo", 100),
        MakeSignal(SignalKind::kFeedbackGiven, "ben", "ann", 110, "in time"),
        MakeSignal(SignalKind::kFeedbackGiven, "ann", "ben", 111, "hers"),
        MakeSignal(SignalKind::kKudos, "dan", "ann", 112, "first"),
        MakeSignal(SignalKind::kKudos, "dan", "ann", 113, "second")});
  const Appraisal appraisal = *AppraisalOf(parts_, kAnn, kPeriod);
  ASSERT_THAT(appraisal.feedback, SizeIs(1));
  EXPECT_EQ(appraisal.feedback[0].object, "in time");
  EXPECT_EQ(appraisal.unanswered, 1) << "cleo";
  ASSERT_THAT(appraisal.kudos, SizeIs(2));
  EXPECT_EQ(appraisal.kudos[0].object, "second") << "latest first";
}

TEST_F(AppraisalsTest, APlanReadsTheCatalogueAndWhatWasCompleted) {
  std::vector<Signal> signals;
  for (int i = 0; i < 3; ++i) {
    ChangeStory story("p", absl::StrCat("c", i), "ann", 100);
    Append(signals, story.Merge(101).Finding("bugprone-use-after-move", 101).signals());
  }
  signals.push_back(MakeSignal(SignalKind::kCourseCompleted, "ann", "", 90.5, "own", 1));
  Tell(signals);
  const Course course{.provider = "ours", .id = "own", .title = "Ownership", .topics = {"memory"}};
  ASSERT_THAT(store_->SaveCourses(std::vector{course}, {}), IsOk());
  const TrainingPlan plan = *TrainingPlanOf(parts_, kAnn, kPeriod);
  EXPECT_EQ(plan.judged, 3);
  EXPECT_EQ(plan.catalogue, 1);
  ASSERT_THAT(plan.items, SizeIs(1));
  EXPECT_EQ(plan.items[0].courses[0].completed, OnDay(90.5)) << "and it recurs all the same";
  Tell({MakeSignal(SignalKind::kCourseCompleted, "ann", "", 102, "own", 1)});
  const TrainingPlan later = *TrainingPlanOf(parts_, kAnn, kPeriod);
  EXPECT_THAT(later.items, IsEmpty()) << "nothing came since";
  ASSERT_THAT(later.learnt, SizeIs(1));
  EXPECT_EQ(later.learnt[0].before.changes, 3);
  EXPECT_EQ(later.learnt[0].verdict, "no analyzed change since: nothing can be said yet");
  EXPECT_THAT(TrainingPlanOf(parts_, Handle("ben"), kPeriod)->items, IsEmpty());
}

}  // namespace
}  // namespace mergegate::pipeline
