// How long scores and reports take as the server makes them: 1 000 000 signals of 1 000 people out of SQLite.
//
//   build/bin/board_bench FOLDER [SIGNALS]      FOLDER is made, and must not hold a database yet
//
// Prints, by the clock and of the processor: to store them in random order in batches of 10 000, as an import does; the
// first question to a score board (reads everything), then every score; one more signal and its project's score; a
// person's report, their training plan, their recognition.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/clock.h"
#include "server/pipeline/appraisals.h"
#include "server/pipeline/score_board.h"
#include "server/storage/store.h"
#include "tests/bench/company.h"

namespace mergegate::pipeline {
namespace {

using testing::Company;
using testing::kDays;
using testing::kPeople;
using testing::kProjects;
using testing::kTeams;
using testing::OnDay;

constexpr size_t kBatch = 10'000;

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  std::exit(1);
}

template <typename T>
T Must(absl::StatusOr<T> result) {
  Must(result.status());
  return *std::move(result);
}

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Work>
void Time(const char* what, const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const double worked = ProcessorSeconds();
  work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%-46s %9.3f s, processor %8.3f s\n", what, took.count(), ProcessorSeconds() - worked);
  std::fflush(stdout);
}

int Main(const std::string& folder, size_t count) {
  std::filesystem::create_directories(folder);
  const auto store = Must(storage::OpenSqliteStore(folder + "/board.db"));
  Company company;
  std::vector<Signal> signals = company.Signals(count);
  std::ranges::shuffle(signals, std::mt19937(1));
  for (const Team& team : company.Teams()) Must(store->SetTeam(team, {}));
  for (unsigned i = 0; i < kProjects; ++i) {
    Must(store->CreateProject({.id = ProjectId(absl::StrCat("project", i)), .remote = "", .created = OnDay(0)}));
  }
  const Signal last = signals.back();
  signals.pop_back();
  Time("stored in random order", [&] {
    for (std::span<const Signal> rest = signals; !rest.empty();) {
      const size_t size = std::min(kBatch, rest.size());
      Must(store->AppendSignals(rest.first(size)));
      rest = rest.subspan(size);
    }
  });
  signals.clear();
  signals.shrink_to_fit();

  FakeClock clock(OnDay(kDays));
  const Mirrors mirrors(folder + "/mirrors");
  AnalysisBoard board(clock);
  ProgressBoard progress;
  Metrics metrics;
  ScoreBoard scores(clock, mirrors, *store, "");
  PipelineParts parts{.clock = clock,
                      .mirrors = mirrors,
                      .store = *store,
                      .board = board,
                      .progress = progress,
                      .metrics = metrics,
                      .scores = &scores};
  const auto score = [&](scoring::ScopeKind kind, const std::string& id) {
    Must(scores.Of({kind, id}, clock.Now(), {}));
  };
  Time("the first score of a server", [&] { score(scoring::ScopeKind::kProject, "project1"); });
  Time("every score", [&] {
    for (unsigned i = 0; i < kProjects; ++i) score(scoring::ScopeKind::kProject, absl::StrCat("project", i));
    for (unsigned i = 0; i < kTeams; ++i) score(scoring::ScopeKind::kTeam, absl::StrCat("team", i));
    for (unsigned i = 0; i < kPeople; ++i) score(scoring::ScopeKind::kPerson, Company::Person(i));
  });
  Must(store->AppendSignals(std::span(&last, 1)));
  Time("one more signal, its project's score", [&] { score(scoring::ScopeKind::kProject, last.project.value()); });
  const scoring::Period quarter{clock.Now() - absl::Hours(24 * 90), clock.Now()};
  const Handle person(Company::Person(7));
  Time("a person's report of a quarter", [&] { Must(AppraisalOf(parts, person, quarter)); });
  Time("their training plan", [&] { Must(TrainingPlanOf(parts, person, quarter)); });
  Time("everybody's help, for recognition", [&] {
    const scoring::RecognitionRules rules;
    scoring::HelpBy(person, Must(HelpOf(*store, clock.Now(), rules)), clock.Now(), rules);
  });
  return 0;
}

}  // namespace
}  // namespace mergegate::pipeline

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: board_bench FOLDER [SIGNALS]\n");
    return 2;
  }
  return mergegate::pipeline::Main(argv[1], argc > 2 ? static_cast<size_t>(std::atoll(argv[2])) : 1'000'000);
}
