// value = mean over people of their mean answer to surveys, each in [0, 1].
//
// Window 90 days, 5 people who answered at least (fewer would tell who said what); bootstrap over people. Missing: too
// few answered.
#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kSurvey) return;
  for (const Event& event : life.events) {
    if (!(event.value >= 0 && event.value <= 1)) continue;
    emit({event.actor}, {.at = event.at, .id = life.id, .who = event.actor, .value = event.value});
  }
}

Estimate Estimated(const Sample& sample) {
  if (IsSmallTeam(sample)) return Missing(std::string(kSmallTeam));
  std::map<PersonKey, std::pair<double, int>> answers;
  for (const Observation& seen : sample.seen) {
    auto& [sum, count] = answers[seen.who];
    sum += seen.value;
    ++count;
  }
  if (answers.empty()) return Missing("nobody answered a survey");
  std::vector<double> means;
  for (const auto& [person, answer] : answers) means.push_back(answer.first / answer.second);
  const int n = static_cast<int>(means.size());
  const Interval mean = BootstrapMean(means, SeedOf(sample.seen));
  return Found(mean, n, absl::StrCat(Counted(n, "person"), " answered, ", Decimal(mean.value * 100), " of 100"));
}

}  // namespace

SubIndexRow Pulse() {
  return {.metric = MetricKind::kCohesion,
          .name = "pulse",
          .question = "how people say it is",
          .weight = 15,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
