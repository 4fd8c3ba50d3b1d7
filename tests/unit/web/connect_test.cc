// How the Connect protocol asks, and how errors are told in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "mergegate/v1/error_detail.pb.h"
#include "server/base/gzip.h"
#include "server/web/connect_error.h"
#include "server/web/connect_request.h"

namespace mergegate::web {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr size_t kMost = 1 << 20;

Request Post(Headers headers, std::string body) {
  return {.method = "POST", .path = "/s/M", .query = "", .headers = std::move(headers), .body = std::move(body)};
}

Request Get(std::string query) { return {.method = "GET", .path = "/s/M", .query = std::move(query)}; }

TEST(CodecOf, TwoTypesAreTaken) {
  EXPECT_EQ(CodecOf("application/json"), Codec::kJson);
  EXPECT_EQ(CodecOf("Application/JSON ; charset=utf-8"), Codec::kJson);
  EXPECT_EQ(CodecOf("application/proto"), Codec::kProto);
  for (const char* type : {"", "text/plain", "application/connect+json", "application/grpc-web", "application/jsonx"}) {
    EXPECT_EQ(CodecOf(type), std::nullopt) << type;
  }
}

TEST(ReadConnectCall, ABodyIsTheMessage) {
  const auto call = ReadConnectCall(
      Post({{"Content-Type", "application/json"}, {"Connect-Protocol-Version", "1"}, {"Connect-Timeout-Ms", "1500"}},
           "{}"),
      kMost);
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(call->message, "{}");
  EXPECT_EQ(call->timeout, absl::Milliseconds(1500));
}

TEST(ReadConnectCall, NoCallHoldsAThreadForLong) {
  EXPECT_EQ(ReadConnectCall(Post({}, ""), kMost)->timeout, absl::Minutes(1));
  EXPECT_EQ(ReadConnectCall(Post({{"Connect-Timeout-Ms", "9999999999"}}, ""), kMost)->timeout, kLongestCall);
}

TEST(ReadConnectCall, MalformedFieldsAreToldByName) {
  for (const Headers& headers : {Headers{{"Connect-Timeout-Ms", "12345678901"}}, Headers{{"Connect-Timeout-Ms", "-1"}},
                                 Headers{{"Connect-Timeout-Ms", "1s"}}, Headers{{"Connect-Protocol-Version", "2"}}}) {
    const absl::Status status = ReadConnectCall(Post(headers, ""), kMost).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(headers.begin()->first));
  }
}

TEST(ReadConnectCall, GzipIsDecompressedWithinTheBound) {
  const Headers gzip = {{"Content-Encoding", "gzip"}};
  EXPECT_EQ(ReadConnectCall(Post(gzip, Deflate("{\"name\": 1}")), kMost)->message, "{\"name\": 1}");
  EXPECT_TRUE(
      absl::IsResourceExhausted(ReadConnectCall(Post(gzip, Deflate(std::string(kMost + 1, ' '))), kMost).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadConnectCall(Post(gzip, "{}"), kMost).status()));
  EXPECT_TRUE(absl::IsUnimplemented(ReadConnectCall(Post({{"Content-Encoding", "br"}}, "{}"), kMost).status()));
}

TEST(ReadConnectCall, GetCarriesTheMessageInTheQuery) {
  const auto plain = ReadConnectCall(Get("encoding=json&message=%7B%22name%22%3A%22a+b%22%7D&connect=v1"), kMost);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->message, "{\"name\":\"a b\"}");
  const auto encoded = ReadConnectCall(Get("encoding=proto&base64=1&message=CgFh"), kMost);
  ASSERT_TRUE(encoded.ok()) << encoded.status();
  EXPECT_EQ(encoded->message,
            "\n\x01"
            "a");
  EXPECT_EQ(encoded->codec, Codec::kProto);
}

TEST(ReadConnectCall, AQueryThatLacksSomethingIsRefused) {
  for (const char* query : {"", "message={}", "encoding=json", "encoding=xml&message={}", "encoding=json&message=%zz",
                            "encoding=json&message={}&connect=v2", "encoding=json&base64=1&message=%21"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReadConnectCall(Get(query), kMost).status())) << query;
  }
}

TEST(ParseQuery, TheLastOfANameCounts) {
  EXPECT_THAT(*ParseQuery("a=1&b=%20+x&&a=2&c"), ElementsAre(Pair("a", "2"), Pair("b", "  x"), Pair("c", "")));
}

TEST(ConnectError, CodesAndStatusesAreThoseOfTheProtocol) {
  using Code = absl::StatusCode;
  const std::tuple<Code, const char*, int> rows[] = {{Code::kCancelled, "canceled", 499},
                                                     {Code::kUnknown, "unknown", 500},
                                                     {Code::kInvalidArgument, "invalid_argument", 400},
                                                     {Code::kDeadlineExceeded, "deadline_exceeded", 504},
                                                     {Code::kNotFound, "not_found", 404},
                                                     {Code::kAlreadyExists, "already_exists", 409},
                                                     {Code::kPermissionDenied, "permission_denied", 403},
                                                     {Code::kResourceExhausted, "resource_exhausted", 429},
                                                     {Code::kFailedPrecondition, "failed_precondition", 400},
                                                     {Code::kAborted, "aborted", 409},
                                                     {Code::kOutOfRange, "out_of_range", 400},
                                                     {Code::kUnimplemented, "unimplemented", 501},
                                                     {Code::kInternal, "internal", 500},
                                                     {Code::kUnavailable, "unavailable", 503},
                                                     {Code::kDataLoss, "data_loss", 500},
                                                     {Code::kUnauthenticated, "unauthenticated", 401},
                                                     {static_cast<Code>(99), "unknown", 500}};
  for (const auto& [code, name, http] : rows) {
    EXPECT_EQ(ConnectCode(code), name);
    EXPECT_EQ(HttpStatusOf(code), http) << name;
  }
}

TEST(ConnectError, DetailsAreBase64WithoutPaddingAndReadable) {
  v1::ErrorDetail detail;
  detail.set_reason("FIELD_INVALID");
  detail.set_hint("leave it out");
  v1::RpcStatus rich;
  rich.add_details()->PackFrom(detail);
  const Response response = ConnectError(absl::InvalidArgumentError("page_size \xff"), rich.SerializeAsString());
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
  const auto json = nlohmann::json::parse(response.body);
  EXPECT_EQ(json["code"], "invalid_argument");
  EXPECT_EQ(json["details"][0]["type"], "mergegate.v1.ErrorDetail");
  EXPECT_EQ(json["details"][0]["debug"]["hint"], "leave it out");
  const std::string value = json["details"][0]["value"];
  EXPECT_EQ(value.find('='), std::string::npos);
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(value + std::string((4 - value.size() % 4) % 4, '='), &bytes));
  EXPECT_EQ(bytes, detail.SerializeAsString());
}

TEST(ConnectError, WithoutATokenTheAnswerSaysWhichKindIsWanted) {
  EXPECT_EQ(ConnectError(absl::UnauthenticatedError("no")).headers.Get("WWW-Authenticate"), "Bearer");
}

}  // namespace
}  // namespace mergegate::web
