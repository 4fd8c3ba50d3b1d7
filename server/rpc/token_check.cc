#include "server/rpc/token_check.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/rpc/grpc_status.h"

namespace mergegate::rpc {
namespace {

constexpr absl::Duration kRemembered = absl::Minutes(1);
constexpr size_t kMostRemembered = 1000;
constexpr std::string_view kPrefix = "mg_";
constexpr size_t kIdDigits = 16, kSecretDigits = 64;

bool IsHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

struct Parts {
  std::string id, secret;
};

std::optional<Parts> Split(std::string_view shown) {
  if (shown.size() != kPrefix.size() + kIdDigits + 1 + kSecretDigits || !shown.starts_with(kPrefix)) return {};
  shown.remove_prefix(kPrefix.size());
  Parts parts{std::string(shown.substr(0, kIdDigits)), std::string(shown.substr(kIdDigits + 1))};
  if (shown[kIdDigits] != '_' || !IsHex(parts.id) || !IsHex(parts.secret)) return {};
  return parts;
}

absl::Status Refused(std::string_view why, std::string_view hint) {
  return WithDetail(absl::UnauthenticatedError(std::string(why)), "TOKEN_INVALID", "authorization", hint);
}

}  // namespace

TokenCheck::TokenCheck(storage::Store& store, const Clock& clock) : store_(store), clock_(clock), key_(RandomHex(32)) {}

absl::StatusOr<NewToken> TokenCheck::Create(const AccessToken& wanted, const storage::Deed& deed) const {
  NewToken made{.token = wanted, .shown = ""};
  made.token.id = RandomHex(kIdDigits / 2);
  made.token.created = deed.at;
  const std::string secret = RandomHex(kSecretDigits / 2);
  ASSIGN_OR_RETURN(const std::string hash, HashSecret(secret));
  RETURN_IF_ERROR(store_.CreateToken({.token = made.token, .secret_hash = hash}, deed));
  made.shown = absl::StrCat(std::string(kPrefix), made.token.id, "_", secret);
  return made;
}

bool TokenCheck::Fits(const storage::StoredToken& stored, std::string_view secret, absl::Time now) {
  const std::string digest =
      Sha256Hex(absl::StrCat(key_, stored.token.id, std::string(secret), stored.secret_hash, key_));
  std::lock_guard lock(mutex_);
  if (const auto it = remembered_.find(digest); it != remembered_.end() && now < it->second.until) {
    return it->second.good;
  }
  std::erase_if(remembered_, [&](const auto& entry) { return entry.second.until <= now; });
  if (remembered_.size() >= kMostRemembered) remembered_.clear();
  ++hashed_;
  const bool good = SecretFits(stored.secret_hash, secret);
  remembered_[digest] = {.good = good, .until = now + kRemembered};
  // Once a minute is exact enough; that it cannot be written is no reason to refuse.
  if (good) (void)store_.TouchToken(stored.token.id, now);
  return good;
}

absl::StatusOr<AccessToken> TokenCheck::Check(std::string_view shown) {
  const absl::Status unknown = Refused("a valid token is needed", "ask an administrator: mergegate admin token create");
  const std::optional<Parts> parts = Split(shown);
  if (!parts) return unknown;
  const absl::Time now = clock_.Now();
  const absl::StatusOr<storage::StoredToken> stored = store_.FindToken(parts->id);
  if (absl::IsNotFound(stored.status())) return unknown;
  if (!stored.ok()) return stored.status();
  if (!Fits(*stored, parts->secret, now)) return unknown;
  const AccessToken& token = stored->token;
  if (token.revoked) return Refused("this token was revoked", "ask an administrator for another one");
  if (token.expires <= now) {
    return Refused(absl::StrCat("this token lapsed on ",
                                absl::FormatTime("%Y-%m-%d %H:%M UTC", token.expires, absl::UTCTimeZone())),
                   "ask an administrator for another one");
  }
  return token;
}

}  // namespace mergegate::rpc
