#include "server/web/cors.h"

#include <algorithm>

namespace mergegate::web {
namespace {

constexpr const char* kRequestHeaders =
    "Authorization, Content-Type, Content-Encoding, Connect-Protocol-Version, Connect-Timeout-Ms, Mergegate-Caller, "
    "X-Request-Id";
constexpr const char* kAnswerHeaders = "Content-Encoding, Retry-After, X-Request-Id";
constexpr const char* kPreflightSeconds = "7200";  // the longest that browsers heed

}  // namespace

void AddCors(const Headers& request, std::string_view method, const std::vector<std::string>& origins,
             Response& response) {
  if (origins.empty()) return;
  response.headers.Add("Vary", "Origin");  // for everybody: a cache must not give one origin's answer to another
  const std::string_view origin = request.Get("Origin");
  if (origin.empty() || std::ranges::find(origins, origin) == origins.end()) return;
  response.headers.Add("Access-Control-Allow-Origin", std::string(origin));
  if (method != "OPTIONS") {
    response.headers.Add("Access-Control-Expose-Headers", kAnswerHeaders);
    return;
  }
  response.headers.Add("Access-Control-Allow-Methods", "GET, HEAD, POST");
  response.headers.Add("Access-Control-Allow-Headers", kRequestHeaders);
  response.headers.Add("Access-Control-Max-Age", kPreflightSeconds);
}

}  // namespace mergegate::web
