#include "server/hosts/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tests/support/status_matchers.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

// The vector that the vendor publishes with its documentation.
constexpr char kGitHubSecret[] = "It's a Secret to Everybody";
constexpr char kGitHubBody[] = "Hello, World!";
constexpr char kGitHubSignature[] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

// The vector of the Standard Webhooks specification.
constexpr char kToken[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kId[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr char kTime[] = "1614265330";
constexpr char kBody[] = R"({"test": 2432232314})";
constexpr char kStandardSignature[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const absl::Time kNow = absl::FromUnixSeconds(1614265330);

Headers Of(std::map<std::string, std::string> headers) {
  return [headers = std::move(headers)](std::string_view name) -> std::string_view {
    const auto found = headers.find(std::string(name));
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  };
}

absl::Status GitHub(const std::string& signature, const std::vector<std::string>& secrets,
                    const std::string& body = kGitHubBody) {
  return CheckSignature(HostKind::kGitHub, Of({{"x-hub-signature-256", signature}}), body, secrets, kNow);
}

absl::Status GitLab(const std::string& signatures, const std::vector<std::string>& secrets, absl::Time now = kNow) {
  return CheckSignature(HostKind::kGitLab,
                        Of({{"webhook-id", kId}, {"webhook-timestamp", kTime}, {"webhook-signature", signatures}}),
                        kBody, secrets, now);
}

TEST(GitHubSignature, FitsThePublishedVector) {
  EXPECT_EQ(GitHubSignature(kGitHubSecret, kGitHubBody), kGitHubSignature);
  EXPECT_THAT(GitHub(kGitHubSignature, {kGitHubSecret}), IsOk());
}

TEST(GitHubSignature, EitherSecretWillDoWhileOneReplacesTheOther) {
  EXPECT_THAT(GitHub(kGitHubSignature, {"new", kGitHubSecret}), IsOk());
  EXPECT_THAT(GitHub(kGitHubSignature, {kGitHubSecret, "new"}), IsOk());
}

TEST(GitHubSignature, OthersAreRefused) {
  EXPECT_THAT(GitHub(kGitHubSignature, {"another"}), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(GitHub(kGitHubSignature, {kGitHubSecret}, "Hello, World?"), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(GitHub(std::string(kGitHubSignature).substr(0, 70), {kGitHubSecret}),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(GitHub("", {kGitHubSecret}), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("not signed")));
  EXPECT_THAT(GitHub(kGitHubSignature, {}), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("no webhook")));
}

TEST(GitHubSignature, Sha1AloneIsRefused) {
  const absl::Status status =
      CheckSignature(HostKind::kGitHub, Of({{"x-hub-signature", "sha1=00"}}), kGitHubBody, {kGitHubSecret}, kNow);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("SHA-1")));
}

TEST(StandardSignature, FitsThePublishedVector) {
  EXPECT_EQ(StandardSignature(kToken, kId, kTime, kBody), kStandardSignature);
  EXPECT_THAT(GitLab(kStandardSignature, {kToken}), IsOk());
}

TEST(StandardSignature, OneOfSeveralMustFit) {
  EXPECT_THAT(GitLab(absl::StrCat("v1,AAAA v2,BBBB ", kStandardSignature), {"whsec_AAAA", kToken}), IsOk());
  EXPECT_THAT(GitLab("v1,AAAA v1,BBBB", {kToken}), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(StandardSignature, HoldsForFiveMinutes) {
  EXPECT_THAT(GitLab(kStandardSignature, {kToken}, kNow + absl::Seconds(300)), IsOk());
  EXPECT_THAT(GitLab(kStandardSignature, {kToken}, kNow - absl::Seconds(300)), IsOk());
  EXPECT_THAT(GitLab(kStandardSignature, {kToken}, kNow + absl::Seconds(301)),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("301 s ago")));
  EXPECT_THAT(GitLab(kStandardSignature, {kToken}, kNow - absl::Seconds(301)),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(GitLabToken, IsEnoughOnlyWhereNoSigningTokenIsConfigured) {
  const Headers headers = Of({{"x-gitlab-token", "clear"}});
  EXPECT_THAT(CheckSignature(HostKind::kGitLab, headers, kBody, {"old", "clear"}, kNow), IsOk());
  EXPECT_THAT(CheckSignature(HostKind::kGitLab, headers, kBody, {"other"}, kNow),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(CheckSignature(HostKind::kGitLab, headers, kBody, {"clear", kToken}, kNow),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("signing token is configured")));
  EXPECT_THAT(CheckSignature(HostKind::kGitLab, Of({}), kBody, {"clear"}, kNow),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

// The vendors' own libraries sign, and check what we signed (tests/tools/vendor_signatures.mjs).
class Oracle : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kTools + "/node_modules/standardwebhooks")) {
      GTEST_SKIP() << kTools << " has no node modules: tests/run installs them";
    }
    std::ofstream(body_) << R"({"zen": "Ünïcode, \"quotes\" and a newline\n"})";
  }
  // Its output; nullopt when it ends with an error.
  std::optional<std::string> Ask(const std::string& system, const std::string& secret, const std::string& signature) {
    const std::string command = absl::StrCat("node '", kTools, "/vendor_signatures.mjs' ", system, " '", body_, "' '",
                                             secret, "' ", signature, " 2>/dev/null");
    FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> piece;
    while (const size_t size = fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), size);
    return pclose(pipe) == 0 ? std::optional(output) : std::nullopt;
  }
  nlohmann::json Signed(const std::string& system, const std::string& secret) {
    return nlohmann::json::parse(Ask(system, secret, "").value_or("{}"));
  }
  std::string Body() const {
    std::ifstream file(body_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static inline const std::string kTools = MERGEGATE_SOURCE_DIR "/tests/tools";
  const std::string body_ = ::testing::TempDir() + "/oracle-body.json";
};

TEST_F(Oracle, GitHubsLibrarySignsAndWeAccept) {
  const nlohmann::json made = Signed("github", "s3cret");
  EXPECT_EQ(made["X-Hub-Signature-256"].get<std::string>(), GitHubSignature("s3cret", Body()));
  EXPECT_THAT(GitHub(made["X-Hub-Signature-256"], {"s3cret"}, Body()), IsOk());
}

TEST_F(Oracle, WeSignAndGitHubsLibraryAccepts) {
  EXPECT_TRUE(Ask("github", "s3cret", GitHubSignature("s3cret", Body())));
  EXPECT_FALSE(Ask("github", "s3cret", GitHubSignature("another", Body())));
}

TEST_F(Oracle, StandardWebhooksLibrarySignsAndWeAccept) {
  const nlohmann::json made = Signed("gitlab", kToken);
  const Headers headers = Of({{"webhook-id", made["webhook-id"]},
                              {"webhook-timestamp", made["webhook-timestamp"]},
                              {"webhook-signature", made["webhook-signature"]}});
  EXPECT_THAT(CheckSignature(HostKind::kGitLab, headers, Body(), {kToken}, absl::Now()), IsOk());
}

TEST_F(Oracle, WeSignAndTheStandardWebhooksLibraryAccepts) {
  const std::string now = absl::StrCat(absl::ToUnixSeconds(absl::Now()));
  const auto ask = [&](const std::string& id) {
    return Ask("gitlab", kToken, absl::StrCat(id, " ", now, " ", StandardSignature(kToken, kId, now, Body())));
  };
  EXPECT_TRUE(ask(kId));
  EXPECT_FALSE(ask("another"));
}

}  // namespace
}  // namespace mergegate::hosts
