// Secrets: made at random, kept as argon2id, compared in constant time.
//
//   const std::string secret = RandomHex(32);
//   ASSIGN_OR_RETURN(const std::string hash, HashSecret(secret));
//   SecretFits(hash, secret) == true;
//
// Thread safety: all functions may be called from any thread.
#ifndef MERGEGATE_SERVER_BASE_SECRET_H_
#define MERGEGATE_SERVER_BASE_SECRET_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace mergegate {

// `bytes` random bytes from the system, in hex.
std::string RandomHex(size_t bytes);

// argon2id with 19 MiB and two passes, some 20 ms; the text holds its own parameters and salt. kResourceExhausted
// without that much memory.
absl::StatusOr<std::string> HashSecret(std::string_view secret);
bool SecretFits(const std::string& hash, std::string_view secret);

// Takes as long whether they differ early or late; the length alone is told.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_SECRET_H_
