// value = share of reviewed, merged changes that needed at most 3 + lines / 200 patch sets after the first answer.
//
// Window 90 days, 5 changes at least; Wilson's interval. Up to three rounds cost nothing and large changes have more,
// so that a thorough reviewer never lowers the number; only ping-pong does. The bound is ours. Patch sets before the
// first answer are the author's own and do not count. Missing: no reviewed change was merged, or no push is known in
// any of them.
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int kFreeRounds = 3;
constexpr double kLinesPerRound = 200;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->opened || !life.change->merged) return;
  if (!life.change->reviewed() || !life.change->answer_has_time()) return;
  const ChangeLife& change = *life.change;
  emit({change.author}, {.at = *change.merged,
                         .id = life.id,
                         .whom = change.author,
                         .tag = static_cast<uint32_t>(change.rounds),
                         .value = change.rounds <= kFreeRounds + change.lines / kLinesPerRound ? 1.0 : 0.0});
}

Estimate Estimated(const Sample& sample) {
  int within = 0;
  std::vector<std::pair<double, uint64_t>> beyond;
  for (const Observation& seen : sample.seen) {
    within += seen.value > 0;
    if (!(seen.value > 0)) beyond.emplace_back(-static_cast<double>(seen.tag), seen.id);
  }
  const int n = static_cast<int>(sample.seen.size());
  if (n == 0) return Missing("no reviewed change was merged");
  return Found(Proportion(within, n), n,
               absl::StrCat(within, " of ", Counted(n, "reviewed change"), " took no more than ", kFreeRounds,
                            " rounds (one more for each ", kLinesPerRound, " lines)"),
               Worst(beyond));
}

}  // namespace

SubIndexRow Rounds() {
  return {.metric = MetricKind::kCollaboration,
          .name = "rounds",
          .question = "whether reviews converge",
          .weight = 10,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
