// What holds for every sub-index of E, Q, T, K and C in whatever world: bounded, no order matters, bots are nobody, too
// little is missing, and one more good thing never lowers it (nor a bad one raises it). Each formula's hand-computed
// cases are in sub_indices_test.cc and people_sub_indices_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/unit/scoring/scores_fixture.h"

namespace mergegate::scoring {
namespace {

using ::mergegate::testing::ChangeStory;
using ::mergegate::testing::MakeSignal;
using ::mergegate::testing::OnDay;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kWorlds = 25;

std::string Name(const std::string& stem, size_t i) { return absl::StrCat(stem, i); }

// Two teams of six; a year with everything in it, most of it in the last 90 days (from day 210 on).
class Year {
 public:
  explicit Year(unsigned seed) : random_(seed) {}

  World Lived() {
    World world;
    world.today = 300;
    world.teams = {MakeTeam("core", Members("m")), MakeTeam("ui", Members("x"))};
    for (size_t i = 0; i < 60; ++i) {
      const double day = i < 20 ? 20 + Days(80) : 215 + Days(60);
      const std::string author = Name("m", Below(6));
      ChangeStory story("p", Name("c", i), author, day, 1 + Below(3000));
      const auto other = [&] { return Name(Below(9) == 0 ? "x" : "m", Below(6)); };
      if (Below(2) == 0) story.Comment(other(), day + 0.1 + Days(6));
      if (Below(3) == 0) story.Thread(other(), day + 0.2 + Days(6), "t", Below(2) == 0);
      for (size_t k = Below(5); k > 0; --k) story.Push(day + 0.3 + Days(2));
      if (Below(5) != 0) story.Review(other(), day + 0.2 + Days(6));
      if (Below(2) == 0) story.Addressed(other(), day + 1);
      if (Below(2) == 0) story.Finding(Name("check", Below(3)), day + 4);
      if (Below(8) != 0) story.Merge(day + 4 + Days(2));
      if (Below(8) == 0) story.Revert(day + 7);
      world.Tell(story);
      world.verdicts.push_back({Name("c", i), {day + 3, static_cast<int>(Below(10001))}});
      LandedFiles landed{.change = Name("c", i), .at = OnDay(day + 4)};
      for (size_t k = 1 + Below(3); k > 0; --k) landed.files.push_back(Name("f", Below(40)));
      landed.people = {Handle(author), Handle(other())};
      world.landed.push_back(landed);
    }
    for (size_t i = 0; i < 13; ++i) {  // an odd number: one more smaller one moves the median
      const std::string who = Name("m", Below(6)), whom = Name("x", Below(6));
      const double day = 215 + Days(60);
      world.Tell(MakeSignal(SignalKind::kTaskTaken, who, "", day, Name("task", i)));
      world.Tell(MakeSignal(SignalKind::kTaskDone, who, "", day + Days(20), Name("task", i)));
      world.Tell(MakeSignal(SignalKind::kPosted, who, "", day, Name("post", i)));
      world.Tell(MakeSignal(SignalKind::kAnswerAccepted, who, whom, day, Name("question", i)));
      world.Tell(MakeSignal(SignalKind::kKudos, whom, who, day));
      world.Tell(MakeSignal(SignalKind::kSurveyAnswer, Name("m", i % 6), "", day, Name("q", i), Days(1)));
      if (i < 3) world.Tell(MakeSignal(SignalKind::kEventAttended, who, "", day, "meetup"));
      if (i < 4) world.Tell(MakeSignal(SignalKind::kCourseCompleted, who, "", day, Name("course", i), Days(1)));
    }
    return world;
  }

  size_t Below(size_t n) { return random_() % n; }
  double Days(size_t n) { return static_cast<double>(Below(n * 100)) / 100; }
  std::mt19937& random() { return random_; }

 private:
  static std::vector<std::string> Members(const std::string& stem) {
    std::vector<std::string> members;
    for (size_t i = 0; i < 6; ++i) members.push_back(Name(stem, i));
    return members;
  }
  std::mt19937 random_;
};

std::map<std::string, SubIndexScore> PartsOf(const World& world, const Scope& scope = kCore) {
  std::map<std::string, SubIndexScore> parts;
  for (const MetricScore& metric : world.Engine()->Of(scope, OnDay(world.today), {}).metrics) {
    for (const SubIndexScore& part : metric.parts) parts[part.name] = part;
  }
  return parts;
}

TEST(SubIndexPropertiesTest, BoundedWithinTheirIntervalAndAllKnownInALivedYear) {
  std::set<std::string> known;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    for (const auto& [name, part] : PartsOf(Year(seed).Lived())) {
      if (!part.missing.empty()) continue;
      known.insert(name);
      EXPECT_LE(0, part.score.low) << name;
      EXPECT_LE(part.score.low, part.score.value) << name;
      EXPECT_LE(part.score.value, part.score.high) << name;
      EXPECT_LE(part.score.high, kWhole) << name;
    }
  }
  EXPECT_EQ(known.size(), SubIndices().size()) << "each was seen";
}

TEST(SubIndexPropertiesTest, NoOrderMatters) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Year year(seed);
    const World world = year.Lived();
    World shuffled = world;
    std::ranges::shuffle(shuffled.signals, year.random());
    std::ranges::shuffle(shuffled.landed, year.random());
    std::ranges::shuffle(shuffled.verdicts, year.random());
    std::ranges::reverse(shuffled.teams);
    for (const Scope& scope : {kCore, Scope{ScopeKind::kProject, "p"}, Scope{ScopeKind::kPerson, "m1"}}) {
      EXPECT_EQ(world.Engine()->Of(scope, OnDay(300), {}), shuffled.Engine()->Of(scope, OnDay(300), {}));
    }
  }
}

TEST(SubIndexPropertiesTest, BotsAreNobody) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const World world = Year(seed).Lived();
    World busy = world;
    busy.persons.push_back({.id = Handle("ci"), .name = "CI", .identities = {Handle("ci")}, .bot = true});
    busy.teams[0].members.push_back(Handle("ci"));
    for (size_t i = 0; i < 60; ++i) {  // says something to every change, and has changes of its own
      ChangeStory said("p", Name("c", i), "somebody", 216);
      said.Comment("ci", 216.1).Thread("ci", 216.1, "bot", false).Review("ci", 216.1).Addressed("ci", 217);
      for (const Signal& signal : said.signals()) {
        if (signal.actor == Handle("ci")) busy.Tell(signal);
      }
      busy.Tell(ChangeStory("p", Name("bump", i), "ci", 220).Review("m1", 221).Merge(221).Revert(222));
      busy.landed.push_back({.change = Name("bump", i), .at = OnDay(221), .files = {"lock"}, .people = {Handle("ci")}});
    }
    for (const SignalKind kind :
         {SignalKind::kPosted, SignalKind::kAnswerAccepted, SignalKind::kKudos, SignalKind::kSurveyAnswer,
          SignalKind::kEventAttended, SignalKind::kCourseCompleted}) {
      busy.Tell(MakeSignal(kind, "ci", "m1", 250, "bot"));
      busy.Tell(MakeSignal(kind, "m1", "renovate[bot]", 250, "to a bot"));
    }
    for (const Scope& scope : {kCore, Scope{ScopeKind::kProject, "p"}, Scope{ScopeKind::kPerson, "m1"}}) {
      EXPECT_EQ(PartsOf(world, scope), PartsOf(busy, scope)) << seed;
    }
  }
}

TEST(SubIndexPropertiesTest, TooLittleIsMissingAndSaysSo) {
  World world;
  world.today = 300;
  world.teams = Year(0).Lived().teams;
  for (const auto& [name, part] : PartsOf(world)) EXPECT_THAT(part.missing, Not(IsEmpty())) << name;
  Year year(1);
  const World lived = year.Lived();
  for (size_t some = 0; some < lived.signals.size(); some += 7) {
    World few = lived;
    few.signals.resize(some);
    few.landed.resize(some / 20);
    for (const auto& [name, part] : PartsOf(few)) {
      const auto row = std::ranges::find(SubIndices(), name, &SubIndexRow::name);
      EXPECT_TRUE(!part.missing.empty() || part.n >= row->min_sample) << name << " of " << part.n;
    }
  }
}

// One more good thing, and one more bad; `i` makes names new. Balance, breadth and reciprocity are about the whole
// group: they follow below.
struct Step {
  std::string name;
  std::function<void(World&, size_t i)> better;
  std::function<void(World&, size_t i)> worse = {};
};

ChangeStory More(size_t i, double day = 250, double lines = 50) {
  return ChangeStory("p", Name("more", i), "m0", day, lines);
}

const std::vector<Step>& Steps() {
  static const auto* const kSteps = new std::vector<Step>{
      {"first_review", [](World& w, size_t i) { w.Tell(More(i).Review("m1", 250)); },
       [](World& w, size_t i) { w.Tell(More(i).Review("m1", 290)); }},
      {"merge_time", [](World& w, size_t i) { w.Tell(More(i).Merge(250)); },
       [](World& w, size_t i) { w.Tell(More(i).Merge(290)); }},
      {"reviewed", [](World& w, size_t i) { w.Tell(More(i).Review("m1", 251).Merge(252)); },
       [](World& w, size_t i) { w.Tell(More(i).Merge(252)); }},
      {"rounds", [](World& w, size_t i) { w.Tell(More(i).Review("m1", 251).Merge(252)); },
       [](World& w, size_t i) {
         ChangeStory story = More(i).Review("m1", 251);
         for (int k = 0; k < 9; ++k) story.Push(251.1 + k / 20.0);
         w.Tell(story.Merge(252));
       }},
      {"threads", [](World& w, size_t i) { w.Tell(More(i).Thread("m1", 251, "t", true).Merge(252)); },
       [](World& w, size_t i) { w.Tell(More(i).Thread("m1", 251, "t", false).Merge(252)); }},
      {"size", [](World& w, size_t i) { w.Tell(More(i, 250, 50).Merge(252)); },
       [](World& w, size_t i) { w.Tell(More(i, 250, 4000).Merge(252)); }},
      {"task_time",
       [](World& w, size_t i) {
         w.Tell(MakeSignal(SignalKind::kTaskTaken, "m0", "", 250, Name("more", i)));
         w.Tell(MakeSignal(SignalKind::kTaskDone, "m0", "", 250.1, Name("more", i)));
       },
       [](World& w, size_t i) {
         for (size_t k = 0; k < 2; ++k) {
           w.Tell(MakeSignal(SignalKind::kTaskTaken, "m0", "", 211, Name("more", 100 * i + k)));
           w.Tell(MakeSignal(SignalKind::kTaskDone, "m0", "", 290, Name("more", 100 * i + k)));
         }
       }},
      {"merged_quality",
       [](World& w, size_t i) {
         w.Tell(More(i).Merge(252));
         w.verdicts.push_back({Name("more", i), {251, 10000}});
       },
       [](World& w, size_t i) {
         w.Tell(More(i).Merge(252));
         w.verdicts.push_back({Name("more", i), {251, 0}});
       }},
      {"clean_merges",
       [](World& w, size_t i) {
         w.Tell(More(i).Merge(252));
         w.verdicts.push_back({Name("more", i), {251, 10000}});
       },
       [](World& w, size_t i) { w.Tell(More(i).Finding("check0", 252).Merge(252)); }},
      {"survival", [](World& w, size_t i) { w.Tell(More(i).Merge(252)); },
       [](World& w, size_t i) { w.Tell(More(i).Merge(252).Revert(253)); }},
      {"training",
       [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kCourseCompleted, "m0", "", 250, Name("more", i), 1)); },
       [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kCourseEnrolled, "m0", "", 250, Name("more", i))); }},
      // A clean merge of the later half-year; one that brings again what m0 brought.
      {"recurrence",
       [](World& w, size_t i) {
         w.Tell(More(i).Merge(252));
         w.verdicts.push_back({Name("more", i), {251, 10000}});
       },
       [](World& w, size_t i) {
         for (size_t k = 0; k < 10; ++k) w.Tell(More(100 * i + k).Finding("check0", 252).Merge(252));
       }},
      // A second active person for everything; files that one person alone knows.
      {"knowers",
       [](World& w, size_t i) {
         LandedFiles landed{.change = Name("more", i), .at = OnDay(252), .people = {Handle("m0"), Handle("m1")}};
         for (size_t k = 0; k < 40; ++k) landed.files.push_back(Name("f", k));
         w.landed.push_back(landed);
       },
       [](World& w, size_t i) {
         w.landed.push_back(
             {.change = Name("more", i), .at = OnDay(252), .files = {Name("own", i)}, .people = {Handle("m0")}});
       }},
      {"addressed", [](World& w, size_t i) { w.Tell(More(i).Comment("m1", 251).Addressed("m1", 251.5).Merge(252)); },
       [](World& w, size_t i) { w.Tell(More(i).Comment("m1", 251).Merge(252)); }},
      {"exchange",
       [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kAnswered, "m0", "m1", 250, Name("more", i))); }},
      {"cross_team", [](World& w, size_t i) { w.Tell(More(i).Review("x1", 251)); },
       [](World& w, size_t i) { w.Tell(More(i).Review("m1", 251)); }},
      {"events", [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kEventAttended, Name("m", i % 6), "", 250)); }},
      {"kudos",
       [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kKudos, Name("stranger", i), Name("m", i % 6), 250)); }},
      {"pulse",
       [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kSurveyAnswer, "m0", "", 250, Name("more", i), 1)); },
       [](World& w, size_t i) { w.Tell(MakeSignal(SignalKind::kSurveyAnswer, "m0", "", 250, Name("more", i), 0)); }},
  };
  return *kSteps;
}

TEST(SubIndexPropertiesTest, OneMoreGoodThingNeverLowersAndABadOneNeverRaises) {
  std::map<std::string, int> rose, fell;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const World world = Year(seed).Lived();
    const auto before = PartsOf(world);
    for (const Step& step : Steps()) {
      const SubIndexScore& was = before.at(step.name);
      for (const bool good : {true, false}) {
        const auto& happens = good ? step.better : step.worse;
        if (!happens || !was.missing.empty()) continue;
        World more = world;
        happens(more, seed);
        const SubIndexScore is = more.Part(step.name, kCore);
        ASSERT_EQ(is.missing, "") << step.name;
        const int rise = is.score.value - was.score.value;
        EXPECT_TRUE(good ? rise >= 0 : rise <= 0) << step.name << " " << was.reason << " -> " << is.reason;
        if (rise > 0) ++rose[step.name];
        if (rise < 0) ++fell[step.name];
      }
    }
  }
  for (const Step& step : Steps()) {
    EXPECT_GT(rose[step.name], 0) << step.name << " moves";
    // Taking up a course costs nothing.
    if (step.worse && step.name != "training") {
      EXPECT_GT(fell[step.name], 0) << step.name << " moves";
    }
  }
}

// Reviews among the members of core: given[i][k] by m(i) of m(k).
using Reviews = std::array<std::array<int, 6>, 6>;
World Reviewing(const Reviews& given) {
  World world;
  world.teams = Year(0).Lived().teams;
  size_t n = 0;
  for (size_t i = 0; i < 6; ++i) {
    for (size_t k = 0; k < 6; ++k) {
      for (int times = 0; times < given[i][k]; ++times) {
        world.Tell(ChangeStory("p", Name("r", n++), Name("m", k), 1).Review(Name("m", i), 2));
      }
    }
  }
  return world;
}

TEST(SubIndexPropertiesTest, WorkThatMovesFromTheBusiestToTheIdlestIsBetterBalanced) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Year year(seed);
    Reviews given{};
    for (size_t i = 0; i < 6; ++i) given[i][(i + 1) % 6] = 4 + static_cast<int>(year.Below(12));
    const auto count = [&](size_t i) { return given[i][(i + 1) % 6]; };
    size_t busiest = 0, idlest = 0;
    for (size_t i = 0; i < 6; ++i) {
      if (count(i) > count(busiest)) busiest = i;
      if (count(i) < count(idlest)) idlest = i;
    }
    if (count(busiest) - count(idlest) < 2) continue;
    const int before = Reviewing(given).Part("balance", kCore).score.value;
    --given[busiest][(busiest + 1) % 6];
    ++given[idlest][(idlest + 1) % 6];
    EXPECT_GT(Reviewing(given).Part("balance", kCore).score.value, before) << seed;
  }
}

TEST(SubIndexPropertiesTest, ANewPartnerForTwoIsBroaderAndAReviewBackIsMoreMutual) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Year year(seed);
    Reviews given{};  // in a ring, so that each has two partners
    for (size_t i = 0; i < 6; ++i) given[i][(i + 1) % 6] = 3 + static_cast<int>(year.Below(3));
    const int breadth = Reviewing(given).Part("breadth", kCore).score.value;
    Reviews wider = given;
    ++wider[0][3];
    EXPECT_GE(Reviewing(wider).Part("breadth", kCore).score.value, breadth) << seed;
    // In a ring of five reviews each m0 gets none, m1 gives none: one back is more mutual for both.
    Reviews lopsided{};
    for (size_t i = 0; i < 6; ++i) lopsided[i][(i + 1) % 6] = 5 + static_cast<int>(year.Below(3));
    lopsided[5][0] = 0;
    lopsided[1][2] = 0;
    const int mutual = Reviewing(lopsided).Part("reciprocity", kCore).score.value;
    ++lopsided[1][0];
    EXPECT_GT(Reviewing(lopsided).Part("reciprocity", kCore).score.value, mutual) << seed;
  }
}

}  // namespace
}  // namespace mergegate::scoring
