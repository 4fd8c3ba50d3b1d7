// value = mean Q of merged changes, each weighted by its lines held between 20 and 500.
//
// Q is that of the last verdict before the merge (quality.h). Window 90 days, 5 changes at least; bootstrap over
// changes. The weights are those of Q itself: tiny changes cannot dilute a bad one, bulk cannot buy room. Missing: no
// merged change was judged.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->merged || !life.change->quality) return;
  const ChangeLife& change = *life.change;
  emit({change.author}, {.at = *change.merged,
                         .id = life.id,
                         .whom = change.author,
                         .tag = static_cast<uint32_t>(std::clamp(change.lines, 20.0, 500.0)),
                         .value = static_cast<double>(*change.quality)});
}

Estimate Estimated(const Sample& sample) {
  std::vector<std::pair<double, uint64_t>> worst;
  for (const Observation& seen : sample.seen) {
    if (seen.value < kWhole) worst.emplace_back((seen.value - kWhole) * seen.tag, seen.id);
  }
  const int n = static_cast<int>(sample.seen.size());
  if (n == 0) return Missing("no merged change was judged");
  const Interval mean = Bootstrap(sample.seen.size(), SeedOf(sample.seen), [&](std::span<const int> drawn) {
    double sum = 0, lines = 0;
    for (size_t i = 0; i < drawn.size(); ++i) {
      sum += drawn[i] * sample.seen[i].value * sample.seen[i].tag;
      lines += drawn[i] * static_cast<double>(sample.seen[i].tag);
    }
    return sum / lines / kWhole;
  });
  return Found(mean, n, absl::StrCat("mean Q ", Decimal(mean.value * 100), " of ", Counted(n, "merged change")),
               Worst(worst));
}

}  // namespace

SubIndexRow MergedQuality() {
  return {.metric = MetricKind::kQuality,
          .name = "merged_quality",
          .question = "how good the merged changes were",
          .weight = 70,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
