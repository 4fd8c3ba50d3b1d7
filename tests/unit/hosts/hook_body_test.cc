#include "server/hosts/hook_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/gzip.h"
#include "tests/support/status_matchers.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

constexpr char kForm[] = "application/x-www-form-urlencoded; charset=utf-8";

TEST(JsonOfBody, TakesJsonAsItIs) {
  EXPECT_THAT(JsonOfBody("{}", "application/json", ""), IsOkAndHolds("{}"));
  EXPECT_THAT(JsonOfBody("{}", "", "identity"), IsOkAndHolds("{}"));
}

TEST(JsonOfBody, TakesThePayloadOfAForm) {
  EXPECT_THAT(JsonOfBody("payload=%7B%22a%22%3A+%22b%2Bc%22%7D", kForm, ""), IsOkAndHolds(R"({"a": "b+c"})"));
  EXPECT_THAT(JsonOfBody("x=1&payload={}&y=2", kForm, ""), IsOkAndHolds("{}"));
  EXPECT_THAT(JsonOfBody("x=1", kForm, ""), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("payload")));
  EXPECT_THAT(JsonOfBody("payload=%7", kForm, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(JsonOfBody("payload=%zz", kForm, ""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonOfBody, Inflates) {
  EXPECT_THAT(JsonOfBody(Deflate("{\"a\": 1}"), "application/json", "GZIP"), IsOkAndHolds("{\"a\": 1}"));
  EXPECT_THAT(JsonOfBody(Deflate("payload=%7B%7D"), kForm, "gzip"), IsOkAndHolds("{}"));
  EXPECT_THAT(JsonOfBody("{}", "", "gzip"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("gzip")));
  const std::string whole = Deflate("{\"a\": 1}");
  EXPECT_THAT(JsonOfBody(whole.substr(0, whole.size() - 9), "", "gzip"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(JsonOfBody("{}", "", "br"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("only gzip")));
}

TEST(JsonOfBody, IsBounded) {
  const std::string bomb = Deflate(std::string(kMaxHookBytes + 1, ' '));
  EXPECT_LT(bomb.size(), 200'000u);
  EXPECT_THAT(JsonOfBody(bomb, "", "gzip"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(JsonOfBody(std::string(kMaxHookBytes + 1, ' '), "", ""), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(JsonOfBody(Deflate(std::string(kMaxHookBytes, ' ')), "", "gzip").ok());
}

}  // namespace
}  // namespace mergegate::hosts
