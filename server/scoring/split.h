// Shares of a whole that sum to it exactly.
#ifndef MERGEGATE_SERVER_SCORING_SPLIT_H_
#define MERGEGATE_SERVER_SCORING_SPLIT_H_

#include <cstdint>
#include <vector>

namespace mergegate::scoring {

// Splits `total` (>= 0) in proportion to `weights` (>= 0, not all 0) by largest remainder, ties to the earlier one; the
// parts sum to `total`. total x weight must fit 63 bits.
std::vector<int> Split(int64_t total, const std::vector<int64_t>& weights);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_SPLIT_H_
