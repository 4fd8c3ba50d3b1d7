// How long scores take: 1 000 people in 100 teams and 20 projects, 1 000 000 signals over two years.
//
//   build/bin/scores_bench [SIGNALS]
//
// Prints the time to load and score everything (every project, team and person), and of one more signal at a time (new,
// late, corrected) with the scores of all that it touches: of the clock, and of the processor, which other programs
// change less. At the end the state is compared with one loaded at once.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/score_engine.h"
#include "server/scoring/working_hours.h"
#include "tests/bench/company.h"

namespace mergegate::scoring {
namespace {

using testing::Company;
using testing::kDays;
using testing::kPeople;
using testing::kProjects;
using testing::kTeams;
using testing::OnDay;

double SecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void Print(const char* clock, std::vector<double> took) {
  std::ranges::sort(took);
  std::printf("  %-14s median %.2f ms, 99 %% %.2f ms, most %.2f ms\n", clock, took[took.size() / 2] * 1e3,
              took[took.size() * 99 / 100] * 1e3, took.back() * 1e3);
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
  std::vector<double> took, worked;
  for (size_t i = 0; i < most; ++i) {
    Signal wrong = shuffled[i];
    wrong.source_id += "/wrong";
    wrong.at -= absl::Hours(static_cast<int64_t>(random() % 1000));
    engine.Add(wrong);
    const double before = ProcessorSeconds();
    took.push_back(SecondsOf([&] {
      engine.Remove(wrong);
      engine.Add(shuffled[i]);
      ScoreTouched(engine, shuffled[i]);
    }));
    worked.push_back(ProcessorSeconds() - before);
  }
  std::printf("one signal, corrected, with all scores that it touches, %zu times:\n", most);
  Print("clock:", took);
  Print("processor:", worked);
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
