// The state is a function of the set of signals, whatever came when.
#include "server/scoring/score_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/unit/scoring/scores_fixture.h"

namespace mergegate::scoring {
namespace {

using ::mergegate::testing::Append;
using ::mergegate::testing::ChangeStory;
using ::mergegate::testing::MakeSignal;
using ::mergegate::testing::OnDay;

// A year of twelve people in two teams and two projects.
std::vector<Signal> AYear(std::mt19937& random) {
  const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n + 1)); };
  const auto who = [&] { return absl::StrCat("p", upto(11)); };
  std::vector<Signal> signals;
  for (int i = 0; i < 300; ++i) {
    const double day = upto(360) + upto(23) / 24.0;
    ChangeStory story(upto(1) == 0 ? "p" : "q", absl::StrCat("c", i), who(), day, 1 + upto(900));
    for (int k = upto(3); k > 0; --k) {
      const double then = day + upto(50) / 10.0;
      if (upto(2) == 0) story.Comment(who(), then);
      if (upto(2) == 0) story.Addressed(who(), then);
      if (upto(2) == 0) story.Thread(who(), then, absl::StrCat("t", k), upto(1) == 0);
      if (upto(1) == 0) story.Review(who(), then);
      if (upto(1) == 0) story.Push(then + 0.3);
    }
    if (upto(3) == 0) story.Finding(absl::StrCat("check", upto(3)), day + 5);
    if (upto(9) != 0) story.Merge(day + 5);
    if (upto(19) == 0) story.Revert(day + 5 + upto(20));
    Append(signals, story.signals());
  }
  for (int i = 0; i < 150; ++i) {
    static constexpr SignalKind kKinds[] = {
        SignalKind::kTaskTaken,     SignalKind::kTaskDone, SignalKind::kCourseEnrolled, SignalKind::kCourseCompleted,
        SignalKind::kPosted,        SignalKind::kAnswered, SignalKind::kAnswerAccepted, SignalKind::kTalkGiven,
        SignalKind::kEventAttended, SignalKind::kKudos,    SignalKind::kSurveyAnswer,   SignalKind::kFeedbackGiven};
    signals.push_back(
        MakeSignal(kKinds[upto(11)], who(), who(), upto(360), absl::StrCat("o", upto(30)), upto(10) / 10.0));
  }
  return signals;
}

std::vector<Team> TwoTeams() {
  return {MakeTeam("core", {"p0", "p1", "p2", "p3", "p4", "p5"}), MakeTeam("ui", {"p6", "p7", "p8", "p9", "p10"})};
}

std::unique_ptr<ScoreEngine> Empty() {
  return std::make_unique<ScoreEngine>(
      std::vector<Person>{{.id = Handle("p11"), .name = "CI", .identities = {Handle("p11")}, .bot = true}}, TwoTeams(),
      [](int64_t from, int64_t to, PersonKey) { return static_cast<double>(to - from) / 3600; });
}

std::vector<CompositeScore> Everything(const ScoreEngine& engine) {
  std::vector<CompositeScore> scores;
  for (const double day : {60, 200, 366}) {
    for (const char* project : {"p", "q"}) scores.push_back(engine.Of({ScopeKind::kProject, project}, OnDay(day), {}));
    for (const char* team : {"core", "ui"}) scores.push_back(engine.Of({ScopeKind::kTeam, team}, OnDay(day), {}));
    for (int i = 0; i < 12; ++i)
      scores.push_back(engine.Of({ScopeKind::kPerson, absl::StrCat("p", i)}, OnDay(day), {}));
    scores.push_back(engine.Of({ScopeKind::kEverybody, ""}, OnDay(day), {}));
  }
  return scores;
}

TEST(ScoreEngineTest, OrderDuplicatesAndCorrectionsChangeNothing) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    std::mt19937 random(seed);
    std::vector<Signal> signals = AYear(random);
    const auto loaded = Empty();
    loaded->Load(signals);
    const std::vector<CompositeScore> expected = Everything(*loaded);

    // In random order, a third of them twice, a tenth first with a wrong time, value and object, then corrected.
    std::ranges::shuffle(signals, random);
    const auto grown = Empty();
    std::vector<Signal> wrong;
    for (const Signal& signal : signals) {
      if (random() % 10 != 0) continue;
      Signal other = signal;
      other.source_id += "/wrong";
      other.at += absl::Hours(static_cast<int64_t>(random() % 2000)) - absl::Hours(1000);
      other.value += 3;
      if (random() % 2 == 0) other.object = absl::StrCat("c", random() % 300);
      if (random() % 2 == 0) other.actor = Handle(absl::StrCat("p", random() % 11));
      wrong.push_back(other);
      grown->Add(other);
    }
    for (const Signal& signal : signals) {
      grown->Add(signal);
      if (random() % 3 == 0) grown->Add(signal);
      if (random() % 20 == 0) {
        grown->Remove(signal);
        grown->Remove(signal);
        grown->Add(signal);
      }
    }
    std::ranges::shuffle(wrong, random);
    for (const Signal& signal : wrong) grown->Remove(signal);
    ASSERT_EQ(Everything(*grown), expected) << seed;
  }
}

TEST(ScoreEngineTest, VerdictsAndFilesComeInAnyOrder) {
  const std::vector<Signal> story = ChangeStory("p", "c", "ann", 1).Merge(3).signals();
  const auto first = Empty(), last = Empty();
  first->AddVerdict(ProjectId("p"), "c", OnDay(2), 7000);
  first->AddVerdict(ProjectId("p"), "c", OnDay(2), 7000);
  for (const Signal& signal : story) first->Add(signal);
  last->Load(story);
  last->AddVerdict(ProjectId("p"), "c", OnDay(2.5), 1);
  last->RemoveVerdict(ProjectId("p"), "c", OnDay(2.5), 1);
  last->AddVerdict(ProjectId("p"), "c", OnDay(2), 7000);
  EXPECT_EQ(Everything(*first), Everything(*last));
  const LandedFiles one{.change = "1", .at = OnDay(5), .files = {"a", "b"}, .people = {Handle("p0"), Handle("p1")}};
  const LandedFiles two{.change = "2", .at = OnDay(6), .files = {"b"}, .people = {Handle("p2")}};
  first->Add(ProjectId("p"), one);
  first->Add(ProjectId("p"), two);
  last->Load(ProjectId("p"), std::vector<LandedFiles>{two, one});
  last->Add(ProjectId("p"), one);
  EXPECT_EQ(Everything(*first), Everything(*last));
}

TEST(ScoreEngineTest, EverythingIsBoundedAndSums) {
  std::mt19937 random(99);
  const auto engine = Empty();
  engine->Load(AYear(random));
  int seen = 0;
  for (const CompositeScore& score : Everything(*engine)) {
    int m = 0;
    for (const MetricScore& metric : score.metrics) {
      int points = 0;
      m += metric.points;
      for (const SubIndexScore& part : metric.parts) {
        points += part.points;
        seen += part.missing.empty();
        ASSERT_GE(part.score.low, 0) << part.name;
        ASSERT_LE(part.score.low, part.score.value) << part.name;
        ASSERT_LE(part.score.value, part.score.high) << part.name;
        ASSERT_LE(part.score.high, kWhole) << part.name;
        if (part.missing.empty()) {
          ASSERT_FALSE(part.reason.empty()) << part.name;
          ASSERT_GT(part.n, 0) << part.name;
        }
      }
      ASSERT_EQ(points, metric.score.value);
    }
    ASSERT_EQ(m, score.m.value);
  }
  EXPECT_GT(seen, 100);
}

TEST(ScoreEngineTest, OneHumanUnderManyIdentities) {
  const std::vector<Person> persons = {
      {.id = Handle("ann"), .name = "Ann", .identities = {Handle("ann"), Handle("ann@example.org")}}};
  ScoreEngine engine(persons, {}, [](int64_t, int64_t, PersonKey) { return 1.0; });
  std::vector<Signal> signals;
  for (int i = 0; i < 6; ++i) {  // reviewed by nobody but herself
    Append(signals, ChangeStory("p", absl::StrCat("c", i), "ann", 1).Review("ann@example.org", 2).Merge(3).signals());
  }
  engine.Load(signals);
  EXPECT_EQ(World::Find(engine.Of({ScopeKind::kProject, "p"}, OnDay(9), {}), "reviewed").missing,
            "no review is known: nothing tells unreviewed from unrecorded");
}

TEST(ScoreEngineTest, SettingsWeighAndSuppose) {
  std::mt19937 random(5);
  const auto engine = Empty();
  engine->Load(AYear(random));
  ScoreSettings settings;
  settings.sub_index_weights["reviewed"] = 0;
  settings.what_if["first_review"] = 10000;
  const CompositeScore score = engine->Of({ScopeKind::kProject, "p"}, OnDay(200), settings);
  EXPECT_EQ(World::Find(score, "reviewed").missing, "its weight is 0");
  EXPECT_EQ(World::Find(score, "first_review").score.value, 10000);
  EXPECT_EQ(World::Find(score, "first_review").reason, "taken for granted");
}

TEST(ScoreEngineTest, OnlyWhatWasKnownThenCounts) {
  std::mt19937 random(6);
  const std::vector<Signal> signals = AYear(random);
  std::vector<Signal> early;
  std::ranges::copy_if(signals, std::back_inserter(early), [](const Signal& s) { return s.at <= OnDay(200); });
  const auto now = Empty(), then = Empty();
  now->Load(signals);
  then->Load(early);
  // What is settled by day 200 is told alike; only what was open then may look closed now.
  const auto part = [](const ScoreEngine& engine) {
    return World::Find(engine.Of({ScopeKind::kProject, "p"}, OnDay(200), {}), "merge_time");
  };
  EXPECT_EQ(part(*now), part(*then));
}

}  // namespace
}  // namespace mergegate::scoring
