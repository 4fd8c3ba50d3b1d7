#include "server/pipeline/hook_intake.h"

#include <atomic>
#include <map>
#include <thread>

#include "server/hosts/hook_body.h"
#include "tests/unit/pipeline/host_fixture.h"

namespace mergegate::pipeline {
namespace {

class HookIntakeTest : public HostTest {
 protected:
  using Headers = std::map<std::string, std::string>;

  HookAnswer Take(const std::string& body, Headers headers, const std::string& host = "hub") {
    return intake_.Take({.host = host,
                         .installation = "acme",
                         .headers = [headers](std::string_view name) -> std::string_view {
                           // Lives as long as the call: the map is a copy in this closure.
                           const auto found = headers.find(std::string(name));
                           return found == headers.end() ? std::string_view() : std::string_view(found->second);
                         },
                         .body = body});
  }
  Headers Signed(const std::string& body, const std::string& id = "d1", const std::string& secret = "hush") {
    return {{"x-hub-signature-256", hosts::GitHubSignature(secret, body)},
            {"x-github-event", "ping"},
            {"x-github-delivery", id},
            {"content-type", "application/json"}};
  }

  std::atomic<int> kept_ = 0;
  HookIntake intake_{inbound_, [this] { ++kept_; }};
};

TEST_F(HookIntakeTest, ASignedCallIsKeptOnce) {
  EXPECT_EQ(Take("{}", Signed("{}")), HookAnswer::kKept);
  EXPECT_EQ(Take("{}", Signed("{}")), HookAnswer::kKnown);
  EXPECT_EQ(kept_.load(), 1);
  const Delivery delivery = *store_->GetDelivery("hub", "d1");
  EXPECT_EQ(delivery.event, "ping");
  EXPECT_EQ(delivery.installation, "acme");
  EXPECT_EQ(delivery.body, "{}");
  EXPECT_EQ(metrics_.Get(Counter::kHooks, "kept"), 1);
}

TEST_F(HookIntakeTest, OthersAreRefusedAndNothingIsKept) {
  EXPECT_EQ(Take("{}", Signed("{}", "d1", "guess")), HookAnswer::kRefused);
  EXPECT_EQ(Take("{}", {}), HookAnswer::kRefused);
  EXPECT_EQ(Take("{}", Signed("{}"), "elsewhere"), HookAnswer::kRefused);
  EXPECT_EQ(*store_->CountWaitingDeliveries(), 0);
}

TEST_F(HookIntakeTest, TheSignatureComesBeforeAnythingElse) {
  EXPECT_EQ(Take("not json", Signed("not json", "d1", "guess")), HookAnswer::kRefused);
  EXPECT_EQ(Take("not json", Signed("not json")), HookAnswer::kUnreadable);
  const std::string large(hosts::kMaxHookBytes + 1, ' ');
  EXPECT_EQ(Take(large, Signed("")), HookAnswer::kTooLarge);
}

TEST_F(HookIntakeTest, AFormIsReadAfterItsSignature) {
  const std::string body = "payload=%7B%22zen%22%3A%22x%22%7D";
  Headers headers = Signed(body);
  headers["content-type"] = "application/x-www-form-urlencoded";
  EXPECT_EQ(Take(body, headers), HookAnswer::kKept);
  EXPECT_EQ(store_->GetDelivery("hub", "d1")->body, R"({"zen":"x"})");
}

TEST_F(HookIntakeTest, WithoutTheSecretNothingIsAcceptedAndTheHostIsToldToComeAgain) {
  unsetenv("MERGEGATE_TEST_HOOK");
  EXPECT_EQ(Take("{}", Signed("{}")), HookAnswer::kFailed);
}

TEST_F(HookIntakeTest, AnOldGitLabHasNoIdsAndTheBodyIsOne) {
  inbound_.hosts.push_back({.name = "lab", .kind = HostKind::kGitLab});
  inbound_.hosts.back().webhook_secrets = {"env:MERGEGATE_TEST_HOOK"};
  const Headers headers = {{"x-gitlab-token", "hush"}, {"x-gitlab-event", "Push Hook"}};
  EXPECT_EQ(Take("{\"a\":1}", headers, "lab"), HookAnswer::kKept);
  EXPECT_EQ(Take("{\"a\":1}", headers, "lab"), HookAnswer::kKnown);
  EXPECT_EQ(Take("{\"a\":2}", headers, "lab"), HookAnswer::kKept);
  Headers newer = headers;
  newer["idempotency-key"] = "k";
  EXPECT_EQ(Take("{\"a\":1}", newer, "lab"), HookAnswer::kKept);
  EXPECT_EQ(store_->GetDelivery("lab", "k")->event, "Push Hook");
}

TEST_F(HookIntakeTest, ManyAtOnceAreAllKept) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] {
      for (int k = 0; k < 50; ++k) {
        EXPECT_EQ(Take("{}", Signed("{}", absl::StrCat(i, "-", k))), HookAnswer::kKept);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*store_->CountWaitingDeliveries(), 400);
}

TEST(RetryDelay, GrowsToAnHour) {
  EXPECT_EQ(RetryDelay(1), absl::Seconds(2));
  EXPECT_EQ(RetryDelay(4), absl::Minutes(1));
  EXPECT_EQ(RetryDelay(7), absl::Hours(1));
  EXPECT_EQ(RetryDelay(100), absl::Hours(1));
}

}  // namespace
}  // namespace mergegate::pipeline
