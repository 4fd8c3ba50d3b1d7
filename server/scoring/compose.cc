#include "server/scoring/compose.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "server/scoring/split.h"

namespace mergegate::scoring {
namespace {

// Joins parts that have `missing`, `weight`, `score`; sets `of` and `points`. nullopt when all are missing.
template <typename Part>
std::optional<Ranged> Join(std::vector<Part>& parts, int whole) {
  std::vector<int64_t> weights;
  for (Part& part : parts) {
    part.of = part.points = 0;
    if (part.missing.empty() && part.weight == 0) part.missing = "its weight is 0";
    weights.push_back(part.missing.empty() ? part.weight : 0);
  }
  if (std::ranges::all_of(weights, [](int64_t weight) { return weight == 0; })) return std::nullopt;
  const std::vector<int> shares = Split(whole, weights);
  Ranged joined;
  double below = 0, above = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    Part& part = parts[i];
    if (!part.missing.empty()) continue;
    part.of = shares[i];
    part.points = static_cast<int>((int64_t{part.of} * part.score.value * 2 + kWhole) / (2 * kWhole));
    joined.value += part.points;
    const double share = static_cast<double>(part.of) / kWhole;
    const double down = share * (part.score.value - part.score.low), up = share * (part.score.high - part.score.value);
    below += down * down;
    above += up * up;
  }
  joined.low = std::max(0, joined.value - static_cast<int>(std::lround(std::sqrt(below))));
  joined.high = std::min(whole, joined.value + static_cast<int>(std::lround(std::sqrt(above))));
  return joined;
}

std::vector<MetricScore> MetricsOf(std::span<const MetricFact> facts, const MetricWeights& weights) {
  std::vector<MetricScore> metrics;
  for (const MetricFact& fact : facts) {
    MetricScore& metric = metrics.emplace_back();
    metric.kind = fact.kind;
    metric.weight = weights[IndexOf(fact.kind)];
    if (fact.score) {
      metric.score = *fact.score;
    } else {
      metric.missing = "missing";
    }
  }
  return metrics;
}

}  // namespace

MetricScore ComposeMetric(MetricKind kind, std::vector<SubIndexScore> parts) {
  MetricScore metric{.kind = kind, .parts = std::move(parts)};
  const std::optional<Ranged> joined = Join(metric.parts, kWhole);
  if (joined) {
    metric.score = *joined;
  } else {
    metric.missing = "none of its sub-indices has data";
  }
  return metric;
}

CompositeScore ComposeM(std::vector<MetricScore> metrics, const MetricWeights& weights) {
  CompositeScore composite{.metrics = std::move(metrics)};
  for (MetricScore& metric : composite.metrics) metric.weight = weights[IndexOf(metric.kind)];
  const std::optional<Ranged> joined = Join(composite.metrics, kWholeM);
  if (joined) {
    composite.m = *joined;
    composite.normalized = Normalized(joined->value);
  } else {
    composite.missing = "none of E, Q, T, K, C has data";
  }
  return composite;
}

std::optional<Ranged> MOf(std::span<const MetricFact> metrics, const MetricWeights& weights) {
  std::vector<MetricScore> parts = MetricsOf(metrics, weights);
  return Join(parts, kWholeM);
}

ProjectM ProjectMOf(const ScoreFacts& facts) {
  ProjectM project{.weights_version = facts.weights_version,
                   .weights = facts.weights,
                   .metrics = facts.metrics,
                   .quality_after = facts.quality_after,
                   .before = MOf(facts.metrics, facts.weights)};
  std::vector<MetricFact> after = facts.metrics;
  for (MetricFact& metric : after) {
    if (metric.kind == MetricKind::kQuality && facts.quality_after) metric.score = facts.quality_after;
  }
  project.after = MOf(after, facts.weights);
  return project;
}

}  // namespace mergegate::scoring
