#include "server/hosts/host_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "server/base/retry_at.h"
#include "server/hosts/host_api.h"
#include "tests/support/scripted_http.h"
#include "tests/support/status_matchers.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::ScriptedHttp;
using mergegate::testing::StatusIs;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct RsaKey {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_RSA_gen(2048), EVP_PKEY_free};
  std::string Pem() const {
    std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<size_t>(size));
  }
};

const RsaKey& Key() {
  static const auto* const kKey = new RsaKey;
  return *kKey;
}

std::string FromBase64Url(const std::string& text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(AppJwtTest, IsSignedWithTheKeyAndTellsWhoAndHowLong) {
  const auto jwt = AppJwt("12345", Key().Pem(), kNow);
  ASSERT_THAT(jwt, IsOk());
  const std::vector<std::string> parts = absl::StrSplit(*jwt, '.');
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(json::parse(FromBase64Url(parts[0])), (json{{"alg", "RS256"}, {"typ", "JWT"}}));
  EXPECT_EQ(json::parse(FromBase64Url(parts[1])),
            (json{{"iat", 1'799'999'940}, {"exp", 1'800'000'540}, {"iss", "12345"}}));
  const std::string text = parts[0] + "." + parts[1];
  const std::string signature = FromBase64Url(parts[2]);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, Key().key.get()), 1);
  EXPECT_EQ(EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()),
            1);
}

TEST(AppJwtTest, AKeyThatIsNoneIsSaidWithoutShowingIt) {
  EXPECT_THAT(AppJwt("1", "hunter2", kNow), StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("hunter2"))));
}

class AppAccessTest : public ::testing::Test {
 protected:
  AppAccessTest() {
    setenv("MERGEGATE_TEST_KEY", Key().Pem().c_str(), 1);
    access_ = MakeHostAccess(config_, http_, clock_);
  }
  void Token(const std::string& token) {
    http_.On("POST", "/app/installations/7/access_tokens", {201, json{{"token", token}}.dump()});
  }

  FakeClock clock_{kNow};
  ScriptedHttp http_;
  HostConfig config_{.name = "github",
                     .kind = HostKind::kGitHub,
                     .api_url = "https://host.example/api",
                     .app_id = "12345",
                     .private_key = "env:MERGEGATE_TEST_KEY"};
  std::unique_ptr<HostAccess> access_;
};

TEST_F(AppAccessTest, OneTokenServesForFiftyMinutesAndIsNarrow) {
  Token("one");
  Token("two");
  EXPECT_EQ(access_->ForRepository("7", "42")->value, "Bearer one");
  clock_.Advance(absl::Minutes(49));
  EXPECT_EQ(access_->ForRepository("7", "42")->value, "Bearer one");
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(access_->ForRepository("7", "42")->value, "Bearer two");
  const auto bodies = http_.Bodies("POST /app/installations/7/access_tokens");
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0]["repository_ids"], json({42}));
  EXPECT_EQ(bodies[0]["permissions"]["checks"], "write");
}

TEST_F(AppAccessTest, ARefusedTokenIsRenewedOnce) {
  Token("old");
  Token("new");
  http_.On("GET", "/x", {401, R"({"message":"Bad credentials"})"});
  http_.On("GET", "/x", {200, "{}"});
  HostApi api(config_, http_, *access_, clock_);
  EXPECT_THAT(api.Call("GET", "/x", nullptr, {.installation = "7", .repository = "42"}), IsOk());
  EXPECT_EQ(http_.Requests().back().headers[0].second, "Bearer new");
}

TEST_F(AppAccessTest, ATokenThatIsRefusedTwiceIsAnError) {
  Token("old");
  http_.On("GET", "/x", {401, R"({"message":"Bad credentials"})"});
  HostApi api(config_, http_, *access_, clock_);
  EXPECT_THAT(api.Call("GET", "/x", nullptr, {.installation = "7", .repository = "42"}),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("GET /x: 401 Bad credentials")));
  EXPECT_EQ(http_.Bodies("GET /x").size(), 2u);
}

TEST_F(AppAccessTest, GitGetsTheTokenAsAPassword) {
  Token("abc");
  EXPECT_EQ(*access_->GitHeader("7", "42"), "Authorization: Basic eC1hY2Nlc3MtdG9rZW46YWJj");  // x-access-token:abc
}

TEST(TokenAccessTest, GitLabHasAHeaderOfItsOwn) {
  setenv("MERGEGATE_TEST_TOKEN", "glpat-1\n", 1);
  FakeClock clock(kNow);
  ScriptedHttp http;
  const auto access = MakeHostAccess({.kind = HostKind::kGitLab, .token = "env:MERGEGATE_TEST_TOKEN"}, http, clock);
  const auto credential = access->ForRepository("", "1");
  ASSERT_THAT(credential, IsOk());
  EXPECT_EQ(credential->header, "PRIVATE-TOKEN");
  EXPECT_EQ(credential->value, "glpat-1");
  EXPECT_FALSE(access->Refused(*credential));
  setenv("MERGEGATE_TEST_TOKEN", "glpat-2", 1);
  EXPECT_TRUE(access->Refused(*credential));
}

HttpResponse Response(int status, std::map<std::string, std::string> headers = {}, std::string body = "{}") {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

TEST(ErrorOfTest, ClassesSayWhetherToTryAgain) {
  const auto code = [](int status) { return ErrorOf(Response(status), "GET /x", kNow).code(); };
  EXPECT_EQ(code(200), absl::StatusCode::kOk);
  EXPECT_EQ(code(204), absl::StatusCode::kOk);
  EXPECT_EQ(code(400), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(401), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(code(403), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(404), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(408), absl::StatusCode::kUnavailable);
  EXPECT_EQ(code(409), absl::StatusCode::kAborted);
  EXPECT_EQ(code(422), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(429), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code(502), absl::StatusCode::kUnavailable);
}

TEST(ErrorOfTest, LimitsSayWhen) {
  EXPECT_EQ(RetryAt(ErrorOf(Response(429, {{"retry-after", "30"}}), "x", kNow)), kNow + absl::Seconds(30));
  EXPECT_EQ(RetryAt(ErrorOf(Response(403, {{"retry-after", "5"}}), "x", kNow)), kNow + absl::Seconds(5));
  EXPECT_EQ(
      RetryAt(ErrorOf(Response(403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1800000090"}}), "x", kNow)),
      kNow + absl::Seconds(91));
  EXPECT_EQ(RetryAt(ErrorOf(Response(403, {}, R"({"message":"You have exceeded a secondary rate limit"})"), "x", kNow)),
            kNow + absl::Minutes(1));
  EXPECT_EQ(RetryAt(ErrorOf(Response(429, {{"retry-after", "Fri, 15 Jan 2027 08:00:10 GMT"}}), "x", kNow)),
            kNow + absl::Seconds(10));
  EXPECT_EQ(RetryAt(ErrorOf(Response(403, {}, R"({"message":"Resource not accessible"})"), "x", kNow)), std::nullopt);
}

TEST(ErrorOfTest, SaysWhatTheHostSaidInALine) {
  const absl::Status status =
      ErrorOf(Response(422, {}, R"({"message":"Validation Failed","errors":[{"field":"line","code":"invalid\n"}]})"),
              "POST /x", kNow);
  EXPECT_EQ(status.message(), R"(POST /x: 422 Validation Failed; [{"code":"invalid\n","field":"line"}])");
  EXPECT_LE(ErrorOf(Response(500, {}, std::string(9000, 'x')), "x", kNow).message().size(), 520u);
}

TEST(HostApiTest, ListsFollowTheNextPageUnderTheConfiguredAddressOnly) {
  setenv("MERGEGATE_TEST_TOKEN", "t", 1);
  FakeClock clock(kNow);
  ScriptedHttp http;
  const HostConfig config{
      .kind = HostKind::kGitHub, .api_url = "https://host.example/api", .token = "env:MERGEGATE_TEST_TOKEN"};
  const auto access = MakeHostAccess(config, http, clock);
  HostApi api(config, http, *access, clock);
  http.On("GET", "/a",
          {200, "[1,2]", {{"link", "<https://host.example/api/a?page=2>; rel=\"next\", <x>; rel=\"last\""}}});
  http.On("GET", "/a?page=2", {200, "[3]"});
  EXPECT_EQ(*api.List("/a", "", {}), json({1, 2, 3}));
  http.On("GET", "/b", {200, "{\"b\":[1]}", {{"link", "<https://evil.example/>; rel=\"next\""}}});
  EXPECT_THAT(api.List("/b", "b", {}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(http.Asked().back(), "GET /b");
}

TEST(EscapePathTest, KeepsUnreservedOnly) { EXPECT_EQ(EscapePath("a/b c.d-1"), "a%2Fb%20c.d-1"); }

}  // namespace
}  // namespace mergegate::hosts
