// What a request's first line and header say beside what Beast checks. Pure.
//
//   SplitTarget("http://a.example/hooks/x?y=1")  -> {"/hooks/x", "y=1"}
//   RefusalOf(11, headers)                       -> 400 without Host, 501 for an encoding of transfer that is not ours,
//   ...
#ifndef MERGEGATE_SERVER_WEB_MESSAGE_H_
#define MERGEGATE_SERVER_WEB_MESSAGE_H_

#include <optional>
#include <string>
#include <string_view>

#include "server/web/http.h"

namespace mergegate::web {

struct Target {
  std::string path;
  std::string query;
};

// Of "/path?query", "http://authority/path?query" and "*". nullopt for anything else.
std::optional<Target> SplitTarget(std::string_view target);

// The answer to a header that must not be served. `version`: 10 or 11.
std::optional<Response> RefusalOf(unsigned version, const Headers& headers);

// `given` where it is 1 to 64 of [A-Za-z0-9._-], else one made at random.
std::string RequestId(std::string_view given);

// For logs: everything but printable ASCII as '?', cut after `most`.
std::string Printable(std::string_view text, size_t most = 200);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_MESSAGE_H_
