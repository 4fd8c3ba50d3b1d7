// Estimates in [0, 1] with 90 % intervals, from small samples. Pure, and the same bytes on every run.
//
//   Proportion(7, 10)                  0.7, 0.44 to 0.87
//   Median({1, 2, 4, 8, 9})            4, 1 to 9
#ifndef MERGEGATE_SERVER_SCORING_ESTIMATE_H_
#define MERGEGATE_SERVER_SCORING_ESTIMATE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "server/scoring/sub_index.h"

namespace mergegate::scoring {

// 95 % quantile of the normal distribution: two-sided 90 %.
inline constexpr double kZ90 = 1.6448536269514722;

struct Interval {
  double value = 0, low = 0, high = 0;
  bool operator==(const Interval&) const = default;
};

// successes / n with Wilson's score interval (1927). n > 0; n need not be whole.
Interval Proportion(double successes, double n);

// The median (the lower of the two middle ones) with the exact order-statistics interval; from 1000 values on by the
// normal approximation of the ranks. `values` in any order, not empty. Below 5 values no two order statistics hold the
// median with 90 %, and the range is given.
Interval Median(std::vector<double> values);

// A statistic over units drawn with replacement: 5 % and 95 % quantiles of 200 resamples (fewer, down to 50, above 300
// units: it costs units x resamples). `statistic` takes how often each unit was drawn. The seed makes it repeatable:
// derive it from the input. Source: Efron 1979, percentile interval.
Interval Bootstrap(size_t units, uint64_t seed, const std::function<double(std::span<const int> drawn)>& statistic);
uint64_t SeedOf(std::span<const Observation> seen);

// The mean of values in [0, 1] by person or life, bootstrapped.
Interval BootstrapMean(std::span<const double> values, uint64_t seed);

// The interval through a monotone map; a falling one swaps the ends. Clamped to [0, 1].
Interval Through(const Interval& interval, const std::function<double(double)>& map);

// n observations of a person pulled to their team as if the team's value had been seen `strength` times before: the
// posterior mean of a beta-binomial with that prior. Source: empirical Bayes (Efron and Morris 1975); a strength of 10
// is ours: with ten observations of one's own, half of the number is one's own.
inline constexpr double kShrinkage = 10;
Interval Shrink(const Interval& own, int n, double team_value, double strength = kShrinkage);

Estimate Found(const Interval& interval, int n, std::string reason, std::vector<uint64_t> evidence = {});
Estimate Missing(std::string why, int n = 0);

// "1 change", "3 changes".
std::string Counted(int n, std::string_view one);
// One decimal; none from 100 on.
std::string Decimal(double value);
// "37 %".
std::string Percent(double share);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_ESTIMATE_H_
