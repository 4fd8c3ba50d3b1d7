// Weights of M that follow what is weak: a metric under its target gains weight, the others give it.
//
//   std::optional<WeightVersion> next = NextWeights(newest, policy, metrics, now);
//
// weights = policy's + gains of the weak - losses of the others, where
//   gain of a weak metric     = gain x its weight, at most `most` x its weight, and no more than the others can give;
//   loss of each other metric = in proportion to its weight, at most `most` x its weight.
// Parts by largest remainder, so that the sum stays 1.3 to the last digit. With nothing weak the weights are the
// policy's own again.
//
// Hysteresis: a metric becomes weak when it is `margin` under its target and the whole of its 90 % interval is under
// the target; it stays so until it reaches the target. Two versions are `dwell_days` apart at least, unless the
// policy's own weights changed. Pure.
#ifndef MERGEGATE_SERVER_SCORING_ADAPT_WEIGHTS_H_
#define MERGEGATE_SERVER_SCORING_ADAPT_WEIGHTS_H_

#include <optional>
#include <span>

#include "server/domain/policy.h"
#include "server/domain/score.h"

namespace mergegate::scoring {

// Weights for a set of weak metrics.
MetricWeights WeightsFor(const std::array<bool, 5>& weak, const ScoresPolicy& policy);

// The version that is due after the newest one (number 0 and the policy's weights when there is none yet); nullopt when
// nothing changes. `metrics` in the order of kMetricKinds. `waiting` is set where the policy wants approval.
std::optional<WeightVersion> NextWeights(const WeightVersion& newest, const ScoresPolicy& policy,
                                         std::span<const MetricScore> metrics, absl::Time now);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_ADAPT_WEIGHTS_H_
