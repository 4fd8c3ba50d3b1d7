// Which route a request means.
#include "server/web/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mergegate::web {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Route To(std::string method, std::string pattern) {
  return {
      .method = std::move(method), .pattern = std::move(pattern), .serve = [](const Request&) { return Response(); }};
}

Router Example() {
  return Router({To("POST", "/hooks/{host}/{installation}"), To("GET", "/healthz"), To("GET", "/both"),
                 To("POST", "/both"), To("POST", "/hooks/github/ping")});
}

TEST(Router, APathIsFoundWithItsVariables) {
  const Router router = Example();
  const Match match = router.Find("POST", "/hooks/github/42");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/hooks/{host}/{installation}");
  EXPECT_THAT(match.variables, ElementsAre(Pair("host", "github"), Pair("installation", "42")));
}

TEST(Router, VariablesAreDecodedAfterThePathIsSplit) {
  const Router router = Example();
  EXPECT_THAT(router.Find("POST", "/hooks/a%2Fb/4%202").variables,
              ElementsAre(Pair("host", "a/b"), Pair("installation", "4 2")));
}

TEST(Router, APatternWithoutVariablesWins) {
  const Router router = Example();
  EXPECT_EQ(router.Find("POST", "/hooks/github/ping").route->pattern, "/hooks/github/ping");
}

TEST(Router, HeadFindsWhatGetFinds) {
  const Router router = Example();
  EXPECT_EQ(router.Find("HEAD", "/healthz").route->pattern, "/healthz");
}

TEST(Router, WhatIsNotThereIs404) {
  const Router router = Example();
  for (const char* path : {"/", "/healthz/", "/hooks/github", "/hooks//42", "/hooks/github/", "/hooks/a/b/c",
                           "/hooks/%zz/1", "/hooks/%00/1", "/hooks/%4", ""}) {
    const Match match = router.Find("POST", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.refusal.status, 404) << path;
  }
}

TEST(Router, AnotherMethodIs405WithThoseThatWork) {
  const Router router = Example();
  const Match match = router.Find("DELETE", "/both");
  EXPECT_EQ(match.refusal.status, 405);
  EXPECT_EQ(match.refusal.headers.Get("allow"), "GET, HEAD, OPTIONS, POST");
}

TEST(Router, OptionsTellsTheMethods) {
  const Router router = Example();
  const Match match = router.Find("OPTIONS", "/healthz");
  EXPECT_EQ(match.refusal.status, 204);
  EXPECT_EQ(match.refusal.headers.Get("Allow"), "GET, HEAD, OPTIONS");
}

TEST(DecodePercent, DecodesPairsOfHexDigitsAndRefusesTheRest) {
  EXPECT_EQ(DecodePercent("a%20b%2F%c3%A9"), "a b/\xc3\xa9");
  EXPECT_EQ(DecodePercent("%"), std::nullopt);
  EXPECT_EQ(DecodePercent("%4"), std::nullopt);
  EXPECT_EQ(DecodePercent("%4g"), std::nullopt);
  EXPECT_EQ(DecodePercent("%00"), std::nullopt);
}

}  // namespace
}  // namespace mergegate::web
