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

}  // namespace
}  // namespace mergegate
