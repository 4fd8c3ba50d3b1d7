// What a request's first line and header say.
#include "server/web/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/web/cors.h"

namespace mergegate::web {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(Headers, NamesAreFoundWithoutRegardToCaseAndValuesTrimmed) {
  const Headers headers = {{"X-GitHub-Event", "  push\t"}, {"x-github-event", "later"}};
  EXPECT_EQ(headers.Get("x-gitHUB-event"), "push");
  EXPECT_EQ(headers.Count("X-GITHUB-EVENT"), 2U);
  EXPECT_EQ(headers.Get("absent"), "");
}

TEST(SplitTarget, TakesPathsAndAbsoluteForms) {
  const auto split = [](std::string_view target) {
    const auto found = SplitTarget(target);
    return found ? found->path + " | " + found->query : "none";
  };
  EXPECT_EQ(split("/a/b?x=1&y=?"), "/a/b | x=1&y=?");
  EXPECT_EQ(split("/a"), "/a | ");
  EXPECT_EQ(split("http://host.example/a?x"), "/a | x");
  EXPECT_EQ(split("HTTPS://host.example"), "/ | ");
  EXPECT_EQ(split("http://host.example?x"), "/ | x");
  EXPECT_EQ(split("*"), "* | ");
  EXPECT_EQ(split("host.example:443"), "none");
  EXPECT_EQ(split(""), "none");
}

int RefusedAs(unsigned version, const Headers& headers) {
  const auto refusal = RefusalOf(version, headers);
  return refusal ? refusal->status : 0;
}

TEST(RefusalOf, WhatTwoReadersCouldReadInTwoWays) {
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}}), 0);
  EXPECT_EQ(RefusedAs(10, {}), 0);
  EXPECT_EQ(RefusedAs(11, {}), 400);
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}, {"host", "b"}}), 400);
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}, {"Transfer-Encoding", "chunked"}}), 0);
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}}), 501);
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}, {"Transfer-Encoding", "xchunked"}}), 501);
  EXPECT_EQ(RefusedAs(10, {{"Transfer-Encoding", "chunked"}}), 400);
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}, {"Expect", "100-Continue"}}), 0);
  EXPECT_EQ(RefusedAs(11, {{"Host", "a"}, {"Expect", "miracles"}}), 417);
}

TEST(RequestId, TakesPlainWordsAndMakesOneOtherwise) {
  EXPECT_EQ(RequestId("req_1.a-B"), "req_1.a-B");
  for (const std::string& bad : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a\nb")}) {
    EXPECT_THAT(RequestId(bad), MatchesRegex("[0-9a-f]{16}"));
  }
}

TEST(Printable, KeepsALogLineOneLine) {
  EXPECT_EQ(Printable("/a\r\nb\x1b[31m\xff"), "/a??b?[31m?");
  EXPECT_EQ(Printable("abcdef", 3), "abc...");
}

TEST(Problem, IsRfc9457WithAHint) {
  const Response response = Problem(413, "too \"large\"", "send less");
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/problem+json");
  EXPECT_EQ(
      response.body,
      "{\"title\":\"Content Too Large\",\"status\":413,\"detail\":\"too \\\"large\\\"\",\"hint\":\"send less\"}\n");
}

TEST(Problem, QuotesWhatIsNoUtf8) { EXPECT_THAT(Problem(400, "\xff").body, HasSubstr("\xef\xbf\xbd")); }

constexpr const char* kPage = "https://gate.example.org";

TEST(Cors, IsOffWithoutAList) {
  Response response;
  AddCors({{"Origin", kPage}}, "POST", {}, response);
  EXPECT_EQ(response.headers.begin(), response.headers.end());
}

TEST(Cors, AListedOriginMayReadTheAnswer) {
  Response response;
  AddCors({{"Origin", kPage}}, "POST", {kPage}, response);
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Origin"), kPage);
  EXPECT_EQ(response.headers.Get("Vary"), "Origin");
  EXPECT_EQ(response.headers.Count("Access-Control-Allow-Credentials"), 0U);
}

TEST(Cors, OthersMayNot) {
  for (const char* origin :
       {"https://evil.example", "http://gate.example.org", "https://gate.example.org:444", "null"}) {
    Response response;
    AddCors({{"Origin", origin}}, "OPTIONS", {kPage}, response);
    EXPECT_EQ(response.headers.Count("Access-Control-Allow-Origin"), 0U) << origin;
    EXPECT_EQ(response.headers.Get("Vary"), "Origin");
  }
}

TEST(Cors, APreflightIsToldMethodsAndFields) {
  Response response;
  AddCors({{"Origin", kPage}}, "OPTIONS", {kPage}, response);
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Methods"), "GET, HEAD, POST");
  EXPECT_THAT(std::string(response.headers.Get("Access-Control-Allow-Headers")), HasSubstr("Authorization"));
}

}  // namespace
}  // namespace mergegate::web
