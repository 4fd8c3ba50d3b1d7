// value = share of commented changes in which at least one comment led to a change.
//
// Window 90 days, 5 commented changes at least; Wilson's interval. Counted by change, so that more comments never lower
// it: nothing here punishes a thorough reviewer, or a word of praise. Missing: no closed change was commented, or none
// was ever seen to lead to a change (then nothing watches for it).
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->commented) return;
  const ChangeLife& change = *life.change;
  const std::optional<int64_t> closed = change.merged ? change.merged : change.abandoned;
  if (!closed) return;
  emit({change.author}, {.at = *closed, .id = life.id, .whom = change.author, .value = change.addressed ? 1.0 : 0.0});
}

Estimate Estimated(const Sample& sample) {
  int addressed = 0;
  for (const Observation& seen : sample.seen) addressed += seen.value > 0;
  const int n = static_cast<int>(sample.seen.size());
  if (n == 0) return Missing("no closed change was commented on");
  if (addressed == 0) return Missing("nothing tells which comments led to a change", n);
  return Found(Proportion(addressed, n), n,
               absl::StrCat("comments led to a change in ", addressed, " of ", Counted(n, "commented change")));
}

}  // namespace

SubIndexRow Addressed() {
  return {.metric = MetricKind::kKnowledge,
          .name = "addressed",
          .question = "whether comments lead to better code",
          .weight = 30,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
