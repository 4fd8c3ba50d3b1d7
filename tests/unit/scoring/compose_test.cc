// M, its ledger and its weights, by hand.
#include "server/scoring/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "server/scoring/adapt_weights.h"
#include "tests/support/signal_builder.h"

namespace mergegate::scoring {
namespace {

using ::mergegate::testing::OnDay;
using ::testing::HasSubstr;

SubIndexScore Part(const std::string& name, int weight, int value, int low, int high) {
  return {.name = name, .score = {value, low, high}, .n = 9, .weight = weight};
}
SubIndexScore Absent(const std::string& name, int weight) {
  return {.name = name, .missing = "no data", .weight = weight};
}

MetricScore Metric(MetricKind kind, int value, int margin = 0) {
  return ComposeMetric(kind, {Part("one", 1, value, value - margin, value + margin)});
}
std::vector<MetricScore> Metrics(std::array<int, 5> values, int margin = 0) {
  std::vector<MetricScore> metrics;
  for (const MetricKind kind : kMetricKinds) {
    const int value = values[IndexOf(kind)];
    metrics.push_back(value < 0 ? ComposeMetric(kind, {Absent("one", 1)}) : Metric(kind, value, margin));
  }
  return metrics;
}
int Sum(const MetricWeights& weights) { return std::accumulate(weights.begin(), weights.end(), 0); }

TEST(ComposeTest, AllOnesAreOnePointThreeExactly) {
  const CompositeScore score = ComposeM(Metrics({10000, 10000, 10000, 10000, 10000}), kSourceWeights);
  EXPECT_EQ(score.m, (Ranged{13000, 13000, 13000}));
  EXPECT_EQ(score.normalized, 10000);
}

TEST(ComposeTest, TheSourcesFormula) {
  // 0.5 x 0.8 + 0.3 x 0.9 + 0.2 x 0.7 + 0.1 x 0.6 + 0.2 x 0.5 = 0.97; / 1.3 = 0.74615.
  const CompositeScore score = ComposeM(Metrics({8000, 9000, 7000, 6000, 5000}), kSourceWeights);
  EXPECT_EQ(score.m.value, 9700);
  EXPECT_EQ(score.normalized, 7462);
  EXPECT_EQ(score.metrics[0].points, 4000);
  EXPECT_EQ(score.metrics[1].points, 2700);
}

TEST(ComposeTest, WhatIsMissingLeavesItsWeightToTheOthers) {
  // 13000 over 5000 : 3000 : 1000 : 2000 is 5909.09, 3545.45, 1181.82, 2363.64, so 5909, 3545, 1182, 2364.
  const CompositeScore score = ComposeM(Metrics({8000, 9000, -1, 6000, 5000}), kSourceWeights);
  EXPECT_EQ(score.metrics[0].of, 5909);
  EXPECT_EQ(score.metrics[1].of, 3545);
  EXPECT_EQ(score.metrics[2].of, 0);
  EXPECT_EQ(score.metrics[2].weight, 2000);
  EXPECT_EQ(score.metrics[3].of, 1182);
  EXPECT_EQ(score.metrics[4].of, 2364);
  // 4727.2, 3190.5, 709.2, 1182 rounded.
  EXPECT_EQ(score.m.value, 4727 + 3191 + 709 + 1182);
  EXPECT_EQ(score.metrics[2].missing, "none of its sub-indices has data");
}

TEST(ComposeTest, NothingKnownIsNoM) {
  const CompositeScore score = ComposeM(Metrics({-1, -1, -1, -1, -1}), kSourceWeights);
  EXPECT_EQ(score.m, Ranged());
  EXPECT_FALSE(score.missing.empty());
}

TEST(ComposeTest, AMetricOfItsParts) {
  // 3 : 1 with the third missing is 7500 and 2500: 7500 x 0.8 + 2500 x 0.4 = 7000. Down: sqrt(750^2 + 250^2) = 790.6.
  const MetricScore metric = ComposeMetric(
      MetricKind::kCollaboration, {Part("a", 30, 8000, 7000, 8000), Part("b", 10, 4000, 3000, 4000), Absent("c", 60)});
  EXPECT_EQ(metric.score, (Ranged{7000, 6209, 7000}));
  EXPECT_EQ(metric.parts[0].points, 6000);
  EXPECT_EQ(metric.parts[1].points, 1000);
  EXPECT_EQ(metric.parts[2].of, 0);
}

TEST(ComposeTest, AWeightOfZeroIsSaid) {
  const MetricScore metric =
      ComposeMetric(MetricKind::kCohesion, {Part("a", 0, 8000, 7000, 8000), Part("b", 10, 4000, 3000, 4000)});
  EXPECT_EQ(metric.score.value, 4000);
  EXPECT_EQ(metric.parts[0].missing, "its weight is 0");
}

TEST(ComposeTest, PartsSumAndStayInRangeWhateverTheyAre) {
  std::mt19937 random(7);
  const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n + 1)); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<MetricScore> metrics;
    for (const MetricKind kind : kMetricKinds) {
      std::vector<SubIndexScore> parts;
      for (int i = upto(8); i > 0; --i) {
        const int value = upto(10000);
        parts.push_back(upto(3) == 0 ? Absent("x", upto(50)) : Part("y", upto(50), value, value / 2, 10000));
      }
      metrics.push_back(ComposeMetric(kind, parts));
      int points = 0, of = 0;
      for (const SubIndexScore& part : metrics.back().parts) {
        points += part.points;
        of += part.of;
      }
      ASSERT_EQ(points, metrics.back().score.value);
      ASSERT_EQ(of, metrics.back().missing.empty() ? kWhole : 0);
    }
    const CompositeScore score = ComposeM(metrics, kSourceWeights);
    int points = 0;
    for (const MetricScore& metric : score.metrics) points += metric.points;
    ASSERT_EQ(points, score.m.value);
    ASSERT_LE(score.m.value, kWholeM);
    ASSERT_LE(score.m.low, score.m.value);
    ASSERT_GE(score.m.high, score.m.value);
  }
}

TEST(ComposeTest, ABetterPartNeverMakesItWorse) {
  for (int value = 0; value < kWhole; value += 7) {
    ASSERT_LE(ComposeM(Metrics({value, 3333, -1, 777, 9999}), kSourceWeights).m.value,
              ComposeM(Metrics({value + 7, 3333, -1, 777, 9999}), kSourceWeights).m.value);
  }
}

TEST(ComposeTest, AChangeMovesItsProjectsM) {
  ScoreFacts facts;
  for (const MetricKind kind : kMetricKinds) facts.metrics.push_back({kind, Ranged{5000, 5000, 5000}});
  facts.quality_after = Ranged{6000, 6000, 6000};
  const ProjectM m = ProjectMOf(facts);
  EXPECT_EQ(m.before->value, 6500);  // 1.3 x 0.5
  EXPECT_EQ(m.after->value, 6800);   // and 0.3 x 0.1 more
}

// --- weights that adapt ---

ScoresPolicy Auto() {
  ScoresPolicy policy;
  policy.adapt.mode = AdaptMode::kAuto;
  return policy;
}

TEST(AdaptWeightsTest, TheWeakOneGainsWhatTheOthersGive) {
  // K wants 25 % of 1000 = 250; E, Q, T, C have room for 2500, 1500, 1000, 1000, together 6000:
  // 104.17, 62.5, 41.67, 41.67 -> 104, 62, 42, 42.
  const std::optional<WeightVersion> next =
      NextWeights({}, Auto(), Metrics({8000, 8000, 8000, 4000, 8000}, 300), OnDay(0));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->weights, (MetricWeights{4896, 2938, 1958, 1250, 1958}));
  EXPECT_EQ(Sum(next->weights), kWholeM);
  EXPECT_EQ(next->number, 1);
  EXPECT_EQ(next->reason, "K 40.0 (37.0 to 43.0) is under its target of 60");
  EXPECT_FALSE(next->waiting);
}

TEST(AdaptWeightsTest, AnIntervalThatReachesTheTargetIsNoProof) {
  EXPECT_EQ(NextWeights({}, Auto(), Metrics({8000, 8000, 8000, 4000, 8000}, 2500), OnDay(0)), std::nullopt);
  EXPECT_EQ(NextWeights({}, Auto(), Metrics({8000, 8000, 8000, 5600, 8000}), OnDay(0)), std::nullopt);
}

TEST(AdaptWeightsTest, OnceWeakItStaysSoUntilTheTarget) {
  const ScoresPolicy policy = Auto();
  const WeightVersion one = *NextWeights({}, policy, Metrics({8000, 8000, 8000, 4000, 8000}), OnDay(0));
  EXPECT_EQ(NextWeights(one, policy, Metrics({8000, 8000, 8000, 5900, 8000}), OnDay(100)), std::nullopt);
  EXPECT_EQ(NextWeights(one, policy, Metrics({8000, 8000, 8000, -1, 8000}), OnDay(100)), std::nullopt);
  const auto back = NextWeights(one, policy, Metrics({8000, 8000, 8000, 6000, 8000}), OnDay(100));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->weights, kSourceWeights);
  EXPECT_THAT(back->reason, HasSubstr("K 60.0 (60.0 to 60.0) has reached its target of 60"));
}

TEST(AdaptWeightsTest, VersionsKeepTheirDistance) {
  const ScoresPolicy policy = Auto();
  const WeightVersion one = *NextWeights({}, policy, Metrics({8000, 8000, 8000, 4000, 8000}), OnDay(0));
  EXPECT_EQ(NextWeights(one, policy, Metrics({8000, 8000, 8000, 9000, 8000}), OnDay(27)), std::nullopt);
  EXPECT_TRUE(NextWeights(one, policy, Metrics({8000, 8000, 8000, 9000, 8000}), OnDay(28)).has_value());
}

TEST(AdaptWeightsTest, AProposalWaits) {
  const auto next = NextWeights({}, ScoresPolicy(), Metrics({8000, 8000, 8000, 4000, 8000}), OnDay(0));
  EXPECT_TRUE(next->waiting);
}

TEST(AdaptWeightsTest, OffIsThePolicysOwn) {
  ScoresPolicy policy;
  policy.adapt.mode = AdaptMode::kOff;
  EXPECT_EQ(NextWeights({}, policy, Metrics({100, 100, 100, 100, 8000}), OnDay(0)), std::nullopt);
}

TEST(AdaptWeightsTest, WhereAllAreWeakNothingCanBeShifted) {
  const auto next = NextWeights({}, Auto(), Metrics({1000, 1000, 1000, 1000, 1000}), OnDay(0));
  EXPECT_EQ(next->weights, kSourceWeights);
  EXPECT_THAT(next->reason, HasSubstr("all are, so nothing can be shifted"));
}

TEST(AdaptWeightsTest, ANewPolicyHoldsAtOnce) {
  ScoresPolicy policy = Auto();
  const WeightVersion one = *NextWeights({}, policy, Metrics({8000, 8000, 8000, 4000, 8000}), OnDay(0));
  policy.weights = {4000, 4000, 2000, 1000, 2000};
  const auto next = NextWeights(one, policy, Metrics({8000, 8000, 8000, 4000, 8000}), OnDay(1));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->weights[3], 1250);
  EXPECT_THAT(next->reason, HasSubstr("the policy's weights or bounds changed"));
}

TEST(AdaptWeightsTest, SumAndBoundsHoldForEverySet) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    ScoresPolicy policy = Auto();
    policy.adapt.gain = static_cast<int>(random() % 10001);
    policy.adapt.most = static_cast<int>(random() % 10001);
    for (unsigned set = 0; set < 32; ++set) {
      std::array<bool, 5> weak = {};
      for (size_t i = 0; i < 5; ++i) weak[i] = (set >> i & 1) != 0;
      const MetricWeights weights = WeightsFor(weak, policy);
      ASSERT_EQ(Sum(weights), kWholeM);
      for (size_t i = 0; i < 5; ++i) {
        const int bound = policy.weights[i] * policy.adapt.most / kWhole + 1;
        ASSERT_LE(std::abs(weights[i] - policy.weights[i]), bound);
        if (weak[i]) {
          ASSERT_GE(weights[i], policy.weights[i]);
        } else {
          ASSERT_LE(weights[i], policy.weights[i]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mergegate::scoring
