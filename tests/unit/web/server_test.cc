// The server over real sockets, with limits so small that they are met at once.
#include "server/web/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <latch>
#include <stdexcept>
#include <thread>

#include "tests/support/status_matchers.h"

namespace mergegate::web {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A client that sends and reads bytes as they are.
class Client {
 public:
  explicit Client(const std::string& address, int receive_buffer = 0) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // Until the server closes.
  std::string ReadAll() {
    std::string all;
    char piece[4096];
    for (ssize_t n = 0; (n = recv(socket_, piece, sizeof piece, 0)) > 0;) all.append(piece, static_cast<size_t>(n));
    return all;
  }
  std::string ReadUntil(std::string_view end) {
    std::string all;
    char byte = 0;
    while (!all.ends_with(end) && recv(socket_, &byte, 1, 0) == 1) all += byte;
    return all;
  }

 private:
  const int socket_;
  bool connected_ = false;
};

class WebServer : public ::testing::Test {
 protected:
  void Start(std::vector<Route> routes, ServerOptions options = {}) {
    options.addresses = {"127.0.0.1:0"};
    auto server = Server::Start(std::move(routes), options, metrics_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  std::string address() const { return server_->addresses().at(0); }
  std::string Ask(const std::string& request) {
    Client client(address());
    client.Send(request);
    return client.ReadAll();
  }

  Metrics metrics_;
  std::unique_ptr<Server> server_;
};

std::string Get(const std::string& path, const std::string& more = "Connection: close\r\n") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

std::string Post(const std::string& path, const std::string& body, const std::string& more = "Connection: close\r\n") {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

Route Echo(Lane lane = Lane::kQuick) {
  return {.method = "POST",
          .pattern = "/echo/{word}",
          .serve = [](const Request& request) { return Text(200, request.variables.at("word") + request.body); },
          .max_body = 1000,
          .lane = lane};
}

Route Fixed(std::string pattern, std::function<Response(const Request&)> serve, Lane lane = Lane::kQuick) {
  return {.method = "GET", .pattern = std::move(pattern), .serve = std::move(serve), .lane = lane};
}

TEST_F(WebServer, ServesARouteInEveryLane) {
  for (const Lane lane : {Lane::kHere, Lane::kQuick, Lane::kCalls}) {
    Start({Echo(lane)});
    EXPECT_THAT(Ask(Post("/echo/a", "bc")),
                ::testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), ::testing::EndsWith("\r\n\r\nabc")));
  }
}

TEST_F(WebServer, AnswersARequestInPiecesAndSeveralInOnePiece) {
  Start({Echo()});
  Client client(address());
  for (const char c : Post("/echo/1", "x", "")) ASSERT_TRUE(client.Send(std::string(1, c)));
  ASSERT_TRUE(client.Send(Post("/echo/2", "y", "") + Post("/echo/3", "") + "garbage"));
  const std::string all = client.ReadAll();
  const size_t first = all.find("1x"), second = all.find("2y"), third = all.find("\r\n\r\n3");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, all.npos);
  EXPECT_THAT(all, ::testing::Not(HasSubstr("400")));  // the third said that it was the last
}

TEST_F(WebServer, HeadHasTheHeaderOfGetAlone) {
  Start({Fixed("/", [](const Request&) { return Text(200, "12345"); })});
  const std::string answer = Ask("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(WebServer, ASlowHeaderIs408AndASlowBodyToo) {
  Start({Echo()}, {.limits = {.header_time = absl::Milliseconds(50), .body_time = absl::Milliseconds(50)}});
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHos"), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(Ask("POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"), StartsWith("HTTP/1.1 408"));
}

TEST_F(WebServer, WhoSaysNothingIsLeftWithoutAWord) {
  Start({Echo()}, {.limits = {.header_time = absl::Milliseconds(50)}});
  EXPECT_EQ(Ask(""), "");
}

TEST_F(WebServer, WhoNeverReadsIsCutOff) {
  const std::string large(64 << 20, 'x');
  Start({Fixed("/large", [&](const Request&) { return Text(200, large); })},
        {.limits = {.answer_time = absl::Milliseconds(100)}});
  Client client(address(), /*receive_buffer=*/4096);
  ASSERT_TRUE(client.Send(Get("/large")));
  while (metrics_.Get(Counter::kHttpRequests, {"/large", "200"}) == 0) std::this_thread::yield();
  while (server_->connections() > 0) std::this_thread::yield();
}

TEST_F(WebServer, WhatIsTooLargeIsRefusedBeforeItIsRead) {
  Start({Echo()}, {.limits = {.header_bytes = 1000}});
  EXPECT_THAT(Ask("POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask("POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      Ask("POST /echo/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x')),
      StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask(Get("/", "X: " + std::string(2000, 'x') + "\r\n")), StartsWith("HTTP/1.1 431"));
}

TEST_F(WebServer, AllBodiesTogetherHaveABound) {
  Start({Echo()}, {.limits = {.bodies_bytes = 500}});
  EXPECT_THAT(Ask(Post("/echo/a", std::string(400, 'x'))), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Ask(Post("/echo/a", std::string(600, 'x'))), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Ask(Post("/echo/a", std::string(400, 'x'))), StartsWith("HTTP/1.1 200"));  // given back
}

TEST_F(WebServer, WhatIsNoHttpIsToldSo) {
  Start({Echo()});
  EXPECT_THAT(Ask("\x16\x03\x01\x02\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ::testing::AllOf(StartsWith("HTTP/1.1 505"), HasSubstr("gRPC")));
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));  // no Host
  EXPECT_THAT(Ask("POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Ask("POST /echo/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
              StartsWith("HTTP/1.1 400"));
}

TEST_F(WebServer, ABodyIsAskedForWhereTheClientWaits) {
  Start({Echo()});
  Client client(address());
  ASSERT_TRUE(
      client.Send("POST /echo/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
                  "Content-Length: 2\r\n\r\n"));
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.Send("bc"));
  EXPECT_THAT(client.ReadAll(), ::testing::EndsWith("abc"));
}

TEST_F(WebServer, ADefectIs500AndTheServerGoesOn) {
  Start({Fixed("/", [](const Request&) -> Response { throw std::runtime_error("secret"); })});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Ask(Get("/")), ::testing::AllOf(StartsWith("HTTP/1.1 500"), ::testing::Not(HasSubstr("secret"))));
  }
}

TEST_F(WebServer, AnAnswersHeaderStaysOneLineEach) {
  Start({Fixed("/", [](const Request&) { return Response{.headers = {{"X", "a\r\nSet-Cookie: b"}}, .body = ""}; })});
  EXPECT_THAT(Ask(Get("/")), HasSubstr("X: a  Set-Cookie: b\r\n"));
}

TEST_F(WebServer, AFullLaneIs503) {
  const auto empty = [](const Request&) { return Text(200, ""); };
  Start({Fixed("/calls", empty, Lane::kCalls), Fixed("/here", empty, Lane::kHere)}, {.waiting = 0});
  EXPECT_THAT(Ask(Get("/calls")), ::testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: 1")));
  EXPECT_THAT(Ask(Get("/here")), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebServer, DrainingLetsWhatIsUnderWayFinishAndNobodyIn) {
  std::latch entered(1), leave(1);
  Start({Fixed("/slow", [&](const Request&) {
    entered.count_down();
    leave.wait();
    return Text(200, "done");
  })});
  const std::string at = address();
  Client idle(at), busy(at);
  ASSERT_TRUE(busy.Send(Get("/slow", "")));
  entered.wait();
  std::thread draining([&] { server_->Drain(absl::InfiniteDuration()); });
  EXPECT_EQ(idle.ReadAll(), "");
  EXPECT_FALSE(Client(at).connected());
  leave.count_down();
  EXPECT_THAT(busy.ReadAll(), ::testing::AllOf(HasSubstr("Connection: close"), ::testing::EndsWith("done")));
  draining.join();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(WebServer, AFullHouseMakesRoomForWhoComes) {
  Start({Echo()}, {.limits = {.connections = {.all = 2, .by_peer = 1}}});  // this machine's are not counted by peer
  Client first(address()), second(address());
  EXPECT_THAT(Ask(Post("/echo/a", "")), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(first.ReadAll(), "");
}

TEST(ServerStart, AnAddressThatIsNoneOrTakenIsNamed) {
  Metrics metrics;
  for (const char* bad : {"127.0.0.1", "127.0.0.1:x", "nowhere.example:80", "127.0.0.1:99999", ""}) {
    const absl::Status status = Server::Start({}, {.addresses = {bad}}, metrics).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad));
  }
  const auto first = Server::Start({}, {.addresses = {"127.0.0.1:0"}}, metrics);
  ASSERT_TRUE(first.ok());
  const std::string taken = (*first)->addresses().at(0);
  const absl::Status status = Server::Start({}, {.addresses = {taken}}, metrics).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(taken));
}

}  // namespace
}  // namespace mergegate::web
