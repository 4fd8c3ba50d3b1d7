#include "server/notify/chat_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "server/base/retry_at.h"
#include "tests/support/scripted_http.h"
#include "tests/support/status_matchers.h"

namespace mergegate::notify {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::ScriptedHttp;
using mergegate::testing::StatusIs;
using nlohmann::json;
using publication::ChatItem;
using publication::ChatMessage;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ChatMessage Failing() {
  return {.headline = "mergegate: fail",
          .items = {{.title = "acme/widget #12: Make it smaller",
                     .link = "https://github.example/acme/widget/pull/12",
                     .lines = {"fail: 1 of 2 blocking conditions unsatisfied", "To pass: fix a.cc:3"},
                     .state = VerdictState::kFail}}};
}

TEST(SlackBodyTest, ATextForNotificationsAndABlockPerItem) {
  const json body = SlackBody(Failing());
  EXPECT_EQ(body["text"], "mergegate: fail: acme/widget #12: Make it smaller");
  ASSERT_EQ(body["blocks"].size(), 2u);
  EXPECT_EQ(body["blocks"][1]["text"]["text"],
            "<https://github.example/acme/widget/pull/12|acme/widget #12: Make it smaller>\n"
            "fail: 1 of 2 blocking conditions unsatisfied\nTo pass: fix a.cc:3");
  EXPECT_EQ(body["blocks"][1]["text"]["type"], "mrkdwn");
}

TEST(SlackBodyTest, StrangersMentionNobodyAndLinkNowhere) {
  ChatMessage message = Failing();
  message.items[0].title = "<!channel> & <https://evil|x> *b* `c`";
  message.items[0].lines = {"<@U123>\n> quote"};
  message.items[0].link = "javascript:alert(1)";
  const std::string text = SlackBody(message)["blocks"][1]["text"]["text"];
  EXPECT_THAT(text, AllOf(HasSubstr("&lt;!channel&gt; &amp; &lt;https://evil|x&gt;"), HasSubstr("&lt;@U123&gt;"),
                          Not(HasSubstr("<"))));
}

TEST(SlackBodyTest, ACommandIsCodeThatCanBeCopied) {
  ChatMessage message = Failing();
  message.items[0].command = "mergegate decline pr-7 --to ann_b@example.org";
  EXPECT_THAT(SlackBody(message)["blocks"][1]["text"]["text"].get<std::string>(),
              ::testing::EndsWith("\n`mergegate decline pr-7 --to ann_b@example.org`"));
  EXPECT_THAT(DiscordBody(message)["embeds"][0]["description"].get<std::string>(),
              ::testing::EndsWith("\n`mergegate decline pr-7 --to ann_b@example.org`"));
  message.items[0].command = "mergegate decline 'a`b' --to x";  // a shell would run something else
  EXPECT_THAT(SlackBody(message)["blocks"][1]["text"]["text"], Not(HasSubstr("decline")));
  EXPECT_THAT(DiscordBody(message)["embeds"][0]["description"], Not(HasSubstr("decline")));
}

TEST(SlackBodyTest, StaysBelowFiftyBlocksOfThreeThousand) {
  ChatMessage message = Failing();
  message.items[0].title = std::string(10'000, '&');
  message.items[0].lines = std::vector<std::string>(100, std::string(1'000, 'x'));
  message.items[0].command = std::string(250, '&');
  message.items.resize(200, message.items[0]);
  const json body = SlackBody(message);
  EXPECT_LE(body["blocks"].size(), 50u);
  for (const json& block : body["blocks"]) EXPECT_LE(block["text"]["text"].get<std::string>().size(), 3'000u);
  EXPECT_THAT(body["blocks"].back()["text"]["text"], "... and 155 more");
}

TEST(DiscordBodyTest, NobodyIsMentionedAndMarksAreText) {
  ChatMessage message = Failing();
  message.items[0].lines = {"@everyone **bold** [x](https://e)"};
  const json body = DiscordBody(message);
  EXPECT_EQ(body["allowed_mentions"], (json{{"parse", json::array()}}));
  EXPECT_EQ(body["embeds"][0]["title"], "acme/widget #12: Make it smaller");
  EXPECT_EQ(body["embeds"][0]["url"], "https://github.example/acme/widget/pull/12");
  EXPECT_THAT(body["embeds"][0]["description"].get<std::string>(),
              AllOf(HasSubstr("\\*\\*bold\\*\\*"), Not(HasSubstr("@everyone"))));
}

TEST(DiscordBodyTest, StaysWithinItsLimits) {
  ChatMessage message = Failing();
  message.headline = std::string(9'000, 'h');
  message.items[0].title = std::string(1'000, 't');
  message.items[0].lines = std::vector<std::string>(30, std::string(1'000, 'x'));
  message.items[0].command = std::string(250, 'c');
  message.items.resize(50, message.items[0]);
  const json body = DiscordBody(message);
  EXPECT_LE(body["content"].get<std::string>().size(), 2'000u);
  ASSERT_EQ(body["embeds"].size(), 10u);
  size_t all = 0;
  for (const json& embed : body["embeds"]) {
    EXPECT_LE(embed["title"].get<std::string>().size(), 256u);
    all += embed["title"].get<std::string>().size() + embed["description"].get<std::string>().size();
  }
  EXPECT_LE(all, 6'000u);
}

class ChatClientTest : public ::testing::Test {
 protected:
  ChatClientTest() { setenv("MERGEGATE_TEST_HOOK", "https://hooks.example/secret-path", 1); }

  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  ScriptedHttp http_{"https://hooks.example"};
  ChatClient client_{http_, clock_};
  const ChatConfig chat_{.name = "team", .kind = ChatKind::kSlack, .url = "env:MERGEGATE_TEST_HOOK"};
};

TEST_F(ChatClientTest, PostsToTheHook) {
  http_.On("POST", "/secret-path", {200, "ok"});
  ASSERT_THAT(client_.Send(chat_, Failing()), IsOk());
  EXPECT_EQ(http_.Bodies("POST /secret-path").at(0)["text"], "mergegate: fail: acme/widget #12: Make it smaller");
}

TEST_F(ChatClientTest, ALimitSaysWhen) {
  http_.On("POST", "/secret-path", {429, "", {{"retry-after", "30"}}});
  http_.On("POST", "/secret-path", {429, R"({"retry_after": 2.5, "global": false})"});
  absl::Status status = client_.Send(chat_, Failing());
  EXPECT_EQ(RetryAt(status), clock_.Now() + absl::Seconds(30));
  status = client_.Send({.name = "d", .kind = ChatKind::kDiscord, .url = "env:MERGEGATE_TEST_HOOK"}, Failing());
  EXPECT_EQ(RetryAt(status), clock_.Now() + absl::Seconds(2.5));
}

TEST_F(ChatClientTest, WhatIsRefusedIsForGoodAndTheHookIsNotShown) {
  http_.On("POST", "/secret-path", {404, "no_service"});
  EXPECT_THAT(client_.Send(chat_, Failing()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("chat team: 404 no_service"), Not(HasSubstr("secret-path")))));
  http_.On("POST", "/secret-path", {503, ""});
  static_cast<void>(client_.Send(chat_, Failing()));
  EXPECT_THAT(client_.Send(chat_, Failing()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(client_.Send({.name = "x", .url = "env:MERGEGATE_NO_SUCH"}, Failing()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("MERGEGATE_NO_SUCH is not set")));
}

}  // namespace
}  // namespace mergegate::notify
