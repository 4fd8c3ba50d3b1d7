// value = sum of min(lines, 400) / sum of min(lines, 4000), over merged changes: how much of what was changed came in
// pieces that a person can review.
//
// Window 90 days, 5 changes at least; bootstrap over changes. 400 lines is where reviewers begin to miss defects in the
// study of SmartBear at Cisco (2006). Weighted by lines, so that slicing below 400 gains nothing and adding tiny
// changes hides no large one; what is beyond 4000 lines is generated or moved. Missing: no merged change with known
// lines.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kReviewable = 400, kMost = 4000;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->merged || !(life.change->lines > 0)) return;
  const ChangeLife& change = *life.change;
  emit({change.author},
       {.at = *change.merged, .id = life.id, .whom = change.author, .value = std::min(change.lines, kMost)});
}

Estimate Estimated(const Sample& sample) {
  int large = 0;
  std::vector<std::pair<double, uint64_t>> largest;
  for (const Observation& seen : sample.seen) {
    if (seen.value <= kReviewable) continue;
    ++large;
    largest.emplace_back(-seen.value, seen.id);
  }
  const int n = static_cast<int>(sample.seen.size());
  if (n == 0) return Missing("no merged change with known lines");
  const Interval share = Bootstrap(sample.seen.size(), SeedOf(sample.seen), [&](std::span<const int> drawn) {
    double reviewable = 0, all = 0;
    for (size_t i = 0; i < drawn.size(); ++i) {
      reviewable += drawn[i] * std::min(sample.seen[i].value, kReviewable);
      all += drawn[i] * sample.seen[i].value;
    }
    return reviewable / all;
  });
  return Found(
      share, n,
      absl::StrCat(Percent(share.value), " of the lines came in the first ", kReviewable, " lines of a change; ", large,
                   " of ", Counted(n, "change"), large == 1 ? " is" : " are", " larger"),
      Worst(largest));
}

}  // namespace

SubIndexRow ChangeSize() {
  return {.metric = MetricKind::kCollaboration,
          .name = "size",
          .question = "whether changes have a size that can be reviewed",
          .weight = 10,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
