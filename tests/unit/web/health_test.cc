// What those who look after a server ask.
#include "server/web/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mergegate::web {
namespace {

using ::testing::HasSubstr;

Response Ask(const std::vector<Route>& routes, std::string_view path) {
  for (const Route& route : routes) {
    if (route.pattern == path) return route.serve({});
  }
  return {.status = 0};
}

TEST(Health, ReadyTellsWhatIsMissing) {
  Metrics metrics;
  absl::Status worker = absl::UnavailableError("none asked for work");
  const auto routes =
      HealthRoutes({{"store", [] { return absl::OkStatus(); }}, {"worker", [&] { return worker; }}}, metrics);
  EXPECT_EQ(Ask(routes, "/healthz").status, 200);
  EXPECT_EQ(Ask(routes, "/readyz").status, 503);
  EXPECT_EQ(Ask(routes, "/readyz").body, "store: ok\nworker: none asked for work\n");
  worker = absl::OkStatus();
  EXPECT_EQ(Ask(routes, "/readyz").status, 200);
}

TEST(Health, MetricsComeInPrometheusFormat) {
  Metrics metrics;
  metrics.Count(Counter::kRuns, "pass");
  const Response response = Ask(HealthRoutes({}, metrics), "/metrics");
  EXPECT_EQ(response.headers.Get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("mergegate_runs_total{verdict=\"pass\"} 1\n"));
}

}  // namespace
}  // namespace mergegate::web
