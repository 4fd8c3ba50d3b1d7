// Where a configured secret is: the configuration names the place, never the secret.
//
//   ASSIGN_OR_RETURN(std::string token, ReadSecret("file:/etc/mergegate/github.token"));   // or "env:GITHUB_TOKEN"
//
// Thread safety: may be called from any thread.
#ifndef MERGEGATE_SERVER_BASE_SECRET_SOURCE_H_
#define MERGEGATE_SERVER_BASE_SECRET_SOURCE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace mergegate {

// Without blanks and line ends around it. kNotFound says which file or variable is missing or empty, kInvalidArgument
// that `source` is of neither form (it is not repeated: it may be the secret itself).
absl::StatusOr<std::string> ReadSecret(std::string_view source);

// Whether it has one of the two forms, with an absolute path.
bool IsSecretSource(std::string_view source);

// What is wrong with a file that everybody on this machine can read, and what to do; empty when all is well.
std::string SecretWarning(std::string_view source);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_SECRET_SOURCE_H_
