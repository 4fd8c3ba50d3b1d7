// Classes of findings, how often they come, plans, and whether a course helped: every number worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "server/scoring/growth/training_plan.h"
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
const Period kYear{OnDay(0), OnDay(365)};

// A merged and analyzed change with these findings.
std::vector<Signal> Judged(const std::string& change, const std::string& author, double day,
                           const std::vector<std::string>& checks, double lines = 100) {
  ChangeStory story("p", change, author, day, lines);
  story.Merge(day);
  for (const std::string& check : checks) story.Finding(check, day);
  std::vector<Signal> signals = story.signals();
  Signal judged = MakeSignal(SignalKind::kChangeJudged, author, "", day, change, static_cast<double>(checks.size()));
  judged.project = ProjectId("p");
  signals.push_back(judged);
  return signals;
}

TEST(FindingClasses, ByTheTableElseByModule) {
  EXPECT_EQ(ClassOf("bugprone-use-after-move").id, "memory");
  EXPECT_EQ(ClassOf("clang-analyzer-cplusplus.NewDelete").id, "memory");
  EXPECT_EQ(ClassOf("clang-analyzer-core.NullDereference").id, "initialization");
  EXPECT_EQ(ClassOf("concurrency-mt-unsafe").id, "concurrency");
  EXPECT_EQ(ClassOf("bugprone-narrowing-conversions").id, "arithmetic");
  EXPECT_EQ(ClassOf("performance-unnecessary-value-param").id, "performance");
  EXPECT_EQ(ClassOf("bugprone-branch-clone").id, "bugprone") << "the rest of a module";
  EXPECT_EQ(ClassOf("Eslint/no-var").id, "eslint") << "of another tool";
  EXPECT_EQ(ClassOf("").id, "");
}

TEST(FindingClasses, TopicsMeanThemByIdOrByAWordOfTheTitle) {
  const FindingClass memory = ClassOf("bugprone-use-after-move");
  EXPECT_TRUE(MeansClass("memory", memory));
  EXPECT_TRUE(MeansClass("Ownership", memory));
  EXPECT_FALSE(MeansClass("and", memory)) << "too short to mean anything";
  EXPECT_FALSE(MeansClass("concurrency", memory));
}

TEST(JudgedChanges, RecurFromThreeChangesOn) {
  std::vector<Signal> signals;
  Append(signals, Judged("c1", "ann", 1, {"bugprone-use-after-move", "bugprone-dangling-handle"}));
  Append(signals, Judged("c2", "ann", 2, {"bugprone-use-after-move"}));
  Append(signals, Judged("c3", "ann", 3, {"performance-for-range-copy"}));
  Append(signals, Judged("c4", "ann", 4, {"bugprone-use-after-move"}));
  Append(signals, Judged("c5", "ann", 5, {}));
  Append(signals, Judged("c6", "ben", 6, {"bugprone-use-after-move"}));
  std::ranges::reverse(signals);
  const std::vector<JudgedChange> changes = JudgedChangesOf(signals);
  ASSERT_THAT(changes, SizeIs(6));
  EXPECT_EQ(changes[0].name, "projects/p/reviews/c1");
  const std::vector<RecurringClass> recurring = RecurringIn(changes, kAnn, kYear);
  ASSERT_THAT(recurring, SizeIs(1)) << "performance is in one change only";
  EXPECT_EQ(recurring[0].what.id, "memory");
  EXPECT_EQ(recurring[0].changes, 3);
  EXPECT_EQ(recurring[0].judged, 5);
  EXPECT_EQ(recurring[0].findings, 4);
  EXPECT_THAT(recurring[0].checks, ElementsAre("bugprone-dangling-handle", "bugprone-use-after-move"));
  EXPECT_THAT(recurring[0].evidence,
              ElementsAre("projects/p/reviews/c4", "projects/p/reviews/c2", "projects/p/reviews/c1"));
  EXPECT_THAT(RecurringIn(changes, kAnn, {OnDay(2), OnDay(365)}), IsEmpty()) << "two in this time";
}

TEST(JudgedChanges, LinesAreHeldSoThatSlicingChangesNothing) {
  std::vector<Signal> signals = Judged("big", "ann", 1, {"bugprone-use-after-move"}, 5000);
  Append(signals, Judged("tiny", "ann", 2, {}, 1));
  const ClassCount count = CountOf(JudgedChangesOf(signals), {kAnn}, "memory", kYear);
  EXPECT_EQ(count.judged, 2);
  EXPECT_EQ(count.changes, 1);
  EXPECT_EQ(count.lines, 520);
  EXPECT_DOUBLE_EQ(count.per_1000_lines(), 1000.0 / 520);
}

TEST(RateRatio, ExactByTheBinomial) {
  // 6 before, none after: p <= 1 - 0.05^(1/6) = 0.39304, which is a ratio of 0.39304 / 0.60696 = 0.6475.
  const Ratio gone = *RateRatio({.changes = 6, .judged = 6, .lines = 3000}, {.changes = 0, .judged = 6, .lines = 3000});
  EXPECT_EQ(gone.value, 0);
  EXPECT_EQ(gone.low, 0);
  EXPECT_NEAR(gone.high, 0.6475, 1e-4);
  // 3 before, 1 after: Clopper and Pearson give 0.01274 to 0.75140 for 1 of 4.
  const Ratio fewer =
      *RateRatio({.changes = 3, .judged = 5, .lines = 1000}, {.changes = 1, .judged = 5, .lines = 1000});
  EXPECT_NEAR(fewer.value, 1.0 / 3, 1e-12);
  EXPECT_NEAR(fewer.low, 0.01274 / 0.98726, 1e-4);
  EXPECT_NEAR(fewer.high, 0.75140 / 0.24860, 1e-3);
  // The same rate over half the lines.
  EXPECT_NEAR(RateRatio({.changes = 2, .judged = 4, .lines = 1000}, {.changes = 1, .judged = 2, .lines = 500})->value,
              1, 1e-12);
  // None before: nothing bounds it.
  EXPECT_TRUE(std::isinf(RateRatio({.judged = 4, .lines = 400}, {.changes = 2, .judged = 4, .lines = 400})->high));
  EXPECT_EQ(RateRatio({.judged = 4, .lines = 400}, {.judged = 4, .lines = 400}), std::nullopt);
  EXPECT_EQ(RateRatio({.changes = 3, .judged = 4, .lines = 400}, {}), std::nullopt) << "nothing after";
}

TEST(Poisson, GarwoodsBounds) {
  EXPECT_EQ(Poisson90(0).low, 0);
  EXPECT_NEAR(Poisson90(0).high, -std::log(0.05), 1e-6);
  EXPECT_NEAR(Poisson90(5).low, 1.9701, 1e-3);  // half of the chi-square quantiles with 10 and 12 degrees
  EXPECT_NEAR(Poisson90(5).high, 10.5130, 1e-3);
}

const Course kOwnership{.provider = "ours", .id = "own", .title = "Ownership", .checks = {"bugprone-use-*"}};
const Course kMemory{.provider = "coursera", .id = "mem", .title = "Memory at length", .topics = {"memory"}};
const Course kThreads{.provider = "ours", .id = "thr", .title = "Threads", .topics = {"concurrency"}};

// Four changes with a finding of memory, on days 0 to 3.
std::vector<Signal> MemoryRecurs() {
  std::vector<Signal> signals;
  for (int i = 0; i < 4; ++i) Append(signals, Judged("c" + std::to_string(i), "ann", i, {"bugprone-use-after-move"}));
  return signals;
}

Plan PlanAfter(const std::vector<Signal>& signals, const std::vector<Course>& catalogue,
               const std::vector<TakenCourse>& taken) {
  return PlanOf(JudgedChangesOf(signals), kAnn, kYear, catalogue, taken);
}

TEST(TrainingPlan, CoursesThatFitByCheckComeBeforeThoseByTopic) {
  const std::vector<PlanItem> plan = PlanAfter(MemoryRecurs(), {kMemory, kThreads, kOwnership}, {}).items;
  ASSERT_THAT(plan, SizeIs(1));
  ASSERT_THAT(plan[0].courses, SizeIs(2)) << "nothing about threads";
  EXPECT_EQ(plan[0].courses[0].course, kOwnership);
  EXPECT_EQ(plan[0].courses[0].reason, "it is about bugprone-use-after-move");
  EXPECT_EQ(plan[0].courses[1].reason, "its topic \"memory\"");
  EXPECT_THAT(PlanAfter(MemoryRecurs(), {}, {}).items[0].courses, IsEmpty()) << "an empty catalogue says nothing";
}

TEST(TrainingPlan, AClassThatStoppedAfterACourseIsLearntAndNotProposed) {
  std::vector<Signal> signals = MemoryRecurs();
  const std::vector<TakenCourse> taken = {{"OURS/own", OnDay(9)}};
  // Two changes with it since: it does not recur any more. 4 of 4 before in 400 lines, 2 of 8 after in 800.
  for (int i = 0; i < 8; ++i) {
    Append(signals, Judged("later" + std::to_string(i), "ann", 20 + i,
                           i < 2 ? std::vector<std::string>{"bugprone-use-after-move"} : std::vector<std::string>{}));
  }
  const Plan plan = PlanAfter(signals, {kMemory, kOwnership}, taken);
  EXPECT_THAT(plan.items, IsEmpty());
  ASSERT_THAT(plan.learnt, SizeIs(1));
  EXPECT_EQ(plan.learnt[0].course, kOwnership);
  EXPECT_EQ(plan.learnt[0].before.changes, 4);
  EXPECT_EQ(plan.learnt[0].after.changes, 2);
  EXPECT_EQ(plan.learnt[0].after.judged, 8);
  EXPECT_DOUBLE_EQ(plan.learnt[0].ratio->value, 0.25);  // (2 / 800) / (4 / 400)
}

TEST(TrainingPlan, WhatRecursAllTheSameIsProposedByWhatCameSince) {
  std::vector<Signal> signals = MemoryRecurs();
  for (int i = 0; i < 3; ++i) {
    Append(signals, Judged("later" + std::to_string(i), "ann", 20 + i, {"bugprone-use-after-move"}));
  }
  Append(signals, Judged("clean", "ann", 30, {}));
  const Plan plan = PlanAfter(signals, {kMemory, kOwnership}, {{"own", OnDay(9)}});
  EXPECT_THAT(plan.learnt, IsEmpty());
  ASSERT_THAT(plan.items, SizeIs(1));
  EXPECT_EQ(plan.items[0].recurs.changes, 3) << "not the four before the course";
  EXPECT_EQ(plan.items[0].recurs.judged, 4);
  ASSERT_THAT(plan.items[0].courses, SizeIs(2));
  EXPECT_EQ(plan.items[0].courses[0].course, kMemory);
  EXPECT_EQ(plan.items[0].courses[1].completed, OnDay(9)) << "what was completed comes last";
}

TEST(TrainingPlan, ACourseAboutSomethingElseChangesNothing) {
  EXPECT_THAT(PlanAfter(MemoryRecurs(), {kMemory, kThreads}, {{"thr", OnDay(9)}}).items, SizeIs(1));
}

TEST(TrainingPlan, CoursesAreNamedByIdTitleOrBoth) {
  for (const char* name : {"own", "OWNERSHIP", "ours/own"}) EXPECT_TRUE(Names(name, kOwnership)) << name;
  EXPECT_FALSE(Names("theirs/own", kOwnership));
  const std::vector<Signal> signals = {MakeSignal(SignalKind::kCourseCompleted, "ann", "", 3, "own", 0.5),
                                       MakeSignal(SignalKind::kCourseCompleted, "ann", "", 7, "own", 0.9),
                                       MakeSignal(SignalKind::kCourseEnrolled, "ann", "", 1, "thr"),
                                       MakeSignal(SignalKind::kCourseCompleted, "ben", "", 3, "thr")};
  const std::vector<TakenCourse> taken = CoursesTakenBy(kAnn, signals);
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].at, OnDay(7)) << "the last attempt";
}

TEST(CourseOutcomes, BeforeAndAfterAgainstTheRestOfTheTeam) {
  std::vector<Signal> signals;
  std::set<Handle> team = {kAnn};
  for (int i = 0; i < 6; ++i) {
    Append(signals, Judged("before" + std::to_string(i), "ann", 10 + i, {"bugprone-use-after-move"}));
    Append(signals, Judged("after" + std::to_string(i), "ann", 30 + i, {}));
  }
  for (const char* name : {"ben", "cleo", "dan", "eve"}) {
    team.insert(Handle(name));
    Append(signals, Judged(std::string(name) + "1", name, 12, {"bugprone-use-after-move"}));
    Append(signals, Judged(std::string(name) + "2", name, 32, {"bugprone-use-after-move"}));
  }
  const std::vector<JudgedChange> changes = JudgedChangesOf(signals);
  const std::vector<TakenCourse> taken = {{"own", OnDay(20)}};
  const std::vector<Course> catalogue = {kOwnership, kThreads};
  const auto outcomes = OutcomesOf(changes, kAnn, team, catalogue, taken, OnDay(60));
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_EQ(outcomes[0].before.changes, 6);
  EXPECT_EQ(outcomes[0].after.changes, 0);
  EXPECT_EQ(outcomes[0].after.judged, 6);
  EXPECT_DOUBLE_EQ(outcomes[0].before.per_1000_lines(), 10);  // 6 in 600 lines
  EXPECT_NEAR(outcomes[0].ratio->high, 0.6475, 1e-4);
  EXPECT_DOUBLE_EQ(outcomes[0].others->value, 1);
  EXPECT_THAT(outcomes[0].verdict, HasSubstr("it came less often"));
  EXPECT_THAT(outcomes[0].verdict, HasSubstr("the rest of the team at the same time x1.00"));
  team.erase(Handle("eve"));
  EXPECT_EQ(OutcomesOf(changes, kAnn, team, catalogue, taken, OnDay(60))[0].others, std::nullopt) << "four are no team";
  EXPECT_THAT(OutcomesOf(changes, kAnn, {}, catalogue, taken, OnDay(19)), IsEmpty()) << "not completed yet";
}

TEST(CourseOutcomes, LittleIsSaidToBeLittle) {
  std::vector<Signal> signals = Judged("b", "ann", 10, {"bugprone-use-after-move"});
  Append(signals, Judged("a", "ann", 30, {}));
  const std::vector<TakenCourse> taken = {{"own", OnDay(20)}};
  const std::vector<Course> catalogue = {kOwnership};
  const auto outcomes = OutcomesOf(JudgedChangesOf(signals), kAnn, {}, catalogue, taken, OnDay(60));
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_THAT(outcomes[0].verdict, HasSubstr("too little to tell"));
  // Nobody took a course for what never came.
  const std::vector<Signal> clean = Judged("a", "ann", 30, {"bugprone-use-after-move"});
  EXPECT_THAT(OutcomesOf(JudgedChangesOf(clean), kAnn, {}, catalogue, taken, OnDay(60)), IsEmpty());
}

}  // namespace
}  // namespace mergegate::scoring
