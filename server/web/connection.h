// One HTTP connection over a plain or a TLS stream. Beast lives here and in server.cc, nowhere else.
//
// Everything but `Route::serve` happens on the connection's strand; a deadline is set before each wait, and passing it
// cancels the wait. The connection keeps itself alive while it waits, and leaves the guests' book when it ends.
#ifndef MERGEGATE_SERVER_WEB_CONNECTION_H_
#define MERGEGATE_SERVER_WEB_CONNECTION_H_

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/metrics.h"
#include "server/web/cors.h"
#include "server/web/guests.h"
#include "server/web/http.h"
#include "server/web/message.h"
#include "server/web/record.h"
#include "server/web/router.h"
#include "server/web/server.h"
#include "server/web/work_queue.h"

namespace mergegate::web {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
using TlsStream = boost::asio::ssl::stream<Socket>;

// What all connections share; outlives them.
struct House {
  const Router router;
  const ServerLimits limits;
  const size_t largest_body;  // of all routes
  const std::vector<std::string> origins;
  Metrics& metrics;
  Guests guests;
  WorkQueue quick;
  WorkQueue calls;
  std::atomic<size_t> bodies_bytes = 0;
};

inline Response TooLarge(size_t most) { return Problem(413, absl::StrCat("a body may have ", most, " bytes here")); }

inline Response Busy(std::string_view why) {
  Response response = Problem(503, why, "try again in a second");
  response.headers.Add("Retry-After", "1");
  return response;
}

// As Beast sends it, with what every answer carries.
boost::beast::http::response<boost::beast::http::string_body> ToBeast(Response response, const std::string& id,
                                                                      bool head_only);

// What the route answers; 500 where it throws.
Response Served(const Route& route, const Request& request);

template <typename Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
 public:
  // `more`: what the stream is made of beside the socket.
  template <typename... More>
  Connection(House& house, std::string peer, Socket socket, More&... more)
      : house_(house), peer_(std::move(peer)), stream_(std::move(socket), more...), timer_(lowest().get_executor()) {}

  ~Connection() {
    ReleaseBody();
    if (ticket_ != 0) house_.guests.Leave(ticket_);
  }

  // From outside of the strand.
  void Close() {
    boost::asio::post(lowest().get_executor(), [self = this->shared_from_this()] { self->CloseSocket(); });
  }

  void Start(Guests::Ticket ticket) {
    boost::asio::post(lowest().get_executor(), [self = this->shared_from_this(), ticket] {
      self->ticket_ = ticket;
      if constexpr (kTls) {
        self->SetDeadline(self->house_.limits.header_time);
        self->stream_.async_handshake(boost::asio::ssl::stream_base::server,
                                      self->Then([](Connection& me, Error error) {
                                        if (!error) me.AwaitRequest(me.house_.limits.header_time);
                                      }));
      } else {
        self->AwaitRequest(self->house_.limits.header_time);
      }
    });
  }

 private:
  using Error = boost::beast::error_code;
  using HttpError = boost::beast::http::error;
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  auto& lowest() { return boost::beast::get_lowest_layer(stream_); }

  // A completion that keeps the connection alive: calls `step` with it and the error.
  template <typename Step>
  auto Then(Step step) {
    return [self = this->shared_from_this(), step](Error error, size_t = 0) { step(*self, error); };
  }

  // Cancels what is waited for when it is not done in time; `timed_out_` then tells why.
  void SetDeadline(absl::Duration time) {
    timed_out_ = false;
    timer_.expires_after(absl::ToChronoNanoseconds(time));
    timer_.async_wait([weak = this->weak_from_this(), deadline = ++deadline_](Error error) {
      const auto self = weak.lock();
      if (error || self == nullptr || deadline != self->deadline_) return;
      self->timed_out_ = true;
      Error ignored;
      self->lowest().cancel(ignored);
    });
  }

  void AwaitRequest(absl::Duration time) {
    ReleaseBody();
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(house_.limits.header_bytes));
    parser_->body_limit(house_.largest_body);
    request_ = {};
    answer_ = {};
    route_ = nullptr;
    head_only_ = false;
    if (buffer_.size() > 0) return ReadHeader();  // it came along with the last one
    if (!house_.guests.Set(ticket_, Guests::State::kIdle)) return CloseSocket();
    buffer_.shrink_to_fit();
    SetDeadline(time);
    stream_.async_read_some(buffer_.prepare(kFirstRead), [self = this->shared_from_this()](Error error, size_t bytes) {
      if (error) return self->CloseSocket();
      self->buffer_.commit(bytes);
      self->ReadHeader();
    });
  }

  void ReadHeader() {
    if (!house_.guests.Set(ticket_, Guests::State::kInTransit)) return CloseSocket();
    request_.received = absl::Now();
    SetDeadline(house_.limits.header_time);
    boost::beast::http::async_read_header(stream_, buffer_, *parser_, Then([](Connection& me, Error error) {
                                            error ? me.RefuseHeader(error) : me.OnHeader();
                                          }));
  }

  void RefuseHeader(Error error) {
    request_.id = RequestId("");
    request_.peer = peer_;
    if (timed_out_) return Refuse(Problem(408, "the header took too long"));
    if (error == HttpError::header_limit || error == HttpError::buffer_overflow) {
      return Refuse(Problem(431, absl::StrCat("the header is longer than ", house_.limits.header_bytes, " bytes")));
    }
    if (error == HttpError::body_limit) return Refuse(TooLarge(house_.largest_body));  // Content-Length says so
    if (error == HttpError::bad_version) {
      return Refuse(Problem(505, "this port speaks HTTP/1.1", "gRPC has a port of its own: --listen of mergegated"));
    }
    if (error.category() != make_error_code(HttpError::bad_method).category() || error == HttpError::end_of_stream ||
        error == HttpError::partial_message) {
      return CloseSocket();  // the other end left
    }
    Refuse(Problem(400, absl::StrCat("this is no HTTP/1.1: ", error.message())));
  }

  void OnHeader() {
    const auto& header = parser_->get();
    for (const auto& field : header) {
      request_.headers.Add(std::string(field.name_string()), std::string(field.value()));
    }
    request_.method = std::string(header.method_string());
    request_.peer = peer_;
    request_.id = RequestId(request_.headers.Get("X-Request-Id"));
    head_only_ = request_.method == "HEAD";
    std::optional<Target> target = SplitTarget(std::string_view(header.target().data(), header.target().size()));
    if (!target) return Refuse(Problem(400, "the target is no path"));
    request_.path = std::move(target->path);
    request_.query = std::move(target->query);
    if (auto refusal = RefusalOf(header.version(), request_.headers)) return Refuse(*std::move(refusal));
    Match match = house_.router.Find(request_.method, request_.path);
    // Such an answer ends the connection where a body would have to be read first.
    if (match.route == nullptr) return Send(std::move(match.refusal));
    route_ = match.route;
    request_.variables = std::move(match.variables);
    if (head_only_) request_.method = "GET";
    if (parser_->content_length().value_or(0) > route_->max_body) return Refuse(TooLarge(route_->max_body));
    if (parser_->is_done() || !request_.headers.Count("Expect") || buffer_.size() > 0) return ReadBody();
    SetDeadline(house_.limits.body_time);
    boost::asio::async_write(stream_, boost::asio::buffer(kContinue),
                             Then([](Connection& me, Error error) { error ? me.CloseSocket() : me.ReadBody(); }));
  }

  void ReadBody() {
    if (parser_->is_done()) return Dispatch();
    SetDeadline(house_.limits.body_time);
    buffer_.reserve(kBodyRead);
    ReadMoreBody();
  }

  void ReadMoreBody() {
    boost::beast::http::async_read_some(stream_, buffer_, *parser_,
                                        Then([](Connection& me, Error error) { me.OnBody(error); }));
  }

  void OnBody(Error error) {
    const size_t size = parser_->get().body().size();
    const size_t all = house_.bodies_bytes += size - body_bytes_;
    body_bytes_ = size;
    if (error && timed_out_) return Refuse(Problem(408, "the body took too long"));
    if (error == HttpError::body_limit || size > route_->max_body) return Refuse(TooLarge(route_->max_body));
    if (error == HttpError::bad_chunk || error == HttpError::bad_chunk_extension) {
      return Refuse(Problem(400, absl::StrCat("the body is not well formed: ", error.message())));
    }
    if (error) return CloseSocket();
    if (all > house_.limits.bodies_bytes) return Refuse(Busy("the bodies of all requests need too much memory"));
    parser_->is_done() ? Dispatch() : ReadMoreBody();
  }

  void Dispatch() {
    request_.body = std::move(parser_->get().body());
    if (!house_.guests.Set(ticket_, Guests::State::kServed)) return CloseSocket();
    if (route_->lane == Lane::kHere) return Send(Served(*route_, request_));
    WorkQueue& queue = route_->lane == Lane::kQuick ? house_.quick : house_.calls;
    const bool taken = queue.Try([self = this->shared_from_this()] {
      boost::asio::post(
          self->lowest().get_executor(),
          [self, response = Served(*self->route_, self->request_)]() mutable { self->Send(std::move(response)); });
    });
    if (!taken) Send(Busy("too many requests wait already"));
  }

  // An answer after which the bytes that follow cannot be told apart.
  void Refuse(Response response) {
    must_close_ = true;
    Send(std::move(response));
  }

  void Send(Response response) {
    must_close_ = must_close_ || !parser_->is_done() || !parser_->keep_alive() || house_.guests.closing() ||
                  !house_.guests.Set(ticket_, Guests::State::kInTransit);
    AddCors(request_.headers, request_.method, house_.origins, response);
    answer_ = ToBeast(std::move(response), request_.id, head_only_);
    answer_.version(parser_->is_header_done() ? parser_->get().version() : 11);
    answer_.keep_alive(!must_close_);
    SetDeadline(house_.limits.answer_time);
    boost::beast::http::async_write(stream_, answer_, Then([](Connection& me, Error error) {
                                      me.Account(error);
                                      me.ReleaseBody();  // before a goodbye that may take seconds
                                      if (error) return me.CloseSocket();
                                      me.must_close_ ? me.SayGoodbye() : me.AwaitRequest(me.house_.limits.idle_time);
                                    }));
  }

  void Account(Error error) {
    const absl::Duration time = absl::Now() - request_.received;
    Record(house_.metrics, {.request = request_,
                            .route = route_,
                            .head_only = head_only_,
                            .status = static_cast<int>(answer_.result_int()),
                            .time = time,
                            .taken = !error});
  }

  // The other end may still be sending; closing at once would make it lose the answer.
  void SayGoodbye() {
    if (!house_.guests.Set(ticket_, Guests::State::kIdle)) return CloseSocket();
    SetDeadline(house_.limits.linger_time);
    if constexpr (kTls) {
      stream_.async_shutdown(Then([](Connection& me, Error) {
        if (!me.timed_out_) me.Discard();
      }));
    } else {
      Error ignored;
      lowest().shutdown(Socket::shutdown_send, ignored);
      Discard();
    }
  }

  void Discard() {
    buffer_.clear();
    lowest().async_read_some(buffer_.prepare(kFirstRead), Then([](Connection& me, Error error) {
                               error || me.timed_out_ ? me.CloseSocket() : me.Discard();
                             }));
  }

  void CloseSocket() {
    Error ignored;
    timer_.cancel(ignored);
    lowest().close(ignored);
  }

  void ReleaseBody() {
    if (parser_) parser_->get().body() = {};
    request_.body = {};
    house_.bodies_bytes -= body_bytes_;
    body_bytes_ = 0;
  }

  static constexpr size_t kFirstRead = 2 << 10;
  static constexpr size_t kBodyRead = 64 << 10;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  House& house_;
  const std::string peer_;
  Guests::Ticket ticket_ = 0;
  Stream stream_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    Strand>
      timer_;
  uint64_t deadline_ = 0;
  bool timed_out_ = false;

  // Of the request that is under way.
  boost::beast::flat_buffer buffer_{128 << 10};
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  Request request_;
  const Route* route_ = nullptr;
  bool head_only_ = false;
  bool must_close_ = false;
  size_t body_bytes_ = 0;  // held of `house_.bodies_bytes`
  boost::beast::http::response<boost::beast::http::string_body> answer_;
};

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_CONNECTION_H_
