#include "server/scoring/split.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mergegate::scoring {

std::vector<int> Split(int64_t total, const std::vector<int64_t>& weights) {
  const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  std::vector<int> parts;
  std::vector<size_t> by_remainder;
  int64_t rest = total;
  for (const int64_t weight : weights) {
    by_remainder.push_back(parts.size());
    parts.push_back(static_cast<int>(total * weight / sum));
    rest -= parts.back();
  }
  std::ranges::sort(by_remainder, {}, [&](size_t i) { return std::pair(-(total * weights[i] % sum), i); });
  for (size_t i = 0; rest > 0; ++i, --rest) ++parts[by_remainder[i]];
  return parts;
}

}  // namespace mergegate::scoring
