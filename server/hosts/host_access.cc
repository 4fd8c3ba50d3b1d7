#include "server/hosts/host_access.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/secret_source.h"
#include "server/base/status_macros.h"
#include "server/hosts/host_api.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;

constexpr absl::Duration kTokenLife = absl::Minutes(50);  // of the hour that GitHub gives
constexpr absl::Duration kJwtLife = absl::Minutes(8);     // of the ten that it allows, a minute of which is in the past

// A secret that cannot be read is for an administrator to mend, and what waits for it is tried again.
absl::StatusOr<std::string> Secret(const HostConfig& config, const std::string& source) {
  absl::StatusOr<std::string> secret = ReadSecret(source);
  if (secret.ok()) return secret;
  return absl::UnavailableError(absl::StrCat("host ", config.name, ": ", std::string(secret.status().message())));
}

std::string Base64Url(std::string_view bytes) { return absl::WebSafeBase64Escape(std::string(bytes)); }

absl::StatusOr<std::string> SignRs256(std::string_view text, std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(input.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
    return absl::InvalidArgumentError("the App's private key is no RSA key in PEM form");
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return absl::InvalidArgumentError("the App's private key cannot sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) !=
      1) {
    return absl::InvalidArgumentError("the App's private key cannot sign");
  }
  signature.resize(size);
  return signature;
}

// The configured token, for everything.
class TokenAccess final : public HostAccess {
 public:
  explicit TokenAccess(HostConfig config) : config_(std::move(config)) {}

  absl::StatusOr<Credential> ForRepository(const std::string&, const std::string&) override { return ForApp(); }
  absl::StatusOr<Credential> ForApp() override {
    if (config_.token.empty()) {
      return absl::UnavailableError(absl::StrCat("host ", config_.name, " has no token in the configuration"));
    }
    ASSIGN_OR_RETURN(const std::string token, Secret(config_, config_.token));  // each time: it may have been replaced
    const bool gitlab = config_.kind == HostKind::kGitLab;
    return Credential{.header = gitlab ? "PRIVATE-TOKEN" : "Authorization",
                      .value = gitlab ? token : absl::StrCat("Bearer ", token),
                      .secret = token};
  }
  bool Refused(const Credential& credential) override {
    const auto now = ForApp();
    return now.ok() && now->secret != credential.secret;
  }

 protected:
  std::string GitUser() const override { return config_.kind == HostKind::kGitLab ? "oauth2" : "x-access-token"; }

 private:
  const HostConfig config_;
};

class AppAccess final : public HostAccess {
 public:
  AppAccess(HostConfig config, Http& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  absl::StatusOr<Credential> ForApp() override {
    std::lock_guard lock(mutex_);
    return Jwt();
  }

  absl::StatusOr<Credential> ForRepository(const std::string& installation, const std::string& repository) override {
    std::lock_guard lock(mutex_);  // one asks, the others wait for what it gets
    Kept& kept = tokens_[{installation, repository}];
    if (kept.credential.secret.empty() || clock_.Now() >= kept.renew) {
      const absl::Time asked = clock_.Now();
      ASSIGN_OR_RETURN(const std::string token, NewToken(installation, repository));
      kept = {.credential = Bearer(token), .renew = asked + kTokenLife};
    }
    return kept.credential;
  }

  bool Refused(const Credential& credential) override {
    std::lock_guard lock(mutex_);
    if (jwt_.credential.secret == credential.secret) jwt_ = {};
    for (auto& [key, kept] : tokens_) {
      if (kept.credential.secret == credential.secret) kept = {};
    }
    return true;
  }

 protected:
  std::string GitUser() const override { return "x-access-token"; }

 private:
  struct Kept {
    Credential credential = {};
    absl::Time renew = {};
  };

  static Credential Bearer(const std::string& token) {
    return {.header = "Authorization", .value = absl::StrCat("Bearer ", token), .secret = token};
  }

  absl::StatusOr<Credential> Jwt() {
    if (jwt_.credential.secret.empty() || clock_.Now() >= jwt_.renew) {
      ASSIGN_OR_RETURN(const std::string pem, Secret(config_, config_.private_key));
      ASSIGN_OR_RETURN(const std::string jwt, AppJwt(config_.app_id, pem, clock_.Now()));
      jwt_ = {.credential = Bearer(jwt), .renew = clock_.Now() + kJwtLife};
    }
    return jwt_.credential;
  }

  absl::StatusOr<std::string> NewToken(const std::string& installation, const std::string& repository) {
    if (installation.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("host ", config_.name, ": the App's installation for this repository is not known"));
    }
    // Only what is used; "contents" to fetch.
    json body = {
        {"permissions", {{"checks", "write"}, {"contents", "read"}, {"metadata", "read"}, {"pull_requests", "write"}}}};
    if (config_.upload_sarif) body["permissions"]["security_events"] = "write";
    int64_t number = 0;
    if (absl::SimpleAtoi(repository, &number)) body["repository_ids"] = {number};
    const std::string path = absl::StrCat("/app/installations/", EscapePath(installation), "/access_tokens");
    for (int attempt = 1;; ++attempt) {
      ASSIGN_OR_RETURN(const Credential jwt, Jwt());
      ASSIGN_OR_RETURN(const HttpResponse response, http_.Send({.method = "POST",
                                                                .url = config_.api_url + path,
                                                                .headers = {{jwt.header, jwt.value},
                                                                            {"Accept", "application/vnd.github+json"},
                                                                            {"X-GitHub-Api-Version", "2022-11-28"},
                                                                            {"Content-Type", "application/json"}},
                                                                .body = body.dump(),
                                                                .secrets = {jwt.secret}}));
      if (response.status == 401 && attempt == 1) {
        jwt_ = {};
        continue;
      }
      RETURN_IF_ERROR(ErrorOf(response, absl::StrCat("POST ", path), clock_.Now()));
      const json answer = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
      if (answer.is_object() && answer.contains("token") && answer["token"].is_string()) {
        return answer["token"].get<std::string>();
      }
      return absl::UnavailableError(absl::StrCat("POST ", path, ": the answer has no token"));
    }
  }

  const HostConfig config_;
  Http& http_;
  const Clock& clock_;
  std::mutex mutex_;
  Kept jwt_;
  std::map<std::pair<std::string, std::string>, Kept> tokens_;
};

}  // namespace

absl::StatusOr<std::string> AppJwt(std::string_view app_id, std::string_view pem, absl::Time now) {
  const int64_t issued = absl::ToUnixSeconds(now) - 60;
  const std::string claims = json{{"iat", issued}, {"exp", issued + 600}, {"iss", std::string(app_id)}}.dump();
  const std::string text = absl::StrCat(Base64Url(R"({"alg":"RS256","typ":"JWT"})"), ".", Base64Url(claims));
  ASSIGN_OR_RETURN(const std::string signature, SignRs256(text, pem));
  return absl::StrCat(text, ".", Base64Url(signature));
}

absl::StatusOr<std::string> HostAccess::GitHeader(const std::string& installation, const std::string& repository) {
  ASSIGN_OR_RETURN(const Credential credential, ForRepository(installation, repository));
  return absl::StrCat("Authorization: Basic ", absl::Base64Escape(absl::StrCat(GitUser(), ":", credential.secret)));
}

std::unique_ptr<HostAccess> MakeHostAccess(const HostConfig& config, Http& http, const Clock& clock) {
  if (config.kind == HostKind::kGitHub && !config.app_id.empty()) {
    return std::make_unique<AppAccess>(config, http, clock);
  }
  return std::make_unique<TokenAccess>(config);
}

}  // namespace mergegate::hosts
