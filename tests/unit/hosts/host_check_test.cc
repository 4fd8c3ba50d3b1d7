#include "server/hosts/host_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/scripted_http.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::ScriptedHttp;
using ::testing::HasSubstr;

class OpenAccess final : public HostAccess {
 public:
  absl::StatusOr<Credential> ForRepository(const std::string&, const std::string&) override { return Any(); }
  absl::StatusOr<Credential> ForApp() override { return Any(); }
  bool Refused(const Credential&) override { return false; }

 private:
  std::string GitUser() const override { return "x"; }
  static Credential Any() { return {.header = "Authorization", .value = "Bearer t", .secret = "t"}; }
};

class HostCheckTest : public ::testing::Test {
 protected:
  HostCheckTest() {
    setenv("MERGEGATE_TEST_SECRET", "hush", 1);
    config_.name = "hub";
    config_.kind = HostKind::kGitHub;
    config_.api_url = "https://host.example/api";
    config_.web_url = "https://host.example";
    config_.webhook_secrets = {"env:MERGEGATE_TEST_SECRET"};
  }
  std::vector<CheckItem> Check(const std::string& project = "") {
    HostApi api(config_, http_, access_, clock_);
    return CheckHost(api, project);
  }
  // The item whose text has this; an empty one when there is none.
  static CheckItem Item(const std::vector<CheckItem>& items, const std::string& what) {
    for (const CheckItem& item : items) {
      if (item.what.find(what) != std::string::npos) return item;
    }
    return {};
  }
  void AnswerApp(const std::string& permissions, const std::string& events, const std::string& log) {
    config_.app_id = "1";
    config_.private_key = "env:MERGEGATE_TEST_SECRET";
    http_.On(
        "GET", "/app",
        {200, R"({"slug": "gate", "name": "Gate", "permissions": )" + permissions + R"(, "events": )" + events + "}"});
    http_.On("GET", "/app/hook/config", {200, R"({"url": "https://gate.example/hooks/hub/app"})"});
    http_.On("GET", "/app/hook/deliveries?per_page=20", {200, log});
    http_.On("GET", "/app/installations?per_page=100", {200, R"([{"id": 7}])"});
  }

  HostConfig config_;
  ScriptedHttp http_;
  OpenAccess access_;
  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
};

constexpr char kAllPermissions[] =
    R"({"metadata": "read", "contents": "write", "checks": "write", "pull_requests": "write"})";
constexpr char kAllEvents[] =
    R"(["pull_request", "pull_request_review", "pull_request_review_comment", "issue_comment", "check_run",
        "check_suite", "merge_group", "push", "repository"])";

TEST_F(HostCheckTest, AnAppAsItShouldBe) {
  AnswerApp(kAllPermissions, kAllEvents, R"([{"status_code": 202}])");
  for (const CheckItem& item : Check()) EXPECT_EQ(item.state, CheckState::kFine) << item.what << ": " << item.hint;
}

TEST_F(HostCheckTest, WhatAnAppLacksIsSaidWithWhereToSetIt) {
  AnswerApp(R"({"metadata": "read", "contents": "read", "checks": "read"})", R"(["push"])",
            R"([{"status_code": 401}, {"status_code": 401}])");
  const std::vector<CheckItem> items = Check();
  EXPECT_EQ(Item(items, "permission contents").state, CheckState::kFine);
  EXPECT_EQ(Item(items, "permission checks").state, CheckState::kMissing);
  EXPECT_THAT(Item(items, "permission checks").hint, HasSubstr("https://host.example/settings/apps/gate"));
  EXPECT_EQ(Item(items, "permission pull_requests").state, CheckState::kMissing);
  EXPECT_EQ(Item(items, "not subscribed to: pull_request, ").state, CheckState::kMissing);
  EXPECT_THAT(Item(items, "none got through").hint, HasSubstr("secret there is another one"));
}

TEST_F(HostCheckTest, AHookThatLeadsElsewhereOrNowhere) {
  AnswerApp(kAllPermissions, kAllEvents, R"([{"status_code": 502}])");
  EXPECT_THAT(Item(Check(), "none got through").hint, HasSubstr("cannot be reached"));
  config_.name = "other";
  EXPECT_THAT(Item(Check(), "webhook URL").hint, HasSubstr("https://SERVER/hooks/other/"));
}

TEST_F(HostCheckTest, RefusedCredentialsEndIt) {
  config_.app_id = "1";
  http_.On("GET", "/app", {401, R"({"message": "A JSON web token could not be decoded"})"});
  const std::vector<CheckItem> items = Check();
  EXPECT_EQ(items.back().state, CheckState::kMissing);
  EXPECT_THAT(items.back().hint, HasSubstr("must belong together"));
}

TEST_F(HostCheckTest, ASecretThatIsNotThere) {
  config_.webhook_secrets = {"env:MERGEGATE_NO_SUCH"};
  EXPECT_EQ(Item(Check(), "secret env:MERGEGATE_NO_SUCH").state, CheckState::kMissing);
  EXPECT_THAT(Item(Check(), "secret env:MERGEGATE_NO_SUCH").hint, HasSubstr("is not set"));
}

TEST_F(HostCheckTest, AGitLabProject) {
  config_.kind = HostKind::kGitLab;
  config_.token = "env:MERGEGATE_TEST_SECRET";
  http_.On("GET", "/user", {200, R"({"username": "gate"})"});
  http_.On("GET", "/personal_access_tokens/self", {200, R"({"scopes": ["read_api"], "expires_at": "2027-03-01"})"});
  http_.On("GET", "/projects/acme%2Fwidget/hooks",
           {200, R"([{"url": "https://gate.example/hooks/hub/w", "merge_requests_events": true, "note_events": false,
                      "push_events": true}])"});
  const std::vector<CheckItem> items = Check("acme/widget");
  EXPECT_EQ(Item(items, "scope api").state, CheckState::kMissing);
  EXPECT_EQ(Item(items, "sends merge_requests_events").state, CheckState::kFine);
  EXPECT_EQ(Item(items, "sends note_events").state, CheckState::kMissing);
  EXPECT_THAT(Item(items, "sends note_events").hint, HasSubstr("https://host.example/acme/widget/-/hooks"));
  EXPECT_EQ(Item(items, "ends on 2027-03-01").state, CheckState::kUnsure);
  EXPECT_THAT(Item(Check(), "webhooks").hint, HasSubstr("--project"));
}

}  // namespace
}  // namespace mergegate::hosts
