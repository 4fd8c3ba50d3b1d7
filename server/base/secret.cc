#include "server/base/secret.h"

#include <sodium.h>

#include <array>
#include <vector>

#include "absl/strings/escaping.h"

namespace mergegate {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr size_t kMemory = 19 << 20;

}  // namespace

std::string RandomHex(size_t bytes) {
  std::vector<char> random(bytes);
  randombytes_buf(random.data(), random.size());
  return absl::BytesToHexString(absl::string_view(random.data(), random.size()));
}

absl::StatusOr<std::string> HashSecret(std::string_view secret) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), secret.data(), secret.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError("hashing a token needs 19 MiB of memory; try again");
  }
  return std::string(text.data());
}

bool SecretFits(const std::string& hash, std::string_view secret) {
  return crypto_pwhash_str_verify(hash.c_str(), secret.data(), secret.size()) == 0;
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mergegate
