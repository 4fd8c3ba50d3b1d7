// value = share of merged changes that a human other than the author answered before (or at) the merge.
//
// Window 90 days, 5 changes at least; Wilson's interval. Changes that nobody reviewed count as unreviewed, never as
// zero hours of waiting. Missing: nothing merged, or not one review known (then there is no source of reviews rather
// than no review).
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->merged) return;
  const ChangeLife& change = *life.change;
  emit({change.author},
       {.at = *change.merged, .id = life.id, .whom = change.author, .value = change.reviewed() ? 1.0 : 0.0});
}

Estimate Estimated(const Sample& sample) {
  int reviewed = 0;
  std::vector<std::pair<double, uint64_t>> without;
  for (const Observation& seen : sample.seen) {
    reviewed += seen.value > 0;
    if (!(seen.value > 0)) without.emplace_back(-static_cast<double>(seen.at), seen.id);
  }
  const int n = static_cast<int>(sample.seen.size());
  if (n == 0) return Missing("no change was merged");
  if (reviewed == 0) return Missing("no review is known: nothing tells unreviewed from unrecorded", n);
  return Found(Proportion(reviewed, n), n,
               absl::StrCat(reviewed, " of ", Counted(n, "merged change"), " reviewed by somebody else"),
               Worst(without));
}

}  // namespace

SubIndexRow Reviewed() {
  return {.metric = MetricKind::kCollaboration,
          .name = "reviewed",
          .question = "how much is looked at by a second person",
          .weight = 20,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
