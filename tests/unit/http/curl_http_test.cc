// The HTTP client against a server of some lines on the loopback.
#include "server/http/curl_http.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace mergegate::http {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Answers each connection with what `answer` makes of the request's head, then closes it.
class OneShotServer {
 public:
  explicit OneShotServer(std::function<std::string(const std::string& request)> answer) : answer_(std::move(answer)) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = absl::StrCat("http://127.0.0.1:", ntohs(address.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~OneShotServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  const std::string& url() const { return url_; }
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Serve() {
    while (true) {
      const int connection = accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      std::string request(1 << 16, '\0');
      request.resize(static_cast<size_t>(std::max<ssize_t>(read(connection, request.data(), request.size()), 0)));
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const std::string answer = answer_(request);
      for (size_t sent = 0; sent < answer.size();) {
        const ssize_t n = send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<size_t>(n);
      }
      if (answer.empty()) {
        char byte;
        static_cast<void>(!read(connection, &byte, 1));  // until the client gives up
      }
      close(connection);
    }
  }

  const std::function<std::string(const std::string&)> answer_;
  int socket_ = -1;
  std::string url_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string Answer(const std::string& status, const std::string& headers, const std::string& body) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nConnection: close\r\nContent-Length: ", body.size(), "\r\n", headers,
                      "\r\n", body);
}

TEST(CurlHttpTest, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
  OneShotServer server([](const std::string&) { return Answer("422 No", "Retry-After: 7\r\n", "{\"a\":1}"); });
  CurlHttp http({server.url()}, "mergegate/test");
  const auto response = http.Send(
      {.method = "PATCH", .url = server.url() + "/a?b=c", .headers = {{"X-One", "1"}}, .body = "{\"x\":\"y\"}"});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 422);
  EXPECT_EQ(response->body, "{\"a\":1}");
  EXPECT_EQ(response->Header("retry-after"), "7");
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_THAT(server.requests()[0], ::testing::StartsWith("PATCH /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[0], HasSubstr("X-One: 1\r\n"));
  EXPECT_THAT(server.requests()[0], HasSubstr("User-Agent: mergegate/test\r\n"));
  EXPECT_THAT(server.requests()[0], HasSubstr("{\"x\":\"y\"}"));
}

TEST(CurlHttpTest, TalksToConfiguredPlacesOnly) {
  OneShotServer server([](const std::string&) { return Answer("200 OK", "", ""); });
  CurlHttp http({"https://api.github.com"}, "t");
  EXPECT_THAT(http.Send({.url = server.url() + "/secret-path"}),
              StatusIs(absl::StatusCode::kPermissionDenied, Not(HasSubstr("secret-path"))));
  EXPECT_THAT(http.Send({.url = "file:///etc/passwd"}), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(http.Send({.url = "https://api.github.com@evil.example/"}),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlHttpTest, FollowsARedirectWithinItsOriginWithTheSameRequest) {
  OneShotServer server([](const std::string& request) {
    return request.starts_with("POST /old ") ? Answer("307 Moved", "Location: /new\r\n", "")
                                             : Answer("201 Made", "", "x");
  });
  CurlHttp http({server.url()}, "t");
  const auto response = http.Send({.method = "POST", .url = server.url() + "/old", .body = "content"});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 201);
  EXPECT_THAT(server.requests().back(), ::testing::StartsWith("POST /new "));
  EXPECT_THAT(server.requests().back(), HasSubstr("content"));
}

TEST(CurlHttpTest, DoesNotFollowARedirectToAnotherHost) {
  OneShotServer other([](const std::string&) { return Answer("200 OK", "", ""); });
  OneShotServer server([&](const std::string&) {
    return Answer("302 Found", absl::StrCat("Location: ", other.url(), "/steal\r\n"), "");
  });
  // Even where the other one is configured, too: it must not get this one's token.
  CurlHttp http({server.url(), other.url()}, "t");
  EXPECT_THAT(http.Send({.url = server.url() + "/"}), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(other.requests().empty());
}

TEST(CurlHttpTest, EndsAtItsTimeAndAtTheBoundOfTheAnswer) {
  OneShotServer silent([](const std::string&) { return ""; });
  CurlHttp http({silent.url()}, "t");
  EXPECT_THAT(http.Send({.url = silent.url() + "/", .timeout = absl::Milliseconds(200)}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(silent.url())));
  OneShotServer large([](const std::string&) { return Answer("200 OK", "", std::string(17 << 20, 'x')); });
  CurlHttp other({large.url()}, "t");
  EXPECT_THAT(other.Send({.url = large.url() + "/"}), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(CurlHttpTest, ASecretThatComesBackIsNotSeen) {
  OneShotServer server([](const std::string&) { return Answer("401 No", "", "bad token ghs_secret!"); });
  CurlHttp http({server.url()}, "t");
  const auto response = http.Send({.url = server.url() + "/", .secrets = {"ghs_secret"}});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "bad token ***!");
}

TEST(OriginOfTest, IsSchemeHostAndUnusualPort) {
  EXPECT_EQ(OriginOf("https://API.github.com:443/repos?a"), "https://api.github.com");
  EXPECT_EQ(OriginOf("http://127.0.0.1:4010/x"), "http://127.0.0.1:4010");
  EXPECT_EQ(OriginOf("https://user:pw@example.org/"), "");
  EXPECT_EQ(OriginOf("gopher://example.org/"), "");
  EXPECT_EQ(OriginOf(""), "");
}

}  // namespace
}  // namespace mergegate::http
