// How much each term counts. utility(D) = sum over shares x of w_log phi(x) + w_share x, plus the plain terms;
// phi(x) = ln((x + 0.01) / 0.01) / 4.6 is 0 at 0 and about 1 at 1.
//
//   const Weights& weights = GeneralWeights();          // learned from several projects' histories
//   weights.Utility(row);
#ifndef MERGEGATE_SERVER_REVIEWERS_WEIGHTS_H_
#define MERGEGATE_SERVER_REVIEWERS_WEIGHTS_H_

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/reviewers/terms.h"

namespace mergegate::reviewers {

inline float Phi(float share) { return std::log((share + 0.01f) / 0.01f) / 4.6f; }

struct Weights {
  std::array<float, kShareCount> log{};
  std::array<float, kShareCount> share{};
  std::array<float, kPlainCount> plain{};
  bool operator==(const Weights&) const = default;

  float Utility(const Row& row) const {
    float sum = 0;
    for (size_t i = 0; i < kShareCount; ++i) {
      if (log[i] != 0 && row.shares[i] != 0) sum += log[i] * Phi(row.shares[i]);
      sum += share[i] * row.shares[i];
    }
    for (size_t i = 0; i < kPlainCount; ++i) sum += plain[i] * row.plain[i];
    return sum;
  }
};

// server/reviewers/general_weights.cc.
const Weights& GeneralWeights();

// Eleven terms that people can keep in their heads, and the correction; the others are 0.
const Weights& CompactWeights();

// {"terms": {"file_reviews_short": {"log": 0.6, "share": 0}, ...}, "plain": {"never_reviewed": -2, ...}}; a name that
// is not there weighs 0. kInvalidArgument for what is not such an object, and for names that are no terms.
absl::StatusOr<Weights> ParseWeights(std::string_view json);
std::string WeightsAsJson(const Weights& weights);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_WEIGHTS_H_
