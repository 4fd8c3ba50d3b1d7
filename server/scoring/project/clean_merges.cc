// value = share of judged, merged changes that brought no new finding, each weighted by its lines held between 20 and
// 500.
//
// Window 90 days, 5 changes at least; Wilson's interval at Kish's effective sample size. Missing: no merged change was
// judged.
#include <algorithm>
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
  if (!change.quality && change.findings.empty()) return;
  emit({change.author}, {.at = *change.merged,
                         .id = life.id,
                         .whom = change.author,
                         .tag = static_cast<uint32_t>(std::clamp(change.lines, 20.0, 500.0)),
                         .value = change.findings.empty() ? 1.0 : 0.0});
}

Estimate Estimated(const Sample& sample) {
  if (sample.seen.empty()) return Missing("no merged change was judged");
  const WeightedShare clean(sample.seen);
  return Found(clean.share, clean.n,
               absl::StrCat(clean.good, " of ", Counted(clean.n, "judged change"), " brought no new finding"),
               Worst(clean.bad));
}

}  // namespace

SubIndexRow CleanMerges() {
  return {.metric = MetricKind::kQuality,
          .name = "clean_merges",
          .question = "how much is merged without new findings",
          .weight = 30,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
