#include "server/scoring/estimate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mergegate::scoring {
namespace {

constexpr size_t kMostResamples = 200;
constexpr size_t kFewestResamples = 50;
constexpr size_t kMostDraws = 60'000;
constexpr size_t kExactUpTo = 1000;

// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t NextRandom(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

size_t Below(size_t n, uint64_t& state) { return static_cast<size_t>((NextRandom(state) >> 32) * n >> 32); }

// The largest rank r (from 1) with P(Binomial(n, 1/2) < r) <= 5 %; 0 when there is none.
size_t LowRank(size_t n) {
  if (n > kExactUpTo) {
    const double size = static_cast<double>(n);
    return static_cast<size_t>(std::max(0.0, (size - kZ90 * std::sqrt(size)) / 2));
  }
  double mass = std::ldexp(1.0, -static_cast<int>(n)), sum = 0;
  for (size_t k = 0; k <= n; ++k) {
    sum += mass;
    if (sum > 0.05) return k;
    mass = mass * static_cast<double>(n - k) / static_cast<double>(k + 1);
  }
  return n;
}

double Clamp(double value) { return std::clamp(value, 0.0, 1.0); }

}  // namespace

Interval Proportion(double successes, double n) {
  const double p = successes / n;
  const double z2 = kZ90 * kZ90;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ90 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {p, std::min(p, Clamp(middle - half)), std::max(p, Clamp(middle + half))};
}

Interval Median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t rank = std::max<size_t>(1, LowRank(values.size()));
  return {values[(values.size() - 1) / 2], values[rank - 1], values[values.size() - rank]};
}

Interval Bootstrap(size_t units, uint64_t seed, const std::function<double(std::span<const int> drawn)>& statistic) {
  std::vector<int> drawn(units, 1);
  Interval interval;
  interval.value = statistic(drawn);
  const size_t resamples = std::clamp(kMostDraws / std::max<size_t>(1, units), kFewestResamples, kMostResamples);
  std::vector<double> values;
  for (size_t i = 0; i < resamples; ++i) {
    std::ranges::fill(drawn, 0);
    for (size_t k = 0; k < units; ++k) ++drawn[Below(units, seed)];
    values.push_back(statistic(drawn));
  }
  std::ranges::sort(values);
  const size_t tail = resamples / 20;
  interval.low = std::min(interval.value, values[tail]);
  interval.high = std::max(interval.value, values[resamples - 1 - tail]);
  return interval;
}

uint64_t SeedOf(std::span<const Observation> seen) {
  uint64_t seed = seen.size();
  for (const Observation& one : seen) {
    seed ^= one.id + std::bit_cast<uint64_t>(one.value) + one.who;
    NextRandom(seed);
  }
  return seed;
}

Interval BootstrapMean(std::span<const double> values, uint64_t seed) {
  return Bootstrap(values.size(), seed, [&](std::span<const int> drawn) {
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) sum += drawn[i] * values[i];
    return sum / static_cast<double>(values.size());
  });
}

Interval Through(const Interval& interval, const std::function<double(double)>& map) {
  const double low = Clamp(map(interval.low)), high = Clamp(map(interval.high));
  return {Clamp(map(interval.value)), std::min(low, high), std::max(low, high)};
}

Interval Shrink(const Interval& own, int n, double team_value, double strength) {
  const double mine = n / (n + strength);
  const auto pulled = [&](double value) { return mine * value + (1 - mine) * team_value; };
  return {pulled(own.value), pulled(own.low), pulled(own.high)};
}

Estimate Found(const Interval& interval, int n, std::string reason, std::vector<uint64_t> evidence) {
  return {.value = Clamp(interval.value),
          .low = Clamp(interval.low),
          .high = Clamp(interval.high),
          .n = n,
          .reason = std::move(reason),
          .evidence = std::move(evidence)};
}

Estimate Missing(std::string why, int n) { return {.n = n, .missing = std::move(why)}; }

std::string Counted(int n, std::string_view one) { return absl::StrCat(n, " ", std::string(one), n == 1 ? "" : "s"); }

std::string Decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value >= 99.95 ? "%.0f" : "%.1f", value);
  return text;
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", share * 100);
  return text;
}

}  // namespace mergegate::scoring
