#include "server/web/record.h"

#include <spdlog/spdlog.h>

#include <string>

#include "server/web/message.h"

namespace mergegate::web {

void Record(Metrics& metrics, const Answered& answered) {
  // Paths are strangers' words: they would make as many series as anybody likes.
  const std::string route = answered.route == nullptr ? "none" : answered.route->pattern;
  metrics.Count(Counter::kHttpRequests, {route, std::to_string(answered.status)});
  if (answered.route != nullptr) metrics.Observe(Histogram::kHttpSeconds, {route}, answered.time);
  const Request& request = answered.request;
  const bool failed = answered.status >= 500 || !answered.taken;
  if (!failed && answered.route != nullptr && !answered.route->logged) return;
  spdlog::log(failed ? spdlog::level::warn : spdlog::level::info, "http {} {} {} {} {} {:.1f} ms{}", request.id,
              request.peer,
              answered.head_only       ? "HEAD"
              : request.method.empty() ? "-"
                                       : Printable(request.method, 20),
              request.path.empty() ? "-" : Printable(request.path), answered.status,
              absl::ToDoubleMilliseconds(answered.time), answered.taken ? "" : ", not taken");
}

}  // namespace mergegate::web
