// Calls to a host's REST interface, with what a failure means for whoever wants to try again.
//
//   HostApi api(config, http, *access, clock);
//   ASSIGN_OR_RETURN(HostAnswer answer, api.Call("POST", "/repos/a/b/check-runs", body, {.installation = "1"}));
//   answer.json["id"]
//
// Errors:
//   kResourceExhausted   a limit (429, or 403 with the signs of one): RetryAt (server/base/retry_at.h) says when
//   kUnavailable         no answer, 408, 425, 5xx: try again
//   kAborted             409: try again
//   kUnauthenticated     401, twice: the token was renewed in between where that can be done
//   kPermissionDenied, kNotFound, kInvalidArgument   403; 404 and 410; 400, 422 and the rest: for good
// Messages hold the method, the path, the status and what the host said, at most 500 characters of it; never a secret.
//
// Thread safety: all methods may be called from any thread. Borrows everything.
#ifndef MERGEGATE_SERVER_HOSTS_HOST_API_H_
#define MERGEGATE_SERVER_HOSTS_HOST_API_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/http.h"
#include "server/domain/host.h"
#include "server/hosts/host_access.h"

namespace mergegate::hosts {

struct HostAnswer {
  int status = 0;
  nlohmann::json json = {};  // null when the answer had no body
  std::map<std::string, std::string> headers = {};
};

// As whom a call is made.
struct CallAs {
  std::string installation = {};
  std::string repository = {};
  bool app = false;  // as the App itself
};

class HostApi {
 public:
  HostApi(HostConfig config, Http& http, HostAccess& access, const Clock& clock)
      : config_(std::move(config)), http_(http), access_(access), clock_(clock) {}

  // `path` with its query, or a whole URL of the host (GraphQL). A null body sends none.
  absl::StatusOr<HostAnswer> Call(std::string_view method, std::string_view path, const nlohmann::json& body,
                                  const CallAs& as);
  // Follows `Link: <...>; rel="next"` through at most `pages` pages of an array, or of the array under `key`.
  absl::StatusOr<nlohmann::json> List(std::string_view path, std::string_view key, const CallAs& as, int pages = 20);

  const HostConfig& config() const { return config_; }
  HostAccess& access() { return access_; }

 private:
  absl::StatusOr<HostAnswer> Try(std::string_view method, std::string_view path, const nlohmann::json& body,
                                 const Credential& credential);

  const HostConfig config_;
  Http& http_;
  HostAccess& access_;
  const Clock& clock_;
};

// The error of an answer by its status; OK below 300. `what`: "POST /repos/a/b".
absl::Status ErrorOf(const HttpResponse& response, std::string_view what, absl::Time now);

// A segment of a path: everything but letters, digits and "-._~" becomes %XX.
std::string EscapePath(std::string_view text);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_HOST_API_H_
