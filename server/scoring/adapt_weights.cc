#include "server/scoring/adapt_weights.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/scoring/split.h"

namespace mergegate::scoring {
namespace {

int64_t Share(int weight, int share) { return int64_t{weight} * share / kWhole; }

bool IsWeak(const MetricScore& metric, bool was, const AdaptPolicy& adapt) {
  const int target = adapt.targets[IndexOf(metric.kind)];
  if (!metric.missing.empty()) return was;  // nothing new is known
  if (was) return metric.score.value < target;
  return metric.score.value < target - adapt.margin && metric.score.high < target;
}

std::string Said(const MetricScore& metric) {
  if (!metric.missing.empty()) return absl::StrCat(std::string(Letter(metric.kind)), " (not known at present)");
  return absl::StrFormat("%s %.1f (%.1f to %.1f)", std::string(Letter(metric.kind)), metric.score.value / 100.0,
                         metric.score.low / 100.0, metric.score.high / 100.0);
}

std::string ReasonOf(std::span<const MetricScore> metrics, const WeightVersion& newest, const WeightVersion& next,
                     const ScoresPolicy& policy) {
  if (policy.adapt.mode == AdaptMode::kOff) return "the policy does not adapt the weights any more";
  std::vector<std::string> parts;
  bool all_weak = true;
  for (const MetricScore& metric : metrics) {
    const size_t i = IndexOf(metric.kind);
    all_weak = all_weak && next.weak[i];
    const std::string target = absl::StrFormat("its target of %.0f", policy.adapt.targets[i] / 100.0);
    if (next.weak[i])
      parts.push_back(absl::StrCat(Said(metric), newest.weak[i] ? " is still under " : " is under ", target));
    if (!next.weak[i] && newest.weak[i]) parts.push_back(absl::StrCat(Said(metric), " has reached ", target));
  }
  if (all_weak) parts.push_back("all are, so nothing can be shifted");
  if (next.weak == newest.weak) parts.push_back("the policy's weights or bounds changed");
  return absl::StrJoin(parts, "; ");
}

}  // namespace

MetricWeights WeightsFor(const std::array<bool, 5>& weak, const ScoresPolicy& policy) {
  const AdaptPolicy& adapt = policy.adapt;
  std::vector<int64_t> wants, room;
  for (size_t i = 0; i < weak.size(); ++i) {
    wants.push_back(weak[i] ? Share(policy.weights[i], std::min(adapt.gain, adapt.most)) : 0);
    room.push_back(weak[i] ? 0 : Share(policy.weights[i], adapt.most));
  }
  const int64_t shifted = std::min(std::accumulate(wants.begin(), wants.end(), int64_t{0}),
                                   std::accumulate(room.begin(), room.end(), int64_t{0}));
  MetricWeights weights = policy.weights;
  if (shifted == 0) return weights;
  const std::vector<int> gains = Split(shifted, wants), losses = Split(shifted, room);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] += gains[i] - losses[i];
  return weights;
}

std::optional<WeightVersion> NextWeights(const WeightVersion& newest, const ScoresPolicy& policy,
                                         std::span<const MetricScore> metrics, absl::Time now) {
  WeightVersion next{.number = newest.number + 1, .at = now, .waiting = policy.adapt.mode == AdaptMode::kPropose};
  if (policy.adapt.mode != AdaptMode::kOff) {
    for (const MetricScore& metric : metrics) {
      const size_t i = IndexOf(metric.kind);
      next.weak[i] = IsWeak(metric, newest.weak[i], policy.adapt);
    }
  }
  next.weights = WeightsFor(next.weak, policy);
  const bool policy_changed = policy.adapt.mode == AdaptMode::kOff || WeightsFor(newest.weak, policy) != newest.weights;
  if (next.weak == newest.weak && next.weights == newest.weights) return std::nullopt;
  const bool first = newest.number == 0;
  if (!first && !policy_changed && now < newest.at + absl::Hours(24) * policy.adapt.dwell_days) return std::nullopt;
  if (next.weak == std::array<bool, 5>{} && policy_changed) next.waiting = false;  // the policy was reviewed itself
  next.reason = ReasonOf(metrics, newest, next, policy);
  return next;
}

}  // namespace mergegate::scoring
