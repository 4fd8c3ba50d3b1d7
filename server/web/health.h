// What those who look after a server ask: is it alive, may it get work, what did it count.
//
//   GET /healthz   200 while the process serves at all; asks nothing of others
//   GET /readyz    200 while everything that a change needs is there, else 503 with what is not
//   GET /metrics   counters for Prometheus
//
// Thread safety: as of what is passed in, which must outlive the routes.
#ifndef MERGEGATE_SERVER_WEB_HEALTH_H_
#define MERGEGATE_SERVER_WEB_HEALTH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/base/metrics.h"
#include "server/web/http.h"

namespace mergegate::web {

// One thing that must be there: its name, and a question whose error says what is wrong.
struct Need {
  std::string name;  // "store"
  std::function<absl::Status()> ask;
};

std::vector<Route> HealthRoutes(std::vector<Need> needs, const Metrics& metrics);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_HEALTH_H_
