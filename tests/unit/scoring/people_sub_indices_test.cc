// Every formula of T, K and C by hand. Days count from Monday 2024-01-01; people work Monday to Friday, 9:00 to 17:00
// UTC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "tests/unit/scoring/scores_fixture.h"

namespace mergegate::scoring {
namespace {

using ::mergegate::testing::ChangeStory;
using ::mergegate::testing::MakeSignal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Name(const std::string& stem, int i) { return absl::StrCat(stem, i); }

ChangeStory Change(int i, const std::string& author, double opened, double lines = 50) {
  return ChangeStory("p", Name("c", i), author, opened, lines);
}

// --- T ---

TEST(SurvivalTest, RevertsWithinTwoWeeks) {
  // 1 of 10 equal changes reverted: 1 - 0.1 / 0.2 = 0.5. A revert after three weeks is another story.
  World world;
  for (int i = 0; i < 8; ++i) world.Tell(Change(i, "ann", 1).Merge(2));
  world.Tell(Change(8, "ann", 1).Merge(2).Revert(5));
  world.Tell(Change(9, "ann", 1).Merge(2).Revert(23));
  world.Tell(Change(10, "ann", 50).Merge(51).Revert(52));  // too young to tell
  EXPECT_EQ(world.Part("survival").score.value, 5000);
  EXPECT_EQ(world.Part("survival").n, 10);
  EXPECT_THAT(world.Part("survival").evidence, ElementsAre("c8"));
}

TEST(SurvivalTest, APersonIsPulledToTheTeam) {
  // ann: 5 changes, none reverted, 1. The team: 1 of 10 reverted, 0.5. 5/15 x 1 + 10/15 x 0.5 = 0.6667.
  World world;
  world.teams = {MakeTeam("core", {"ann", "bob"})};
  for (int i = 0; i < 5; ++i) world.Tell(Change(i, "ann", 1).Merge(2));
  for (int i = 5; i < 10; ++i) {
    ChangeStory story = Change(i, "bob", 1).Merge(2);
    world.Tell(i == 5 ? story.Revert(3) : story);
  }
  const SubIndexScore part = world.Part("survival", {ScopeKind::kPerson, "ann"});
  EXPECT_EQ(part.score.value, 6667);
  EXPECT_THAT(part.reason, HasSubstr("100 alone, pulled to the team's 50.0 as if that had been seen 10 times"));
}

TEST(TrainingTest, GradesUpToTwoCourses) {
  World world;
  world.teams = {MakeTeam("core", {"ann", "bob", "cid", "dot", "eva"})};
  const auto course = [&](SignalKind kind, const std::string& who, const std::string& about, double value) {
    world.Tell(MakeSignal(kind, who, "", kind == SignalKind::kCourseEnrolled ? 1 : 9, about, value));
  };
  course(SignalKind::kCourseEnrolled, "ann", "c++", 0);
  course(SignalKind::kCourseCompleted, "ann", "c++", 0.9);
  course(SignalKind::kCourseCompleted, "ann", "git", std::nan(""));
  course(SignalKind::kCourseEnrolled, "bob", "c++", 0);
  for (const char* name : {"a", "b", "c"}) course(SignalKind::kCourseCompleted, "cid", name, 1);
  // ann (0.9 + 0.7) / 2 = 0.8, bob 0, cid 1, dot 0, eva 0: mean 0.36.
  EXPECT_EQ(world.Part("training", {ScopeKind::kPerson, "ann"}).score, (Ranged{8000, 8000, 8000}));
  EXPECT_EQ(world.Part("training", {ScopeKind::kPerson, "bob"}).score.value, 0);
  EXPECT_EQ(world.Part("training", kCore).score.value, 3600);
  world.teams = {MakeTeam("core", {"ann", "bob", "cid", "dot"})};
  EXPECT_EQ(world.Part("training", kCore).missing, "in a team of fewer than 5 it would be about persons");
  EXPECT_EQ(world.Part("training", {ScopeKind::kPerson, "dot"}).missing, "no course was taken up");
}

TEST(RecurrenceTest, RepeatsPerMergeEarlierAndLater) {
  // The halves meet 182.5 days back. Earlier: 4 merges, all with x: 3 repeats. Later: 8 merges, 3 with x: 2 repeats.
  // 3/4 : 2/8, so 0.75 / (0.75 + 0.25).
  World world;
  world.today = 300;
  for (int i = 0; i < 4; ++i) world.Tell(Change(i, "ann", 20 + i).Finding("x", 21 + i).Merge(21 + i));
  for (int i = 4; i < 12; ++i) {
    ChangeStory story = Change(i, "ann", 200 + i).Finding(i < 7 ? "x" : Name("once", i), 201 + i);
    world.Tell(story.Merge(201 + i));
  }
  const SubIndexScore part = world.Part("recurrence");
  EXPECT_EQ(part.score.value, 7500);
  EXPECT_EQ(part.n, 5);
}

TEST(RecurrenceTest, NothingThatComesBackIsNothingToUnlearn) {
  World world;
  world.today = 300;
  for (int i = 0; i < 9; ++i)
    world.Tell(Change(i, "ann", 20 + 30 * i).Finding(Name("x", i), 21 + 30 * i).Merge(21 + 30 * i));
  EXPECT_EQ(world.Part("recurrence").missing, "no class of finding recurred");
}

// --- K ---

LandedFiles Landed(const std::string& change, double day, std::vector<std::string> files,
                   std::vector<std::string> people) {
  LandedFiles landed{.change = change, .at = mergegate::testing::OnDay(day), .files = std::move(files)};
  for (const std::string& person : people) landed.people.push_back(Handle(person));
  return landed;
}

TEST(KnowersTest, FilesThatTwoActivePeopleKnow) {
  World world;
  world.today = 200;  // the last 90 days begin on day 110
  world.landed = {
      Landed("1", 5, {"old.cc", "a.cc", "b.cc"}, {"zoe"}),  // zoe has left
      Landed("2", 50, {"a.cc"}, {"bob"}),
      Landed("3", 120, {"a.cc"}, {"ann"}),         // known to ann and bob
      Landed("4", 130, {"b.cc"}, {"ann"}),         // known to ann, and to zoe, who is not active
      Landed("5", 140, {"c.cc"}, {"ann", "bob"}),  // reviewed
      Landed("6", 150, {"d.cc"}, {"bob"}),
      Landed("7", 150, {"d.cc"}, {"bob"}),
  };
  const SubIndexScore part = world.Part("knowers");
  EXPECT_EQ(part.score.value, 5000);  // a.cc and c.cc of a, b, c, d
  EXPECT_EQ(part.n, 5);
  EXPECT_THAT(part.evidence, ::testing::UnorderedElementsAre("b.cc", "d.cc"));
}

TEST(AddressedTest, MoreCommentsNeverLowerIt) {
  World world;
  for (int i = 0; i < 6; ++i) {
    ChangeStory story = Change(i, "ann", 1).Comment("bob", 2).Comment("bob", 2.1);
    if (i < 3) story.Addressed("bob", 2.5);
    world.Tell(story.Merge(3));
  }
  EXPECT_EQ(world.Part("addressed").score.value, 5000);
  World more = world;
  more.Tell(Change(0, "ann", 1).Comment("cid", 2.2).Comment("cid", 2.3));
  EXPECT_EQ(more.Part("addressed").score.value, 5000);
}

TEST(ExchangeTest, CappedByPersonAndByPair) {
  World world;
  world.teams = {MakeTeam("core", {"ann", "bob"})};
  for (int i = 0; i < 9; ++i) world.Tell(MakeSignal(SignalKind::kAnswerAccepted, "ann", "bob", 5, Name("q", i)));
  world.Tell(MakeSignal(SignalKind::kPosted, "ann", "", 5, "post"));
  for (int i = 0; i < 9; ++i) world.Tell(MakeSignal(SignalKind::kTalkGiven, "bob", "", 5, Name("talk", i)));
  // ann: two accepted answers to bob, 6, and a post, 7 of 10; bob: the cap.
  EXPECT_EQ(world.Part("exchange", kCore).score.value, 8500);
}

// --- C ---

// Everybody of five reviews for the next two, `times` each.
World Ring(int times) {
  World world;
  world.teams = {MakeTeam("core", {"m0", "m1", "m2", "m3", "m4"})};
  int n = 0;
  for (int i = 0; i < 5; ++i) {
    for (int k = 0; k < 2 * times; ++k) {
      world.Tell(ChangeStory("p", Name("r", n++), Name("m", i), 1).Review(Name("m", (i + 1 + k % 2) % 5), 2));
    }
  }
  return world;
}

TEST(BreadthTest, FourPartnersInEqualPartsAreFull) {
  EXPECT_EQ(Ring(2).Part("breadth", kCore).score, (Ranged{10000, 10000, 10000}));
}

TEST(BreadthTest, ApprovingEachOtherGainsNothing) {
  // m0 and m1 trade 40 approvals; of each way 5 count: counts 1+5+5, 1, 1, 1 -> (14^2 / (11^2 + 3) - 1) / 2 = 0.29.
  World world = Ring(1);
  const int before = world.Part("breadth", kCore).score.value;
  for (int i = 0; i < 40; ++i)
    world.Tell(ChangeStory("p", Name("x", i), Name("m", i % 2), 3).Review(Name("m", 1 - i % 2), 4));
  EXPECT_LT(world.Part("breadth", kCore).score.value, before);
}

TEST(BreadthTest, FourPeopleAreNoGroup) {
  World world = Ring(2);
  world.teams = {MakeTeam("core", {"m0", "m1", "m2", "m3"})};
  EXPECT_EQ(world.Part("breadth", kCore).missing, "a team of fewer than 5 has no score of cohesion");
  EXPECT_EQ(world.Part("pulse", kCore).missing, "a team of fewer than 5 has no score of cohesion");
}

TEST(ReciprocityTest, TheRarerSideOverTheOther) {
  EXPECT_EQ(Ring(2).Part("reciprocity", kCore).score.value, 10000);
  // One reviews six others six times (5 of each count) and is never reviewed: all seven have 0.
  World world;
  int n = 0;
  for (int i = 0; i < 6; ++i) {
    for (int k = 0; k < 6; ++k) world.Tell(ChangeStory("p", Name("c", n++), Name("a", i), 1).Review("boss", 2));
  }
  EXPECT_EQ(world.Part("reciprocity").score.value, 0);
  EXPECT_EQ(world.Part("reciprocity").n, 7);
}

TEST(CrossTeamTest, AFifthIsFull) {
  World world;
  world.teams = {MakeTeam("core", {"a", "b", "c", "d", "e"}), MakeTeam("ui", {"x"})};
  for (int i = 0; i < 18; ++i) world.Tell(Change(i, "a", 1).Review("b", 2));
  for (int i = 18; i < 20; ++i) world.Tell(Change(i, "a", 1).Review("x", 2));
  world.Tell(Change(20, "a", 1).Review("stranger", 2));
  EXPECT_EQ(world.Part("cross_team", kCore).score.value, 5000);  // 2 of 20
}

TEST(EventsTest, OnceIsEnough) {
  World world;
  world.teams = {MakeTeam("core", {"a", "b", "c", "d", "e"})};
  for (int i = 0; i < 9; ++i) world.Tell(MakeSignal(SignalKind::kEventAttended, "a", "", 5, Name("meetup", i)));
  world.Tell(MakeSignal(SignalKind::kTalkGiven, "b", "", 5, "talk"));
  EXPECT_EQ(world.Part("events", kCore).score.value, 4000);
}

TEST(KudosTest, TradingGainsNothing) {
  World world;
  world.teams = {MakeTeam("core", {"a", "b", "c", "d", "e"})};
  for (int i = 0; i < 9; ++i) {  // to and fro
    world.Tell(MakeSignal(SignalKind::kKudos, "a", "b", 5 + i));
    world.Tell(MakeSignal(SignalKind::kKudos, "b", "a", 5 + i));
  }
  EXPECT_EQ(world.Part("kudos", kCore).score.value, 0);
  world.Tell(MakeSignal(SignalKind::kKudos, "a", "c", 5));  // freely
  world.Tell(MakeSignal(SignalKind::kKudos, "d", "a", 5));  // a second person
  EXPECT_EQ(world.Part("kudos", kCore).score.value, 4000);
}

TEST(PulseTest, FiveMustAnswer) {
  World world;
  world.teams = {MakeTeam("core", {"a", "b", "c", "d", "e"})};
  const double answers[] = {0.2, 0.4, 0.6, 0.8};
  for (int i = 0; i < 4; ++i)
    world.Tell(
        MakeSignal(SignalKind::kSurveyAnswer, std::string(1, static_cast<char>('a' + i)), "", 5, "q", answers[i]));
  EXPECT_EQ(world.Part("pulse", kCore).missing, "only 4 of the 5 that it takes");
  world.Tell(MakeSignal(SignalKind::kSurveyAnswer, "e", "", 5, "q1", 1));
  world.Tell(MakeSignal(SignalKind::kSurveyAnswer, "e", "", 5, "q2", 0));
  EXPECT_EQ(world.Part("pulse", kCore).score.value, 5000);  // e's mean is 0.5
}

}  // namespace
}  // namespace mergegate::scoring
