// value = 1 - min(1, r / 0.2), r = share of merged changes that were reverted within 14 days, each weighted by its
// lines held between 20 and 500.
//
// Known 14 days after the merge, so that good and bad changes are known at the same age. Window 365 days, 5 changes at
// least; Wilson's interval at Kish's effective sample size; a person's is pulled to the team's. DORA's 2023 report puts
// its best group at a failure rate of 5 % and its middle one at 15 %: those are 75 and 25 here. The weights keep a
// revert from being diluted by slices. Missing: nothing merged.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kWorstRate = 0.2;
constexpr int64_t kGrace = 14 * kDaySeconds;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->merged) return;
  const ChangeLife& change = *life.change;
  const int64_t known = *change.merged + kGrace;
  emit({change.author}, {.at = known,
                         .id = life.id,
                         .whom = change.author,
                         .tag = static_cast<uint32_t>(std::clamp(change.lines, 20.0, 500.0)),
                         .value = change.reverted && *change.reverted <= known ? 0.0 : 1.0});
}

Estimate Estimated(const Sample& sample) {
  if (sample.seen.empty()) return Missing("no change was merged");
  const WeightedShare stood(sample.seen);
  return Found(
      Through(stood.share, [](double share) { return 1 - (1 - share) / kWorstRate; }), stood.n,
      absl::StrCat(stood.n - stood.good, " of ", Counted(stood.n, "merged change"), " reverted within 14 days, ",
                   Percent(1 - stood.share.value), " by size; nothing is left at ", Percent(kWorstRate)),
      Worst(stood.bad));
}

}  // namespace

SubIndexRow Survival() {
  return {.metric = MetricKind::kTechnical,
          .name = "survival",
          .question = "whether merged changes stand",
          .weight = 50,
          .window_days = 365,
          .scopes = kAllScopes,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
