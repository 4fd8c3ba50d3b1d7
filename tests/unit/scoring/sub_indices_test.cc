// Every formula of E and of a project's Q by hand. Days count from Monday 2024-01-01; people work Monday to Friday,
// 9:00 to 17:00 UTC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/unit/scoring/scores_fixture.h"

namespace mergegate::scoring {
namespace {

using ::mergegate::testing::ChangeStory;
using ::mergegate::testing::MakeSignal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kHour = 1.0 / 24;
constexpr double kNine = 9 * kHour;

std::string Name(const std::string& stem, int i) { return absl::StrCat(stem, i); }

ChangeStory Change(int i, const std::string& author, double opened, double lines = 50) {
  return ChangeStory("p", Name("c", i), author, opened, lines);
}

TEST(SubIndicesTest, NamesAreUniqueAndRowsAreWhole) {
  std::set<std::string_view> names;
  for (const SubIndexRow& row : SubIndices()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_NE(row.observe, nullptr);
    EXPECT_NE(row.estimate, nullptr);
    EXPECT_GT(row.weight, 0);
    EXPECT_GT(row.min_sample, 0);
  }
}

// --- E ---

TEST(FirstReviewTest, TheMedianWaitAgainstADay) {
  // Opened at 9:00 on days 7 to 11, answered 2, 4, 16, 20 and 24 working hours later: median 16, 8 / 16 = 0.5;
  // of five the interval reaches from 2 to 24 hours: 1 to 0.333.
  World world;
  const double days[] = {2 * kHour, 4 * kHour, 1 + 8 * kHour, 2 + 4 * kHour, 2 + 8 * kHour};
  for (int i = 0; i < 5; ++i) world.Tell(Change(i, "ann", 7 + kNine).Review("bob", 7 + kNine + days[i]));
  const SubIndexScore part = world.Part("first_review");
  EXPECT_EQ(part.score, (Ranged{5000, 3333, 10000}));
  EXPECT_EQ(part.n, 5);
  EXPECT_EQ(part.reason, "median 16.0 working hours to the first answer (2.0 to 24.0) over 5 changes; full up to 8");
  EXPECT_THAT(part.evidence, ElementsAre("c4", "c3", "c2"));
}

TEST(FirstReviewTest, AuthorsAndBotsAreNoReviewers) {
  World world;
  world.persons = {{.id = Handle("ci"), .name = "CI", .identities = {Handle("ci")}, .bot = true}};
  for (int i = 0; i < 5; ++i) {
    world.Tell(Change(i, "ann", 7 + kNine)
                   .Comment("ann", 7 + kNine + kHour)
                   .Comment("ci", 7 + kNine + kHour)
                   .Comment("dependabot[bot]", 7 + kNine + kHour)
                   .Review("bob", 8 + kNine + 8 * kHour));
  }
  EXPECT_EQ(world.Part("first_review").score.value, 5000);
}

TEST(FirstReviewTest, WhoStillWaitsCountsAndUnreviewedMergesAreNoZeroHours) {
  World world;
  for (int i = 0; i < 3; ++i) world.Tell(Change(i, "ann", 7 + kNine).Review("bob", 7 + kNine + kHour));
  for (int i = 3; i < 8; ++i) world.Tell(Change(i, "ann", 7 + kNine));  // 37 working days are 296 hours
  world.Tell(Change(8, "ann", 7 + kNine).Merge(8));
  const SubIndexScore part = world.Part("first_review");
  EXPECT_EQ(part.n, 8);
  // Day 7 9:00 to day 60 (a Friday) 0:00: 39 working days of 8 hours, 8 / 312.
  EXPECT_EQ(part.score.value, 256);
  EXPECT_THAT(part.reason, HasSubstr("5 of them still waiting"));
}

TEST(FirstReviewTest, ATrailerTellsThatSomebodyReviewedNotWhen) {
  World world;
  for (int i = 0; i < 9; ++i) world.Tell(Change(i, "ann", 1).Review("bob", 30).Merge(30));
  EXPECT_EQ(world.Part("first_review").missing, "no opened change was answered");
  EXPECT_EQ(world.Part("rounds").missing, "no reviewed change was merged");
  EXPECT_EQ(world.Part("reviewed").score.value, 10000);
}

TEST(FirstReviewTest, FewAreNoSample) {
  World world;
  for (int i = 0; i < 4; ++i) world.Tell(Change(i, "ann", 7).Review("bob", 8));
  EXPECT_EQ(world.Part("first_review").missing, "only 4 of the 5 that it takes");
  EXPECT_EQ(World().Part("first_review").missing, "no opened change was answered");
}

TEST(MergeTimeTest, LargeChangesMayTakeLonger) {
  // Allowed: 24 h at 50 lines, 48 h at 200, 96 h at 800 and beyond. Each took twice that.
  World world;
  world.Tell(Change(0, "ann", 1, 50).Merge(3));
  world.Tell(Change(1, "ann", 1, 10).Merge(3));
  world.Tell(Change(2, "ann", 1, 200).Merge(5));
  world.Tell(Change(3, "ann", 1, 800).Merge(9));
  world.Tell(Change(4, "ann", 1, 9999).Merge(9));
  EXPECT_EQ(world.Part("merge_time").score, (Ranged{5000, 5000, 5000}));
}

TEST(ReviewedTest, TheShareThatSomebodyElseSaw) {
  World world;
  for (int i = 0; i < 7; ++i) world.Tell(Change(i, "ann", 1).Review("bob", 2).Merge(3));
  for (int i = 7; i < 9; ++i) world.Tell(Change(i, "ann", 1).Comment("ann", 2).Merge(3));
  world.Tell(Change(9, "ann", 1).Merge(3).Review("bob", 4));  // too late
  EXPECT_EQ(world.Part("reviewed").score, (Ranged{7000, 4417, 8731}));
}

TEST(ReviewedTest, WithoutAnyReviewNothingIsKnown) {
  World world;
  for (int i = 0; i < 9; ++i) world.Tell(Change(i, "ann", 1).Merge(3));
  EXPECT_THAT(world.Part("reviewed").missing, HasSubstr("nothing tells unreviewed from unrecorded"));
}

TEST(RoundsTest, ThreeAreFreeAndLargeChangesHaveMore) {
  World world;
  const auto pushed = [](ChangeStory story, int rounds) {
    story.Push(1.5).Review("bob", 2);  // the first push is the author's own
    for (int i = 0; i < rounds; ++i) story.Push(2 + 0.1 * (i + 1));
    return story.Merge(4);
  };
  world.Tell(pushed(Change(0, "ann", 1), 3));
  world.Tell(pushed(Change(1, "ann", 1), 4));
  world.Tell(pushed(Change(2, "ann", 1, 200), 4));
  world.Tell(pushed(Change(3, "ann", 1), 0));
  world.Tell(pushed(Change(4, "ann", 1), 9));
  EXPECT_EQ(world.Part("rounds").score.value, 6000);
  EXPECT_THAT(world.Part("rounds").evidence, ElementsAre("c4", "c1"));
}

TEST(ThreadsTest, ResolvedOfOpened) {
  World world;
  ChangeStory half = Change(0, "ann", 1);
  for (int i = 0; i < 40; ++i) half.Thread("bob", 2, Name("t", i), i % 2 == 0);  // 20 count, half of them resolved
  world.Tell(half.Merge(3));
  world.Tell(Change(1, "ann", 1).Thread("bob", 2, "a", true).Thread("ann", 2, "own", false).Merge(3));
  world.Tell(Change(2, "ann", 1).Thread("bob", 2, "a", false));  // not closed
  // (10 + 1) / (20 + 1) = 0.5238.
  EXPECT_EQ(world.Part("threads").score.value, 5238);
  EXPECT_EQ(world.Part("threads").n, 21);
}

TEST(SizeTest, LinesInReviewablePieces) {
  // (4 x 100 + 400 + 400) / (4 x 100 + 1600 + 4000) = 0.2.
  World world;
  for (int i = 0; i < 4; ++i) world.Tell(Change(i, "ann", 1, 100).Merge(2));
  world.Tell(Change(4, "ann", 1, 1600).Merge(2));
  world.Tell(Change(5, "ann", 1, 100000).Merge(2));
  EXPECT_EQ(world.Part("size").score.value, 2000);
}

TEST(SizeTest, SlicingThinEarnsNothing) {
  World whole, sliced;
  for (int i = 0; i < 5; ++i) whole.Tell(Change(i, "ann", 1, 400).Merge(2));
  for (int i = 0; i < 50; ++i) sliced.Tell(Change(i, "ann", 1, 40).Merge(2));
  whole.Tell(Change(99, "ann", 1, 4000).Merge(2));
  sliced.Tell(Change(99, "ann", 1, 4000).Merge(2));
  EXPECT_EQ(whole.Part("size").score.value, sliced.Part("size").score.value);
}

TEST(BalanceTest, OneMinusGini) {
  // ann 8, bob 4, cid 0 reviews but three merges. Gini: 2 (1x0 + 2x4 + 3x8) / (3 x 12) - 4/3 = 4/9; x 3/2 = 2/3.
  World world;
  for (int i = 0; i < 8; ++i) world.Tell(Change(i, "dot", 1).Review("ann", 2));
  for (int i = 8; i < 12; ++i) world.Tell(Change(i, "dot", 1).Review("bob", 2));
  for (int i = 12; i < 15; ++i) world.Tell(Change(i, "cid", 1).Merge(2));
  const SubIndexScore part = world.Part("balance");
  EXPECT_EQ(part.score.value, 3333);
  EXPECT_EQ(part.n, 12);
}

TEST(BalanceTest, EqualSharesAreFull) {
  World world;
  for (int i = 0; i < 12; ++i) world.Tell(Change(i, "dot", 1).Review(Name("r", i % 3), 2));
  EXPECT_EQ(world.Part("balance").score.value, 10000);
}

TEST(TaskTimeTest, TheMedianAgainstAWeek) {
  World world;
  for (int i = 0; i < 5; ++i) {  // two weeks: 80 working hours
    world.Tell(MakeSignal(SignalKind::kTaskTaken, "ann", "", 7, Name("t", i)));
    world.Tell(MakeSignal(SignalKind::kTaskDone, "ann", "", 21, Name("t", i)));
  }
  world.Tell(MakeSignal(SignalKind::kTaskTaken, "ann", "", 7, "open"));
  world.teams = {MakeTeam("core", {"ann"})};
  EXPECT_EQ(world.Part("task_time", kCore).score.value, 5000);
}

// --- Q of a project ---

TEST(MergedQualityTest, WeightedByLinesWithinBounds) {
  // Lines 5 -> 20, 100, 9999 -> 500, 20, 20: (20 x 10000 + 100 x 5000 + 500 x 8000 + 40 x 10000) / 660 = 7727.3.
  World world;
  const double lines[] = {5, 100, 9999, 20, 20};
  const int quality[] = {10000, 5000, 8000, 10000, 10000};
  for (int i = 0; i < 5; ++i) {
    world.Tell(Change(i, "ann", 1, lines[i]).Merge(3));
    world.verdicts.push_back({Name("c", i), {2, quality[i]}});
  }
  world.verdicts.push_back({"c0", {1.5, 100}});  // an earlier patch set
  world.verdicts.push_back({"c0", {4, 100}});    // after the merge
  EXPECT_EQ(world.Part("merged_quality").score.value, 7727);
  EXPECT_THAT(world.Part("merged_quality").evidence, ElementsAre("c2", "c1"));
}

TEST(CleanMergesTest, ByWeightOfLines) {
  // 300 of 400 lines; effective n (400^2) / (300^2 + 4 x 25^2).
  World world;
  world.Tell(Change(0, "ann", 1, 300).Merge(3));
  for (int i = 1; i < 5; ++i) world.Tell(Change(i, "ann", 1, 25).Finding("bugprone-x", 3).Merge(3));
  world.verdicts.push_back({"c0", {2, 10000}});
  EXPECT_EQ(world.Part("clean_merges").score.value, 7500);
  EXPECT_THAT(world.Part("clean_merges").reason, HasSubstr("1 of 5 judged changes brought no new finding"));
}

}  // namespace
}  // namespace mergegate::scoring
