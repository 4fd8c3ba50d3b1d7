// value = r1 / (r1 + r2), r = repeated findings per judged merge, in the earlier and the later half of the window: 0.5
// when nothing changed, 1 when nothing recurs any more.
//
// A finding repeats when its author merged one of the same check in the same half before; several in one change are one
// occasion. Counted alike in both halves, so that chance alone gives 0.5. Window 365 days, 5 repeats and 3 merges in
// each half at least; the interval is that of the conditional test of two Poisson rates (Przyborowski and Wilenski
// 1940), by Wilson; a person's is pulled to the team's. Missing: nothing recurred, so there is nothing to unlearn.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kFewestMerges = 3;
enum Tag : uint32_t { kMerge = 0, kFinding = 1 };

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->merged) return;
  const ChangeLife& change = *life.change;
  if (!change.quality && change.findings.empty()) return;
  emit({change.author}, {.at = *change.merged, .id = life.id, .who = change.author, .tag = kMerge});
  uint64_t last = 0;
  for (const auto& [check, count] : change.findings) {
    if (check == last || !(count > 0)) continue;
    last = check;
    emit({change.author}, {.at = *change.merged, .id = check, .who = change.author, .tag = kFinding, .value = count});
  }
}

Estimate Estimated(const Sample& sample) {
  const int64_t middle = sample.as_of - 365 * kDaySeconds / 2;
  double merges[2] = {0, 0}, repeats[2] = {0, 0};
  std::map<std::pair<PersonKey, uint64_t>, std::pair<int, int>> occasions;
  for (const Observation& seen : sample.seen) {
    const int half = seen.at > middle;
    if (seen.tag == kMerge) {
      ++merges[half];
    } else {
      auto& [early, late] = occasions[{seen.who, seen.id}];
      ++(half == 0 ? early : late);
    }
  }
  for (const auto& [key, count] : occasions) {
    repeats[0] += std::max(0, count.first - 1);
    repeats[1] += std::max(0, count.second - 1);
  }
  const int n = static_cast<int>(repeats[0] + repeats[1]);
  if (merges[0] < kFewestMerges || merges[1] < kFewestMerges)
    return Missing("too few judged merges to compare halves", n);
  if (n == 0) return Missing("no class of finding recurred");
  const auto share = [&](double early) { return early / merges[0] / (early / merges[0] + (1 - early) / merges[1]); };
  return Found(Through(Proportion(repeats[0], n), share), n,
               absl::StrCat(repeats[0], " findings of a class that had been there before in ", merges[0],
                            " merges of the earlier half-year, ", repeats[1], " in ", merges[1], " of the later"));
}

}  // namespace

SubIndexRow Recurrence() {
  return {.metric = MetricKind::kTechnical,
          .name = "recurrence",
          .question = "whether the same findings come back",
          .weight = 30,
          .window_days = 365,
          .scopes = kAllScopes,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
