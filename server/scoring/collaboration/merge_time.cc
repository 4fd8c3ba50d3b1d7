// value = min(1, 1 / median of (time from opening to merge / allowance)), allowance = 24 h x sqrt(lines / 50), lines of
// the change held between 50 and 800.
//
// So a change of up to 50 lines has a day, one of 800 lines four. Window 90 days, 5 changes at least; exact
// order-statistics interval. A day is where DORA's 2023 report begins its best group of lead times; growth with the
// root of the size is ours: larger changes may take longer, and slicing below 50 lines gains nothing. Calendar time,
// since a merge can wait for anything. Missing: no merged change with a known opening.
#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kAllowedHours = 24, kSmall = 50, kLarge = 800;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->opened || !life.change->merged) return;
  const ChangeLife& change = *life.change;
  const double hours = static_cast<double>(std::max<int64_t>(0, *change.merged - *change.opened)) / 3600;
  const double allowed = kAllowedHours * std::sqrt(std::clamp(change.lines, kSmall, kLarge) / kSmall);
  emit({change.author}, {.at = *change.merged, .id = life.id, .whom = change.author, .value = hours / allowed});
}

Estimate Estimated(const Sample& sample) {
  std::vector<double> ratios;
  std::vector<std::pair<double, uint64_t>> slow;
  for (const Observation& seen : sample.seen) {
    ratios.push_back(seen.value);
    slow.emplace_back(-seen.value, seen.id);
  }
  if (ratios.empty()) return Missing("no merged change with a known opening");
  const int n = static_cast<int>(ratios.size());
  const Interval median = Median(std::move(ratios));
  return Found(Through(median, [](double ratio) { return ratio <= 1 ? 1 : 1 / ratio; }), n,
               absl::StrCat("median ", Decimal(median.value), " times what a change of its size is allowed (",
                            Decimal(median.low), " to ", Decimal(median.high), ") over ", Counted(n, "merged change"),
                            "; a day up to 50 lines, four for 800"),
               Worst(slow));
}

}  // namespace

SubIndexRow MergeTime() {
  return {.metric = MetricKind::kCollaboration,
          .name = "merge_time",
          .question = "how long changes take until they are merged, for their size",
          .weight = 15,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
