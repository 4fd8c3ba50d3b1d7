// A person's figures, their strengths and suggestions: every number worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/scoring/growth/appraisal.h"
#include "server/scoring/growth/figures.h"
#include "tests/support/signal_builder.h"

namespace mergegate::scoring {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::MakeSignal;
using mergegate::testing::OnDay;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Handle kAnn("ann");
const Period kPeriod{OnDay(90), OnDay(180)};
const WorkingHours kClockHours = [](int64_t from, int64_t to, PersonKey) {
  return static_cast<double>(to - from) / 3600;
};

class Figures : public ::testing::Test {
 protected:
  void Tell(const ChangeStory& story) { Append(signals_, story.signals()); }
  // `who` is asked to review a change of ben's on `day`, and answers after so many hours.
  void Asked(const std::string& change, const std::string& who, double day, double hours) {
    Signal asked = MakeSignal(SignalKind::kReviewRequested, who, "ben", day, change);
    asked.project = ProjectId("p");
    signals_.push_back(asked);
    Tell(ChangeStory("p", change, "ben", day).Review(who, day + hours / 24));
  }

  Figure Of(const std::string& name, const std::set<Handle>& team = {}) {
    std::ranges::reverse(signals_);  // in whatever order
    const std::vector<Figure> figures = FiguresOf(WorkOf(signals_), kAnn, team, kPeriod, kClockHours);
    return *std::ranges::find(figures, name, &Figure::name);
  }

  std::vector<Signal> signals_;
};

TEST_F(Figures, FirstAnswerIsAMedianOfHours) {
  int i = 0;
  for (const double hours : {4, 1, 9, 2, 8}) Asked("c" + std::to_string(i++), "ann", 100, hours);
  const Figure figure = Of("first_answer");
  EXPECT_EQ(figure.own, (FigureValue{4, 1, 9, 5}));
  EXPECT_EQ(figure.unit, FigureUnit::kHours);
  EXPECT_THAT(figure.evidence, ElementsAre("projects/p/reviews/c2", "projects/p/reviews/c4", "projects/p/reviews/c0"));
}

TEST_F(Figures, WhoStillWaitsCountsOnceItIsLateAndDeclinedOrClosedOnesDoNot) {
  for (int i = 0; i < 4; ++i) Asked("c" + std::to_string(i), "ann", 100, 2);
  const auto asked = [&](const std::string& change, double day) {
    Signal signal = MakeSignal(SignalKind::kReviewRequested, "ann", "ben", day, change);
    signal.project = ProjectId("p");
    signals_.push_back(signal);
  };
  EXPECT_EQ(Of("first_answer").missing, "only 4 of the 5 that it takes");
  asked("declined", 120);
  Signal declined = MakeSignal(SignalKind::kReviewDeclined, "ann", "ben", 121, "declined");
  declined.project = ProjectId("p");
  signals_.push_back(declined);
  asked("landed", 120);
  Tell(ChangeStory("p", "landed", "ben", 120).Merge(121));
  asked("fresh", 179.9);
  EXPECT_EQ(Of("first_answer").missing, "only 4 of the 5 that it takes");
  asked("late", 179);
  const Figure figure = Of("first_answer");
  EXPECT_EQ(figure.own, (FigureValue{2, 2, 24, 5}));
  EXPECT_EQ(figure.reason, "over 5 requests for review, 1 of them still waiting");
}

TEST_F(Figures, CommentsThatLedToAChangeAreAShareByWilson) {
  for (int i = 0; i < 5; ++i) {
    ChangeStory story("p", "c" + std::to_string(i), "ben", 100);
    story.Comment("ann", 101);
    if (i < 3) story.Addressed("ann", 102);
    Tell(story.Merge(103));
  }
  Tell(ChangeStory("p", "open", "ben", 100).Comment("ann", 101));
  Tell(ChangeStory("p", "own", "ann", 100).Comment("ann", 101).Merge(103));
  const FigureValue own = *Of("led_to_change").own;
  EXPECT_EQ(own.n, 5);
  EXPECT_DOUBLE_EQ(own.value, 0.6);
  EXPECT_NEAR(own.low, 0.2725, 1e-4);  // (0.6 + z2/10 -+ z sqrt(0.24/5 + z2/100)) / (1 + z2/5), z2 = 2.7055
  EXPECT_NEAR(own.high, 0.8573, 1e-4);
}

TEST_F(Figures, WithoutAnyTraceCommentsAreNotJudged) {
  for (int i = 0; i < 5; ++i)
    Tell(ChangeStory("p", "c" + std::to_string(i), "ben", 100).Comment("ann", 101).Merge(102));
  EXPECT_EQ(Of("led_to_change").missing, "nothing tells which comments led to a change");
}

TEST_F(Figures, ChangesSurviveForFourteenDays) {
  for (int i = 0; i < 4; ++i) Tell(ChangeStory("p", "c" + std::to_string(i), "ann", 100).Merge(101));
  Tell(ChangeStory("p", "lost", "ann", 100).Merge(101).Revert(114));
  Tell(ChangeStory("p", "late", "ann", 100).Merge(101).Revert(116));
  Tell(ChangeStory("p", "young", "ann", 170).Merge(171));
  const Figure figure = Of("survived");
  EXPECT_EQ(figure.own->n, 6) << "the young one is not known yet";
  EXPECT_DOUBLE_EQ(figure.own->value, 5.0 / 6);
  EXPECT_THAT(figure.evidence, ElementsAre("projects/p/reviews/lost"));
}

TEST_F(Figures, CleanIsOfAnalyzedChangesOnly) {
  for (int i = 0; i < 6; ++i) {
    ChangeStory story("p", "c" + std::to_string(i), "ann", 100);
    story.Merge(101);
    if (i < 2) story.Finding("bugprone-x", 101);
    Tell(story);
    if (i == 5) continue;  // nobody analyzed it
    Signal judged = MakeSignal(SignalKind::kChangeJudged, "ann", "", 101, "c" + std::to_string(i), i < 2 ? 1 : 0);
    judged.project = ProjectId("p");
    signals_.push_back(judged);
  }
  const Figure figure = Of("clean");
  EXPECT_EQ(figure.own->n, 5);
  EXPECT_DOUBLE_EQ(figure.own->value, 0.6);
}

TEST_F(Figures, CountsAreByThirtyDaysAndByHeadInATeam) {
  for (int i = 0; i < 3; ++i) Tell(ChangeStory("p", "a" + std::to_string(i), "ann", 100).Merge(101));
  for (int i = 0; i < 12; ++i) {
    const std::string author = i < 10 ? "ben" : i < 11 ? "cleo" : "dan";
    Tell(ChangeStory("p", "b" + std::to_string(i), author, 100).Review("ann", 101).Merge(101));
  }
  const std::set<Handle> team = {kAnn, Handle("ben"), Handle("cleo"), Handle("dan"), Handle("eve")};
  const Figure merged = Of("merged", team);
  EXPECT_DOUBLE_EQ(merged.own->value, 1);           // 3 in 90 days
  EXPECT_NEAR(merged.own->high, 7.7537 / 3, 1e-3);  // half of the chi-square quantile with 8 degrees
  EXPECT_DOUBLE_EQ(merged.team->value, 15.0 / 5 / 3);
  EXPECT_DOUBLE_EQ(merged.earlier->value, 0);
  EXPECT_EQ(merged.better, Better::kNeither);
  EXPECT_DOUBLE_EQ(Of("reviews", team).own->value, 4);
  EXPECT_EQ(Of("reviews", team).team, std::nullopt) << "nobody else reviewed: it would be hers again";
  EXPECT_EQ(Of("merged", {kAnn, Handle("ben"), Handle("cleo"), Handle("dan")}).team, std::nullopt)
      << "four would be about persons";
}

Figure Share(const std::string& name, FigureValue own, std::optional<FigureValue> earlier,
             std::optional<FigureValue> team = {}) {
  return {.name = name,
          .question = name + "?",
          .unit = FigureUnit::kShare,
          .better = Better::kHigher,
          .own = own,
          .earlier = earlier,
          .team = team,
          .reason = "measured",
          .evidence = {"projects/p/reviews/bad"}};
}

PlanItem Recurs(const std::string& check, int changes) {
  PlanItem item;
  item.recurs = {.what = ClassOf(check),
                 .changes = changes,
                 .judged = 9,
                 .findings = changes,
                 .checks = {check},
                 .evidence = {"projects/p/reviews/c1"}};
  item.courses = {{.course = {.provider = "ours", .id = "1", .title = "Done"}, .completed = OnDay(1)},
                  {.course = {.provider = "ours", .id = "2", .title = "Next"}}};
  return item;
}

TEST(Advice, StrengthsLieSurelyAboveTheOwnBeforeOrTheTeam) {
  const std::vector<Figure> figures = {
      Share("better", {0.9, 0.8, 0.95, 20}, FigureValue{0.7, 0.5, 0.9, 20}),
      Share("perhaps", {0.9, 0.6, 0.95, 20}, FigureValue{0.7, 0.5, 0.9, 20}),
      Share("thin", {0.9, 0.8, 0.95, 20}, FigureValue{0.7, 0.1, 1, 4}),
      Share("than the team", {0.9, 0.8, 0.95, 20}, std::nullopt, FigureValue{0.5, 0.4, 0.6, 80})};
  const Advice advice = AdviceOf(figures, {});
  ASSERT_THAT(advice.strengths, SizeIs(2));
  EXPECT_EQ(advice.strengths[0].text, "better?: 90 % (90 %: 80 % to 95 %, n 20) against 70 % of your own before");
  EXPECT_THAT(advice.strengths[1].text, HasSubstr("50 % of your team"));
  EXPECT_THAT(advice.suggestions, IsEmpty());
  EXPECT_THAT(advice.fewer, HasSubstr("no more than 0 has evidence"));
}

TEST(Advice, LessIsBetterForHours) {
  Figure hours = Share("first_answer", {3, 2, 5, 9}, FigureValue{8, 6, 9, 9});
  hours.unit = FigureUnit::kHours;
  hours.better = Better::kLower;
  EXPECT_TRUE(BetterThan(hours, hours.earlier));
  EXPECT_FALSE(WorseThan(hours, hours.earlier));
  hours.better = Better::kNeither;
  EXPECT_FALSE(BetterThan(hours, hours.earlier));
}

TEST(Advice, TwoSuggestionsOneOfEachKindFirst) {
  const std::vector<Figure> figures = {Share("clean", {0.3, 0.2, 0.4, 20}, FigureValue{0.5, 0.4, 0.6, 20}),
                                       Share("survived", {0.3, 0.2, 0.4, 20}, FigureValue{0.9, 0.8, 1, 20})};
  const std::vector<PlanItem> plan = {Recurs("bugprone-use-after-move", 4), Recurs("performance-x", 3)};
  const Advice both = AdviceOf(figures, plan);
  ASSERT_THAT(both.suggestions, SizeIs(2));
  EXPECT_EQ(both.suggestions[0].title, "ownership and lifetime: say who owns each object, and for how long");
  EXPECT_EQ(both.suggestions[0].text, "in 4 of your 9 analyzed changes, 4 findings (bugprone-use-after-move)");
  ASSERT_THAT(both.suggestions[0].courses, SizeIs(1)) << "what was completed is not proposed again";
  EXPECT_EQ(both.suggestions[0].courses[0].title, "Next");
  EXPECT_THAT(both.suggestions[1].text, HasSubstr("survived?")) << "three lengths away, clean is one";
  EXPECT_THAT(both.suggestions[1].evidence, ElementsAre("projects/p/reviews/bad"));
  EXPECT_EQ(both.fewer, "");

  const Advice classes = AdviceOf({}, plan);
  ASSERT_THAT(classes.suggestions, SizeIs(2));
  EXPECT_THAT(classes.suggestions[1].title, HasSubstr("needless copies"));
  const Advice one = AdviceOf(std::vector<Figure>{figures[0]}, {});
  ASSERT_THAT(one.suggestions, SizeIs(1));
  EXPECT_THAT(one.fewer, HasSubstr("no more than 1 has evidence"));
}

}  // namespace
}  // namespace mergegate::scoring
