// Scores of a project, a team or a person: sub-indices, the metrics Q, E, T, K, C and the composite M.
//
//   M = 0.5 E + 0.3 Q + 0.2 T + 0.1 K + 0.2 C       (the source's weights; they sum to 1.3)
//
// Everything is an integer of ten-thousandths, so that parts sum to their whole exactly: a metric is 0 to 10000, M is 0
// to 13000. Plain values.
#ifndef MERGEGATE_SERVER_DOMAIN_SCORE_H_
#define MERGEGATE_SERVER_DOMAIN_SCORE_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/review.h"

namespace mergegate {

// Values equal those of the proto enum. In the order of the source's formula.
enum class MetricKind {
  kUnspecified = 0,
  kCollaboration = 1,
  kQuality = 2,
  kTechnical = 3,
  kKnowledge = 4,
  kCohesion = 5,
};
inline constexpr std::array kMetricKinds = {MetricKind::kCollaboration, MetricKind::kQuality, MetricKind::kTechnical,
                                            MetricKind::kKnowledge, MetricKind::kCohesion};
// "E", "Q", "T", "K", "C".
constexpr std::string_view Letter(MetricKind kind) {
  constexpr std::array<std::string_view, 6> kLetters = {"?", "E", "Q", "T", "K", "C"};
  return kLetters[static_cast<size_t>(kind)];
}

inline constexpr int kWhole = 10000;
inline constexpr int kWholeM = 13000;

// Of E, Q, T, K, C in ten-thousandths of M; they sum to kWholeM.
using MetricWeights = std::array<int, 5>;
inline constexpr MetricWeights kSourceWeights = {5000, 3000, 2000, 1000, 2000};
constexpr size_t IndexOf(MetricKind kind) { return static_cast<size_t>(kind) - 1; }

// A value with its 90 % interval, ten-thousandths.
struct Ranged {
  int value = 0;
  int low = 0;
  int high = 0;
  bool operator==(const Ranged&) const = default;
};

struct SubIndexScore {
  std::string name = {};
  std::string question = {};  // what it asks, for people
  std::string missing = {};   // why there is no value; empty when there is one
  Ranged score = {};
  int n = 0;  // observations
  int window_days = 0;
  int weight = 0;           // configured, relative to the metric's others
  int of = 0;               // its share of the metric once the missing ones dropped out; these sum to kWhole
  int points = 0;           // its part of the metric's value; the parts sum to it
  std::string reason = {};  // what was measured, one sentence
  std::vector<std::string> evidence = {};
  bool operator==(const SubIndexScore&) const = default;
};

struct MetricScore {
  MetricKind kind = MetricKind::kUnspecified;
  std::string missing = {};  // why there is no value; empty when there is one
  Ranged score = {};
  int weight = 0;  // in M, as configured
  int of = 0;      // its share of M once the missing ones dropped out; these sum to kWholeM
  int points = 0;  // its part of M; the parts sum to it
  std::vector<SubIndexScore> parts = {};
  bool operator==(const MetricScore&) const = default;
};

// Weights of M as they were from a date on.
struct WeightVersion {
  int number = 0;  // 0: the policy's own
  absl::Time at = {};
  MetricWeights weights = kSourceWeights;
  std::array<bool, 5> weak = {};  // which metrics were under their target
  std::string reason = {};
  bool waiting = false;     // proposed, for somebody to approve
  Handle approved_by = {};  // empty: nobody had to
  bool operator==(const WeightVersion&) const = default;
};

struct CompositeScore {
  absl::Time as_of = {};
  std::string missing = {};  // why there is no M; empty when there is one
  Ranged m = {};             // 0 to kWholeM
  int normalized = 0;        // M / 1.3, 0 to kWhole
  int weights_version = 0;
  std::vector<MetricScore> metrics = {};  // in the order of kMetricKinds
  bool operator==(const CompositeScore&) const = default;
};

// What a metric was at some moment: all that M needs of it.
struct MetricFact {
  MetricKind kind = MetricKind::kUnspecified;
  std::optional<Ranged> score = {};  // nullopt: missing
  bool operator==(const MetricFact&) const = default;
};

// A change's project when the change was judged, kept with the facts so that a verdict's M can be replayed.
struct ScoreFacts {
  absl::Time as_of = {};
  int weights_version = 0;
  MetricWeights weights = kSourceWeights;
  std::vector<MetricFact> metrics = {};      // in the order of kMetricKinds
  std::optional<Ranged> quality_after = {};  // Q of the project as if the change were merged now
  bool operator==(const ScoreFacts&) const = default;
};

// M of a change's project without and with the change. Shown, never gated on.
struct ProjectM {
  int weights_version = 0;
  MetricWeights weights = kSourceWeights;
  std::vector<MetricFact> metrics = {};  // before
  std::optional<Ranged> quality_after = {};
  std::optional<Ranged> before = {};  // 0 to kWholeM
  std::optional<Ranged> after = {};
  bool operator==(const ProjectM&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_SCORE_H_
