// Sub-indices -> metric -> M, with parts that sum to the last digit. Pure, integers only (but for intervals).
//
//   M = 0.5 E + 0.3 Q + 0.2 T + 0.1 K + 0.2 C, M(1,1,1,1,1) = 1.3 exactly
//
// What is missing drops out and the others' weights are rescaled to the same whole; what dropped out stays in the list,
// with the reason. Intervals treat the parts as independent: the distances to each side add as squares.
#ifndef MERGEGATE_SERVER_SCORING_COMPOSE_H_
#define MERGEGATE_SERVER_SCORING_COMPOSE_H_

#include <optional>
#include <span>
#include <vector>

#include "server/domain/score.h"

namespace mergegate::scoring {

// A metric of parts with `score` or `missing`, and `weight`, set. Sets their `of` and `points`.
MetricScore ComposeMetric(MetricKind kind, std::vector<SubIndexScore> parts);

// M of five metrics in the order of kMetricKinds. Sets their `weight`, `of` and `points`.
CompositeScore ComposeM(std::vector<MetricScore> metrics, const MetricWeights& weights);

// The same for what a verdict keeps of the metrics; nullopt when all are missing.
std::optional<Ranged> MOf(std::span<const MetricFact> metrics, const MetricWeights& weights);

// M of the facts before and after the change.
ProjectM ProjectMOf(const ScoreFacts& facts);

// M / 1.3 in ten-thousandths, rounded.
constexpr int Normalized(int m) { return (m * 2 * kWhole + kWholeM) / (2 * kWholeM); }

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_COMPOSE_H_
