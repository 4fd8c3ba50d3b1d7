// One HTTP request and its answer, for those who call other programs. The client itself is server/http/curl_http.h.
//
//   ASSIGN_OR_RETURN(HttpResponse response, http.Send({.method = "POST", .url = url, .body = json, .secrets =
//   {token}})); if (response.status == 429) wait(response.Header("retry-after"));
//
// Thread safety: Send may be called from any thread.
#ifndef MERGEGATE_SERVER_BASE_HTTP_H_
#define MERGEGATE_SERVER_BASE_HTTP_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mergegate {

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  // What must not be seen in an error or an answer: it is replaced there.
  std::vector<std::string> secrets = {};
  absl::Duration timeout = absl::Seconds(15);  // for all of it
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};

  // Empty when it is absent. `name` in lower case.
  std::string Header(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? "" : it->second;
  }
};

class Http {
 public:
  virtual ~Http() = default;
  // Whatever the status of the answer is. kUnavailable when none came in time; kPermissionDenied for a place that is
  // not allowed; kResourceExhausted for an answer that is too large. Messages name the origin of the URL, never its
  // path, which can be a secret.
  virtual absl::StatusOr<HttpResponse> Send(const HttpRequest& request) = 0;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_HTTP_H_
