// The HTTP server: sockets, limits, threads, the log. What is served are routes (http.h).
//
//   ASSIGN_OR_RETURN(auto server, web::Server::Start(std::move(routes), {.addresses = {"127.0.0.1:7481"}}, metrics));
//   server->addresses();           // with the ports that were chosen, where 0 was asked for
//   server->Drain(absl::Seconds(5));
//
// Requests of one connection are served one after the other, in their order. Whoever is slow is bounded by time and
// number and holds no thread. Thread safety: Start and Drain from one thread. `metrics` and whatever routes refer to
// must outlive the server.
#ifndef MERGEGATE_SERVER_WEB_SERVER_H_
#define MERGEGATE_SERVER_WEB_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/metrics.h"
#include "server/base/tls_files.h"
#include "server/web/guests.h"
#include "server/web/http.h"

namespace mergegate::web {

struct ServerLimits {
  size_t header_bytes = 16 << 10;                  // more is answered 431
  absl::Duration header_time = absl::Seconds(10);  // from its first byte, or from the connection; then 408
  absl::Duration body_time = absl::Seconds(60);    // likewise
  absl::Duration answer_time = absl::Seconds(60);  // for the client to take the answer
  absl::Duration idle_time = absl::Seconds(75);    // between two requests
  absl::Duration linger_time = absl::Seconds(2);   // for the client to see why it is refused
  size_t bodies_bytes = 256 << 20;                 // of all requests at once; more is answered 503
  GuestLimits connections;                         // those of this machine are not counted by peer
};

struct ServerOptions {
  std::vector<std::string> addresses;     // "127.0.0.1:7481", "[::1]:7481", "0.0.0.0:0"
  TlsFiles tls = {};                      // on: every address speaks TLS; read again when the files change
  std::vector<std::string> origins = {};  // of pages that may call (cors.h)
  ServerLimits limits = {};
  int quick_threads = 4;
  int call_threads = 16;
  size_t waiting = 256;  // requests before each lane's threads; more are answered 503
};

class Server {
 public:
  virtual ~Server() = default;

  // kInvalidArgument for an address that is none and files of TLS that are not in order, kUnavailable for one that
  // cannot be bound; both name it.
  static absl::StatusOr<std::unique_ptr<Server>> Start(std::vector<Route> routes, const ServerOptions& options,
                                                       Metrics& metrics);

  virtual std::vector<std::string> addresses() const = 0;
  virtual size_t connections() const = 0;
  virtual size_t under_way() const = 0;  // requests that a route works on

  // No new connections; idle ones end, requests under way get `grace` to finish.
  virtual void Drain(absl::Duration grace) = 0;
};

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_SERVER_H_
