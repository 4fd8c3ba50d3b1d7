// value = mean over people of min(1, sum of grades of courses passed / 2); a course passed without a grade counts 0.7.
//
// Window 365 days. A person's own is a count, not a sample: no interval, no pull to the team. Of a team: all its
// members, with 0 for who took none; bootstrap over members. Two courses a year are full (ours), more earn nothing;
// taking up a course and not finishing it costs nothing. Missing: nobody here took up a course.
#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kFull = 2, kUngraded = 0.7;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kCourse) return;
  const Event* passed = nullptr;
  for (const Event& event : life.events) {
    if (event.kind == SignalKind::kCourseCompleted) passed = &event;  // the last attempt counts
  }
  const Event& event = passed != nullptr ? *passed : life.events.front();
  const double grade = passed == nullptr ? 0 : std::isnan(event.value) ? kUngraded : std::clamp(event.value, 0.0, 1.0);
  emit({event.actor},
       {.at = event.at, .id = life.id, .who = event.actor, .tag = passed != nullptr ? 1u : 0u, .value = grade});
}

Estimate Estimated(const Sample& sample) {
  if (sample.seen.empty()) return Missing("no course was taken up");
  std::vector<std::pair<PersonKey, double>> grades;
  int passed = 0;
  for (const Observation& seen : sample.seen) {
    grades.emplace_back(seen.who, seen.value);
    passed += seen.tag == 1;
  }
  const std::vector<double> credits = SumByPerson(std::move(grades), sample.members, kFull);
  const int n = static_cast<int>(sample.seen.size());
  const std::string reason =
      absl::StrCat(Counted(passed, "course"), " passed of ", n, " taken up, by ",
                   Counted(static_cast<int>(credits.size()), "person"), "; full at ", kFull, " each");
  if (sample.scope == ScopeKind::kPerson) return Found({credits[0], credits[0], credits[0]}, n, reason);
  return Found(BootstrapMean(credits, SeedOf(sample.seen)), n, reason);
}

}  // namespace

SubIndexRow Training() {
  return {.metric = MetricKind::kTechnical,
          .name = "training",
          .question = "what was learnt and assessed",
          .weight = 20,
          .window_days = 365,
          .min_sample = 1,
          .scopes = kAllScopes,
          .shrinks = false,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
