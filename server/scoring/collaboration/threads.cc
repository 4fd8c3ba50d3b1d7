// value = resolved review threads / opened ones, over changes that were merged or given up; at most 20 of one change
// count.
//
// Window 90 days, 5 threads at least; bootstrap over changes. A thread that nobody resolved is a question that nobody
// answered; how many there are does not matter. Missing: no change had a thread.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int kMostOfOne = 20;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || life.change->threads == 0) return;
  const ChangeLife& change = *life.change;
  const std::optional<int64_t> closed = change.merged ? change.merged : change.abandoned;
  if (!closed) return;
  const int counted = std::min(change.threads, kMostOfOne);
  emit({change.author}, {.at = *closed,
                         .id = life.id,
                         .whom = change.author,
                         .tag = static_cast<uint32_t>(counted),
                         .value = static_cast<double>(counted) * change.threads_resolved / change.threads});
}

Estimate Estimated(const Sample& sample) {
  int threads = 0;
  std::vector<std::pair<double, uint64_t>> open;
  for (const Observation& seen : sample.seen) {
    threads += static_cast<int>(seen.tag);
    if (seen.value < seen.tag) open.emplace_back(seen.value - seen.tag, seen.id);
  }
  if (threads == 0) return Missing("no closed change had a review thread");
  const Interval share = Bootstrap(sample.seen.size(), SeedOf(sample.seen), [&](std::span<const int> drawn) {
    double resolved = 0, all = 0;
    for (size_t i = 0; i < drawn.size(); ++i) {
      resolved += drawn[i] * sample.seen[i].value;
      all += drawn[i] * static_cast<double>(sample.seen[i].tag);
    }
    return resolved / all;
  });
  return Found(share, threads,
               absl::StrCat(Percent(share.value), " of ", Counted(threads, "review thread"), " resolved, in ",
                            Counted(static_cast<int>(sample.seen.size()), "change")),
               Worst(open));
}

}  // namespace

SubIndexRow Threads() {
  return {.metric = MetricKind::kCollaboration,
          .name = "threads",
          .question = "whether questions of reviews are settled",
          .weight = 10,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
