// The right to talk to one host: tokens are read, made, kept for their time, and renewed.
//
//   const auto access = MakeHostAccess(config, http, clock);
//   ASSIGN_OR_RETURN(Credential token, access->ForRepository("4711", "42"));   // installation and repository numbers
//   request.headers.push_back({token.header, token.value});
//   ASSIGN_OR_RETURN(std::string header, access->GitHeader("4711", "42"));     // "Authorization: Basic ..." for git
//
// A GitHub App signs a JWT for ten minutes with its key and exchanges it for a token of one installation, narrowed to
// one repository, that holds an hour; it is renewed after 50 minutes. Everything else uses the configured token.
//
// Thread safety: all methods may be called from any thread. Borrows http and clock.
#ifndef MERGEGATE_SERVER_HOSTS_HOST_ACCESS_H_
#define MERGEGATE_SERVER_HOSTS_HOST_ACCESS_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/http.h"
#include "server/domain/host.h"

namespace mergegate::hosts {

// A header of a request; `secret` is the part of the value that nobody may see.
struct Credential {
  std::string header = {};
  std::string value = {};
  std::string secret = {};
};

class HostAccess {
 public:
  virtual ~HostAccess() = default;

  // For calls about one repository. kNotFound, kInvalidArgument when the configured secret cannot be used; the errors
  // of host_api.h when GitHub gives no token.
  virtual absl::StatusOr<Credential> ForRepository(const std::string& installation, const std::string& repository) = 0;
  // For calls about the App itself (its deliveries, its installations): a JWT; elsewhere the configured token.
  virtual absl::StatusOr<Credential> ForApp() = 0;
  // This one was refused (401): it is forgotten, so that the next call gets another. True when another can be had.
  virtual bool Refused(const Credential& credential) = 0;

  // The header with which git fetches: "Authorization: Basic ...".
  absl::StatusOr<std::string> GitHeader(const std::string& installation, const std::string& repository);

 protected:
  virtual std::string GitUser() const = 0;
};

std::unique_ptr<HostAccess> MakeHostAccess(const HostConfig& config, Http& http, const Clock& clock);

// RS256. iat is a minute ago, so that a clock that is ahead does no harm; it lapses ten minutes after that.
// kInvalidArgument when `pem` is no private RSA key.
absl::StatusOr<std::string> AppJwt(std::string_view app_id, std::string_view pem, absl::Time now);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_HOST_ACCESS_H_
