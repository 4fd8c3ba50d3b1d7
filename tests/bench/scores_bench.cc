// How long scores take: 1 000 people in 100 teams and 20 projects, 1 000 000 signals over two years.
//
//   build/bin/scores_bench [SIGNALS]
//
// Prints the time to load and score everything (every project, team and person), and of one more signal at a time (new,
// late, corrected) with the scores of all that it touches; at the end the state is compared with one loaded at once.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/score_engine.h"
#include "server/scoring/working_hours.h"
#include "tests/support/signal_builder.h"

namespace mergegate::scoring {
namespace {

using testing::Append;
using testing::ChangeStory;
using testing::MakeSignal;
using testing::OnDay;

constexpr unsigned kPeople = 1000, kTeams = 100, kProjects = 20, kDays = 730;

class Company {
 public:
  std::vector<Signal> Signals(size_t count) {
    std::vector<Signal> signals;
    for (unsigned change = 0; signals.size() < count; ++change) {
      const unsigned author = Below(kPeople), team = author % kTeams;
      const double day = Below(kDays * 100) / 100.0;
      const auto colleague = [&] {
        return Person(Below(5) == 0 ? Below(kPeople) : team + kTeams * Below(kPeople / kTeams));
      };
      ChangeStory story(absl::StrCat("project", author % kProjects), absl::StrCat("c", change), Person(author), day,
                        1 + Below(600));
      for (unsigned i = Below(4); i > 0; --i) story.Comment(colleague(), day + Below(300) / 100.0);
      for (unsigned i = Below(3); i > 0; --i) {
        story.Thread(colleague(), day + Below(300) / 100.0, absl::StrCat("t", i), Below(4) != 0);
      }
      for (unsigned i = Below(3); i > 0; --i) story.Push(day + Below(400) / 100.0);
      if (Below(10) != 0) story.Review(colleague(), day + Below(400) / 100.0);
      if (Below(2) == 0) story.Addressed(colleague(), day + 4);
      if (Below(4) == 0) story.Finding(absl::StrCat("check", Below(40)), day + 4);
      if (Below(12) != 0) story.Merge(day + 4);
      if (Below(40) == 0) story.Revert(day + 6);
      Append(signals, story.signals());
      if (Below(4) == 0) {
        static constexpr SignalKind kKinds[] = {SignalKind::kPosted, SignalKind::kAnswerAccepted, SignalKind::kKudos,
                                                SignalKind::kEventAttended, SignalKind::kCourseCompleted};
        signals.push_back(
            MakeSignal(kKinds[Below(5)], Person(author), colleague(), day, absl::StrCat("o", change), 0.5));
      }
    }
    signals.resize(count);
    return signals;
  }
  std::vector<Team> Teams() const {
    std::vector<Team> teams;
    for (unsigned i = 0; i < kTeams; ++i) {
      Team& team = teams.emplace_back(Team{.id = TeamId(absl::StrCat("team", i)), .members = {}});
      for (unsigned k = i; k < kPeople; k += kTeams) team.members.push_back(Handle(Person(k)));
    }
    return teams;
  }
  static std::string Person(unsigned i) { return absl::StrCat("person", i, "@example.org"); }
  unsigned Below(unsigned n) { return static_cast<unsigned>(random_() % n); }

 private:
  std::mt19937 random_{20241126};
};

double SecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double Usual(int64_t from, int64_t to, PersonKey) { return UsualHours(from, to); }

std::vector<CompositeScore> All(const ScoreEngine& engine) {
  std::vector<CompositeScore> scores;
  for (unsigned i = 0; i < kProjects; ++i) {
    scores.push_back(engine.Of({ScopeKind::kProject, absl::StrCat("project", i)}, OnDay(kDays), {}));
  }
  for (unsigned i = 0; i < kTeams; ++i) {
    scores.push_back(engine.Of({ScopeKind::kTeam, absl::StrCat("team", i)}, OnDay(kDays), {}));
  }
  for (unsigned i = 0; i < kPeople; ++i) {
    scores.push_back(engine.Of({ScopeKind::kPerson, Company::Person(i)}, OnDay(kDays), {}));
  }
  return scores;
}

// What a signal can move: its project, the actor's and the subject's own scores and teams.
void ScoreTouched(const ScoreEngine& engine, const Signal& signal) {
  const ScoreSettings settings;
  if (!signal.project.empty()) engine.Of({ScopeKind::kProject, signal.project.value()}, OnDay(kDays), settings);
  for (const Handle& person : {signal.actor, signal.subject}) {
    if (person.empty()) continue;
    engine.Of({ScopeKind::kPerson, person.value()}, OnDay(kDays), settings);
    const auto number = static_cast<unsigned>(std::atoi(person.value().c_str() + 6));
    engine.Of({ScopeKind::kTeam, absl::StrCat("team", number % kTeams)}, OnDay(kDays), settings);
  }
}

int Main(size_t count) {
  constexpr size_t kOneByOne = 2000;
  Company company;
  const std::vector<Signal> signals = company.Signals(count);
  const std::vector<Team> teams = company.Teams();
  std::vector<CompositeScore> at_once;
  const double whole = SecondsOf([&] {
    ScoreEngine engine({}, teams, Usual);
    engine.Load(signals);
    at_once = All(engine);
  });
  std::printf("%zu signals, %u people: everything loaded and scored in %.2f s\n", count, kPeople, whole);

  // All but a random few; those come one at a time, each a little wrong first, then corrected.
  std::vector<Signal> shuffled = signals;
  std::mt19937 random(1);
  std::ranges::shuffle(shuffled, random);
  const size_t most = std::min(kOneByOne, count / 2);
  ScoreEngine engine({}, teams, Usual);
  engine.Load(std::span(shuffled).subspan(most));
  std::vector<double> took;
  for (size_t i = 0; i < most; ++i) {
    Signal wrong = shuffled[i];
    wrong.source_id += "/wrong";
    wrong.at -= absl::Hours(static_cast<int64_t>(random() % 1000));
    engine.Add(wrong);
    took.push_back(SecondsOf([&] {
      engine.Remove(wrong);
      engine.Add(shuffled[i]);
      ScoreTouched(engine, shuffled[i]);
    }));
  }
  std::ranges::sort(took);
  std::printf("one signal, corrected, with all scores that it touches: median %.2f ms, 99 %% %.2f ms, most %.2f ms\n",
              took[most / 2] * 1e3, took[most * 99 / 100] * 1e3, took.back() * 1e3);
  const bool same = All(engine) == at_once;
  std::printf("the same as loaded at once: %s\n", same ? "yes" : "NO");
  return same ? 0 : 1;
}

}  // namespace
}  // namespace mergegate::scoring

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? static_cast<size_t>(std::atoll(argv[1])) : 1'000'000;
  return mergegate::scoring::Main(std::max<size_t>(count, 1000));
}
