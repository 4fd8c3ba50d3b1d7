// Signatures of webhooks, checked on the raw bytes before anything else looks at them, and made for our own.
//
//   ASSIGN_OR_RETURN(auto secrets, hosts::ReadSecrets(config));
//   RETURN_IF_ERROR(hosts::CheckSignature(HostKind::kGitHub, headers, body, secrets, clock.Now()));
//
// GitHub: X-Hub-Signature-256 (a SHA-1 alone is refused). GitLab: with a signing token ("whsec_...") among the secrets
// the Standard-Webhooks signature is required, at most five minutes old; without one X-Gitlab-Token must be a secret.
// Any of the secrets will do, so that one can replace another. Everything is compared in constant time.
//
// Thread safety: pure functions.
#ifndef MERGEGATE_SERVER_HOSTS_SIGNATURE_H_
#define MERGEGATE_SERVER_HOSTS_SIGNATURE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/domain/host.h"

namespace mergegate::hosts {

// The value of a header, by its name in lower case; "" when it is absent.
using Headers = std::function<std::string_view(std::string_view name)>;

// kUnauthenticated with what is wrong, for the log: it is not for who sent it. Without secrets nothing is accepted.
absl::Status CheckSignature(HostKind host, const Headers& headers, std::string_view body,
                            const std::vector<std::string>& secrets, absl::Time now);

// "sha256=<hex>".
std::string GitHubSignature(std::string_view secret, std::string_view body);

// "v1,<base64>" of Standard Webhooks; "" for a secret that is not "whsec_" and base64.
std::string StandardSignature(std::string_view secret, std::string_view id, std::string_view timestamp,
                              std::string_view body);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_SIGNATURE_H_
