// What lets pages of other origins call: nothing, unless the origin is listed. Pure.
//
//   AddCors(request.headers, "OPTIONS", {"https://dashboard.example.org"}, response);
#ifndef MERGEGATE_SERVER_WEB_CORS_H_
#define MERGEGATE_SERVER_WEB_CORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/web/http.h"

namespace mergegate::web {

// Adds the fields of the Fetch standard where the request's Origin is one of `origins` (as the browser writes it:
// scheme, host and port); those of a preflight to what answers OPTIONS. Credentials (cookies) are never allowed:
// callers show a token.
void AddCors(const Headers& request, std::string_view method, const std::vector<std::string>& origins,
             Response& response);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_CORS_H_
