// Which route a request means. Pure.
//
//   const Router router({{.method = "GET", .pattern = "/healthz", ...}, ...});
//   const Match match = router.Find("GET", "/healthz");
//   if (match.route != nullptr) ...            // else match.refusal is the answer: 404, 405 or to OPTIONS
//
// HEAD finds what GET finds. Patterns without variables win over those with. Thread safety: immutable.
#ifndef MERGEGATE_SERVER_WEB_ROUTER_H_
#define MERGEGATE_SERVER_WEB_ROUTER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/web/http.h"

namespace mergegate::web {

struct Match {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> variables;
  Response refusal;  // where there is no route
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // `path` as sent, without the query.
  Match Find(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

// %XX decoded; nullopt where a % is not followed by two hex digits, or where it stands for NUL.
std::optional<std::string> DecodePercent(std::string_view text);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_ROUTER_H_
