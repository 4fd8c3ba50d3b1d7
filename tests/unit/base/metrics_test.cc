// Counters as Prometheus reads them.
#include "server/base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mergegate {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, CountsAreReadBackByLabel) {
  Metrics metrics;
  metrics.Count(Counter::kCacheHits);
  metrics.Count(Counter::kCacheHits, "", 2);
  metrics.Count(Counter::kRuns, "pass");
  EXPECT_EQ(metrics.Get(Counter::kCacheHits), 3);
  EXPECT_EQ(metrics.Get(Counter::kRuns, "pass"), 1);
  EXPECT_EQ(metrics.Get(Counter::kRuns, "fail"), 0);
}

TEST(Metrics, TheTextNamesEveryCounterAndItsLabels) {
  Metrics metrics;
  metrics.Count(Counter::kCacheHits);
  metrics.Count(Counter::kRuns, "fail", 2);
  metrics.Count(Counter::kRuns, "pass");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# TYPE mergegate_cache_hits_total counter\nmergegate_cache_hits_total 1\n"));
  EXPECT_THAT(text, HasSubstr("mergegate_cache_misses_total 0\n"));
  EXPECT_THAT(text, HasSubstr("mergegate_runs_total{verdict=\"fail\"} 2\nmergegate_runs_total{verdict=\"pass\"} 1\n"));
}

TEST(Metrics, TwoLabelsAreWrittenInTheOrderOfTheRowAndEscaped) {
  Metrics metrics;
  metrics.Count(Counter::kHttpRequests, {"/a\"\\\n", "200"});
  EXPECT_EQ(metrics.Get(Counter::kHttpRequests, {"/a\"\\\n", "200"}), 1);
  EXPECT_THAT(metrics.Text(), HasSubstr("mergegate_http_requests_total{route=\"/a\\\"\\\\\\n\",status=\"200\"} 1\n"));
}

TEST(Metrics, AHistogramCountsInEveryBucketThatIsLargeEnough) {
  Metrics metrics;
  metrics.Observe(Histogram::kHttpSeconds, {"/"}, absl::Milliseconds(2));
  metrics.Observe(Histogram::kHttpSeconds, {"/"}, absl::Seconds(20));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# TYPE mergegate_http_request_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/\",le=\"0.001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/\",le=\"0.0025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/\",le=\"10\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/\",le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_sum{route=\"/\"} 20.002\n"));
  EXPECT_THAT(text, HasSubstr("_count{route=\"/\"} 2\n"));
}

TEST(Metrics, AGaugeIsAskedWheneverTheTextIsMade) {
  Metrics metrics;
  double depth = 3;
  metrics.Sample(Gauge::kWaiting, {"runs"}, [&] { return depth; });
  EXPECT_THAT(metrics.Text(), HasSubstr("mergegate_waiting{queue=\"runs\"} 3\n"));
  depth = 4;
  EXPECT_THAT(metrics.Text(), HasSubstr("mergegate_waiting{queue=\"runs\"} 4\n"));
}

}  // namespace
}  // namespace mergegate
