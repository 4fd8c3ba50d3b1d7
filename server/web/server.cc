#include "server/web/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <exception>
#include <latch>
#include <thread>

#include "server/base/status_macros.h"
#include "server/web/certificates.h"
#include "server/web/connection.h"

namespace mergegate::web {
namespace {

namespace asio = boost::asio;
using boost::beast::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Strand>;

constexpr int kIoThreads = 2;
constexpr int kBacklog = 1024;
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);

absl::StatusOr<asio::ip::tcp::endpoint> ParseAddress(const std::string& text) {
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("HTTP address \"", text, "\": write an IP address and a port, as 127.0.0.1:7481 or [::1]:7481"));
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return bad;
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  error_code ignored;
  const asio::ip::address address = asio::ip::make_address(host, ignored);
  if (ignored || error != std::errc() || stop != end) return bad;
  return asio::ip::tcp::endpoint(address, port);
}

// Whom connections are counted under: an IPv4 address, or the network that one IPv6 customer has. This machine's own
// are not counted, since a proxy brings everybody's.
std::string CountedAs(const asio::ip::address& address) {
  if (address.is_loopback()) return "";
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

asio::ip::address Plain(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

// Header values are one line, whoever made them.
std::string OneLine(std::string value) {
  std::ranges::replace_if(value, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return value;
}

class BeastServer final : public Server {
 public:
  BeastServer(std::vector<Route> routes, const ServerOptions& options, size_t largest_body, Metrics& metrics)
      : house_{.router = Router(std::move(routes)),
               .limits = options.limits,
               .largest_body = largest_body,
               .origins = options.origins,
               .metrics = metrics,
               .guests = Guests(options.limits.connections),
               .quick = WorkQueue(options.quick_threads, options.waiting),
               .calls = WorkQueue(options.call_threads, options.waiting)} {}

  ~BeastServer() override {
    Drain(absl::ZeroDuration());
    house_.quick.Stop();
    house_.calls.Stop();
    work_.reset();
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status Listen(const std::vector<std::string>& addresses, const TlsFiles& tls) {
    if (tls.on()) {
      certificates_.emplace(tls);
      RETURN_IF_ERROR(certificates_->Load());
    }
    for (const std::string& text : addresses) {
      ASSIGN_OR_RETURN(const asio::ip::tcp::endpoint endpoint, ParseAddress(text));
      auto acceptor = std::make_shared<Acceptor>(asio::make_strand(io_.get_executor()));
      error_code error;
      acceptor->open(endpoint.protocol(), error);
      if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
      if (!error) acceptor->bind(endpoint, error);
      if (!error) acceptor->listen(kBacklog, error);
      if (error) {
        return absl::UnavailableError(absl::StrCat("cannot listen on ", text, ": ", error.message(),
                                                   "; is another server running there? Choose one with --http"));
      }
      acceptors_.push_back(std::move(acceptor));
    }
    for (const auto& acceptor : acceptors_) Accept(acceptor);
    for (int i = 0; i < kIoThreads; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  std::vector<std::string> addresses() const override {
    std::vector<std::string> all;
    for (const auto& acceptor : acceptors_) {
      error_code ignored;
      const auto endpoint = acceptor->local_endpoint(ignored);
      const std::string host = endpoint.address().to_string();
      all.push_back(absl::StrCat(endpoint.address().is_v6() ? "[" + host + "]" : host, ":", endpoint.port()));
    }
    return all;
  }

  size_t connections() const override { return house_.guests.size(); }
  size_t under_way() const override { return house_.guests.served(); }

  void Drain(absl::Duration grace) override {
    std::latch closed(threads_.empty() ? 0 : static_cast<std::ptrdiff_t>(acceptors_.size()));
    for (const auto& acceptor : acceptors_) {
      asio::post(acceptor->get_executor(), [acceptor, &closed] {
        error_code ignored;
        acceptor->close(ignored);
        closed.count_down();
      });
    }
    closed.wait();
    house_.guests.Close(grace);
  }

 private:
  void Accept(const std::shared_ptr<Acceptor>& acceptor) {
    acceptor->async_accept(asio::make_strand(io_.get_executor()), [this, acceptor](error_code error, Socket socket) {
      if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) return;
      if (!error) {
        Welcome(std::move(socket));
        return Accept(acceptor);
      }
      // Out of file descriptors, most likely: some will be free in a moment.
      spdlog::warn("http: cannot accept a connection: {}", error.message());
      const auto pause = std::make_shared<asio::steady_timer>(io_, absl::ToChronoNanoseconds(kAcceptPause));
      pause->async_wait(asio::bind_executor(acceptor->get_executor(), [this, acceptor, pause](error_code) {
        if (acceptor->is_open()) Accept(acceptor);
      }));
    });
  }

  void Welcome(Socket socket) {
    error_code error;
    const asio::ip::address peer = Plain(socket.remote_endpoint(error).address());
    if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
    if (error) return;  // it left already
    certificates_ ? Admit<TlsStream>(peer, std::move(socket), *certificates_->Current())
                  : Admit<Socket>(peer, std::move(socket));
  }

  template <typename Stream, typename... More>
  void Admit(const asio::ip::address& peer, Socket socket, More&... more) {
    const auto connection = std::make_shared<Connection<Stream>>(house_, peer.to_string(), std::move(socket), more...);
    const auto ticket = house_.guests.Enter(CountedAs(peer), [weak = std::weak_ptr(connection)] {
      if (const auto guest = weak.lock()) guest->Close();
    });
    if (!ticket.ok()) {
      house_.metrics.Count(Counter::kHttpConnectionsRefused);
      return;
    }
    connection->Start(*ticket);
  }

  House house_;  // outlives the connections, which `io_` holds
  asio::io_context io_{kIoThreads};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::optional<Certificates> certificates_;
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
  std::vector<std::thread> threads_;
};

}  // namespace

boost::beast::http::response<boost::beast::http::string_body> ToBeast(Response response, const std::string& id,
                                                                      bool head_only) {
  namespace http = boost::beast::http;
  http::response<http::string_body> message;
  message.result(static_cast<unsigned>(response.status));
  message.reason(boost::beast::string_view(ReasonPhrase(response.status).data(), ReasonPhrase(response.status).size()));
  message.set(http::field::date, absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()));
  message.set("X-Request-Id", id);
  message.set("X-Content-Type-Options", "nosniff");
  message.set(http::field::cache_control, "no-store");
  for (const auto& [name, value] : response.headers) {
    if (SameIgnoringCase(name, "Cache-Control")) {
      message.set(http::field::cache_control, OneLine(value));
    } else {
      message.insert(name, OneLine(value));
    }
  }
  if (response.status >= 200 && response.status != 204 && response.status != 304) {
    message.content_length(response.body.size());
    if (!head_only) message.body() = std::move(response.body);
  }
  return message;
}

Response Served(const Route& route, const Request& request) {
  try {
    return route.serve(request);
  } catch (const std::exception& exception) {
    spdlog::error("http {} {}: {}", request.id, route.pattern, exception.what());
    return Problem(500, absl::StrCat("this is a defect of the server; its log tells more under ", request.id));
  }
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(std::vector<Route> routes, const ServerOptions& options,
                                                      Metrics& metrics) {
  size_t largest = 0;
  for (const Route& route : routes) largest = std::max(largest, route.max_body);
  auto server = std::make_unique<BeastServer>(std::move(routes), options, largest, metrics);
  RETURN_IF_ERROR(server->Listen(options.addresses, options.tls));
  return server;
}

}  // namespace mergegate::web
