// Scores cross the border and come back.
#include "server/wire/score_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/convert.h"

namespace mergegate::wire {
namespace {

ScoreFacts Facts() {
  ScoreFacts facts{.as_of = absl::FromUnixSeconds(1'700'000'000), .weights_version = 3};
  facts.weights = {4896, 2938, 1958, 1250, 1958};
  for (const MetricKind kind : kMetricKinds) facts.metrics.push_back({kind, Ranged{5000, 4000, 6000}});
  facts.metrics[2].score.reset();
  facts.quality_after = Ranged{5100, 4000, 6000};
  return facts;
}

TEST(ScoreConvertTest, FactsAndVerdictsRoundTrip) {
  mergegate::Facts facts;
  facts.scores = Facts();
  EXPECT_EQ(*FromProto(ToProto(facts)), facts);
  Verdict verdict;
  verdict.project_m = ProjectM{.weights_version = 3,
                               .weights = Facts().weights,
                               .metrics = Facts().metrics,
                               .quality_after = Facts().quality_after,
                               .before = Ranged{6500, 6000, 7000},
                               .after = Ranged{6529, 6000, 7000}};
  EXPECT_EQ(*FromProto(ToProto(verdict)), verdict);
}

TEST(ScoreConvertTest, AnythingButTheFiveMetricsIsRefused) {
  v1::ScoreFacts proto = ToProto(Facts());
  proto.mutable_metrics()->RemoveLast();
  EXPECT_FALSE(FromProto(proto).ok());
  proto = ToProto(Facts());
  proto.mutable_metrics(0)->set_kind(v1::METRIC_KIND_QUALITY);
  EXPECT_FALSE(FromProto(proto).ok());
  proto = ToProto(Facts());
  proto.add_weights(1);
  EXPECT_FALSE(FromProto(proto).ok());
}

TEST(ScoreConvertTest, MissingMetricsHaveNoValue) {
  CompositeScore score;
  score.missing = "none";
  score.metrics = {{.kind = MetricKind::kQuality, .missing = "nothing"}};
  const v1::Score proto = ToProto(score);
  EXPECT_FALSE(proto.has_m());
  EXPECT_FALSE(proto.metrics(0).has_score());
}

TEST(ScoreConvertTest, NamesOfWeights) {
  const WeightsName name = *ParseWeightsName("projects/p/weights/12");
  EXPECT_EQ(name.project, ProjectId("p"));
  EXPECT_EQ(name.number, 12);
  for (const char* wrong :
       {"projects/p", "projects/p/weights/", "projects/p/weights/0", "projects/p/weights/x", "weights/3"}) {
    EXPECT_FALSE(ParseWeightsName(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace mergegate::wire
