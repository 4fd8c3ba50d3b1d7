#include "server/hosts/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/secret.h"

namespace mergegate::hosts {
namespace {

constexpr std::string_view kSigningToken = "whsec_";
constexpr int64_t kWindowSeconds = 300;

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

absl::Status Refused(std::string_view why) { return absl::UnauthenticatedError(std::string(why)); }

bool IsSigningToken(const std::string& secret) { return secret.starts_with(kSigningToken); }

// All are compared, so that time does not tell which one it was.
template <typename Sign>
bool AnyFits(const std::vector<std::string>& secrets, std::string_view given, const Sign& sign) {
  bool fits = false;
  for (const std::string& secret : secrets) {
    const std::string wanted = sign(secret);
    fits = (!wanted.empty() && SameSecret(wanted, given)) || fits;
  }
  return fits;
}

absl::Status CheckGitHub(const Headers& headers, std::string_view body, const std::vector<std::string>& secrets) {
  const std::string_view given = headers("x-hub-signature-256");
  if (given.empty()) {
    return Refused(headers("x-hub-signature").empty() ? "it is not signed" : "it is signed with SHA-1 only");
  }
  const bool fits = AnyFits(secrets, given, [&](const std::string& secret) { return GitHubSignature(secret, body); });
  return fits ? absl::OkStatus() : Refused("the signature does not fit");
}

absl::Status CheckStandard(const Headers& headers, std::string_view body, const std::vector<std::string>& secrets,
                           absl::Time now) {
  const std::string_view id = headers("webhook-id");
  const std::string_view timestamp = headers("webhook-timestamp");
  const std::string_view signatures = headers("webhook-signature");
  if (id.empty() || signatures.empty()) return Refused("it is not signed, and a signing token is configured");
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (timestamp.empty() || error != std::errc() || end != timestamp.data() + timestamp.size()) {
    return Refused("webhook-timestamp is not a number");
  }
  const int64_t age = absl::ToUnixSeconds(now) - std::clamp<int64_t>(seconds, 0, int64_t{1} << 40);
  if (age > kWindowSeconds || age < -kWindowSeconds) {
    return Refused(absl::StrCat("it was signed ", age, " s ago; check the clocks"));
  }
  bool fits = false;
  int seen = 0;
  for (const auto& one : absl::StrSplit(absl::string_view(signatures.data(), signatures.size()), ' ')) {
    if (++seen > 16) break;
    fits = AnyFits(secrets, {one.data(), one.size()},
                   [&](const std::string& secret) { return StandardSignature(secret, id, timestamp, body); }) ||
           fits;
  }
  return fits ? absl::OkStatus() : Refused("no signature fits");
}

absl::Status CheckToken(const Headers& headers, const std::vector<std::string>& secrets) {
  const std::string_view given = headers("x-gitlab-token");
  if (given.empty()) return Refused("it has no X-Gitlab-Token");
  const bool fits = AnyFits(secrets, given, [](const std::string& secret) { return secret; });
  return fits ? absl::OkStatus() : Refused("X-Gitlab-Token does not fit");
}

}  // namespace

absl::Status CheckSignature(HostKind host, const Headers& headers, std::string_view body,
                            const std::vector<std::string>& secrets, absl::Time now) {
  if (secrets.empty()) return Refused("no webhook secret is configured");
  if (host == HostKind::kGitHub) return CheckGitHub(headers, body, secrets);
  if (host != HostKind::kGitLab) return Refused("of no known kind of host");
  std::vector<std::string> signing;
  std::ranges::copy_if(secrets, std::back_inserter(signing), IsSigningToken);
  return signing.empty() ? CheckToken(headers, secrets) : CheckStandard(headers, body, signing, now);
}

std::string GitHubSignature(std::string_view secret, std::string_view body) {
  return absl::StrCat("sha256=", absl::BytesToHexString(HmacSha256(secret, body)));
}

std::string StandardSignature(std::string_view secret, std::string_view id, std::string_view timestamp,
                              std::string_view body) {
  std::string key;
  if (!secret.starts_with(kSigningToken)) return "";
  const std::string_view coded = secret.substr(kSigningToken.size());
  if (!absl::Base64Unescape(absl::string_view(coded.data(), coded.size()), &key) || key.empty()) return "";
  const std::string signed_text = absl::StrCat(std::string(id), ".", std::string(timestamp), ".", std::string(body));
  return absl::StrCat("v1,", absl::Base64Escape(HmacSha256(key, signed_text)));
}

}  // namespace mergegate::hosts
