#include "server/scoring/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "server/scoring/working_hours.h"

namespace mergegate::scoring {
namespace {

using ::testing::DoubleNear;

TEST(EstimateTest, WilsonForSevenOfTen) {
  // z^2 = 2.70554; middle (0.7 + 0.135277) / 1.270554 = 0.65741;
  // half 1.644854 x sqrt(0.021 + 0.0067639) / 1.270554 = 0.21571.
  const Interval interval = Proportion(7, 10);
  EXPECT_DOUBLE_EQ(interval.value, 0.7);
  EXPECT_THAT(interval.low, DoubleNear(0.4417, 1e-4));
  EXPECT_THAT(interval.high, DoubleNear(0.8731, 1e-4));
}

TEST(EstimateTest, WilsonAtTheEnds) {
  EXPECT_DOUBLE_EQ(Proportion(0, 5).low, 0);
  // 2.70554 / (5 + 2.70554) = 0.3511.
  EXPECT_THAT(Proportion(0, 5).high, DoubleNear(0.3511, 1e-4));
  EXPECT_DOUBLE_EQ(Proportion(5, 5).high, 1);
}

TEST(EstimateTest, AMedianOfFiveHoldsWithin93PercentBetweenItsEnds) {
  // P(Binomial(5, 1/2) = 0) = 0.03125 <= 0.05, and with 1 it is 0.1875: the first and the last.
  EXPECT_EQ(Median({9, 1, 8, 2, 4}), (Interval{4, 1, 9}));
}

TEST(EstimateTest, TheMedianOfTenLiesBetweenTheSecondAndTheNinth) {
  // P(X <= 1) = 11 / 1024 = 0.0107, P(X <= 2) = 56 / 1024 = 0.0547.
  std::vector<double> values(10);
  std::iota(values.begin(), values.end(), 1);
  EXPECT_EQ(Median(values), (Interval{5, 2, 9}));
}

TEST(EstimateTest, LargeSamplesGoByRank) {
  std::vector<double> values(10000);
  std::iota(values.begin(), values.end(), 1);
  // (10000 - 1.64485 x 100) / 2 = 4917.76.
  EXPECT_EQ(Median(values), (Interval{5000, 4917, 10000 - 4917 + 1}));
}

TEST(EstimateTest, TheBootstrapIsTheSameEveryTimeAndCoversItsValue) {
  const std::vector<double> values = {0, 0.2, 0.4, 0.9, 1, 0.5, 0.6, 0.1};
  const Interval once = BootstrapMean(values, 42), again = BootstrapMean(values, 42);
  EXPECT_EQ(once, again);
  EXPECT_NEAR(once.value, 0.4625, 1e-12);
  EXPECT_LE(once.low, once.value);
  EXPECT_GE(once.high, once.value);
  // The normal interval: 0.4625 +- 1.645 x 0.3638 / sqrt(8) = 0.21.
  EXPECT_NEAR(once.low, 0.25, 0.06);
  EXPECT_NEAR(once.high, 0.67, 0.06);
}

TEST(EstimateTest, TheBootstrapHasNothingToSayOfEqualValues) {
  EXPECT_EQ(BootstrapMean(std::vector<double>(6, 0.25), 1), (Interval{0.25, 0.25, 0.25}));
}

TEST(EstimateTest, TenOfOnesOwnAreHalfTheNumber) {
  EXPECT_EQ(Shrink({1, 0.8, 1}, 10, 0.5), (Interval{0.75, 0.65, 0.75}));
  EXPECT_EQ(Shrink({1, 1, 1}, 0, 0.5).value, 0.5);
}

TEST(EstimateTest, AFallingMapSwapsTheEnds) {
  EXPECT_EQ(Through({16, 8, 32}, [](double t) { return 8 / t; }), (Interval{0.5, 0.25, 1}));
}

TEST(WorkingHoursTest, NightsAndWeekendsAreFree) {
  const int64_t friday_16 = 1'704'470'400;  // 2024-01-05 16:00 UTC
  EXPECT_EQ(UsualHours(friday_16, friday_16 + 3600), 1);
  EXPECT_EQ(UsualHours(friday_16, friday_16 + 10 * 3600), 1);
  EXPECT_EQ(UsualHours(friday_16, friday_16 + 66 * 3600), 2);  // Monday 10:00
  EXPECT_EQ(UsualHours(friday_16, friday_16 + 7 * 86400), 40);
  EXPECT_EQ(UsualHours(friday_16, friday_16 - 3600), 0);
  EXPECT_EQ(UsualHours(friday_16 + 86400, friday_16 + 2 * 86400), 0);
}

}  // namespace
}  // namespace mergegate::scoring
