#include "server/web/health.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace mergegate::web {

std::vector<Route> HealthRoutes(std::vector<Need> needs, const Metrics& metrics) {
  const auto healthy = [](const Request&) { return Text(200, "ok\n"); };
  const auto ready = [needs = std::move(needs)](const Request&) {
    bool all = true;
    std::string text;
    for (const Need& need : needs) {
      const absl::Status status = need.ask();
      all = all && status.ok();
      absl::StrAppend(&text, need.name, ": ", status.ok() ? "ok" : std::string(status.message()), "\n");
    }
    return Text(all ? 200 : 503, std::move(text));
  };
  const auto counted = [&metrics](const Request&) {
    return Response{.status = 200,
                    .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                    .body = metrics.Text()};
  };
  return {{.method = "GET", .pattern = "/healthz", .serve = healthy, .lane = Lane::kHere, .logged = false},
          {.method = "GET", .pattern = "/readyz", .serve = ready, .logged = false},
          {.method = "GET", .pattern = "/metrics", .serve = counted, .logged = false}};
}

}  // namespace mergegate::web
