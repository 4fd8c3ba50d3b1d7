// What goes in and out over HTTP, without any of Beast: the server (server.h) turns bytes into these and back, so a
// route is a plain function that a test can call.
//
//   web::Route hook{.method = "POST",
//                   .pattern = "/hooks/{host}/{installation}",
//                   .serve = [&](const web::Request& request) -> web::Response {
//                     if (!Signed(request.headers.Get("X-Hub-Signature-256"), request.body)) {
//                       return web::Problem(401, "the signature does not fit", "set the same secret at both ends");
//                     }
//                     return {.status = 202};
//                   },
//                   .max_body = 25 << 20};
//
// Ownership: values. Thread safety: plain structs; `Route::serve` is called from many threads at once.
#ifndef MERGEGATE_SERVER_WEB_HTTP_H_
#define MERGEGATE_SERVER_WEB_HTTP_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace mergegate::web {

// Fields of a header in the order in which they came. Names are compared without regard to case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void Add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  // The first of that name, without blanks around it; "" when there is none.
  std::string_view Get(std::string_view name) const;
  size_t Count(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method;  // "POST"; HEAD comes as GET, and its answer's body is left out
  std::string path;    // as sent, without the query: "/hooks/github/42"
  std::string query;   // as sent, without "?"
  Headers headers;
  std::string body;  // the very bytes, still compressed where Content-Encoding says so
  std::string peer;  // address of the other end, without port: "192.0.2.7", "::1"
  std::string id;    // for logs; X-Request-Id of the caller where that is a plain word
  absl::Time received;
  std::map<std::string, std::string, std::less<>> variables;  // of the pattern, decoded: {"host", "github"}
};

struct Response {
  int status = 200;
  Headers headers;  // Content-Length, Date, X-Request-Id and the like are added when it is sent
  std::string body;
};

// Which threads serve a route; a lane that is full answers 503, so that none starves another.
enum class Lane {
  kHere,   // the thread that reads sockets: for what takes microseconds and never blocks
  kQuick,  // what takes milliseconds: a hook, a page
  kCalls,  // what may take as long as its caller waits: calls of the service
};

struct Route {
  std::string method;   // "GET" answers HEAD too; OPTIONS is answered from the table
  std::string pattern;  // "/hooks/{host}/{installation}": a variable stands for one part that is not empty
  std::function<Response(const Request&)> serve;
  size_t max_body = 1 << 20;  // bytes, as sent; more is answered 413
  Lane lane = Lane::kQuick;
  bool logged = true;  // false: only failures leave a line in the log
};

Response Text(int status, std::string body);
Response Json(int status, std::string body);
// An error as RFC 9457 wants it: title is the status' own, `detail` says what is wrong, `hint` (may be empty) what to
// do.
Response Problem(int status, std::string_view detail, std::string_view hint = "");

// "Not Found" for 404; "" for what is no status.
std::string_view ReasonPhrase(int status);

bool SameIgnoringCase(std::string_view a, std::string_view b);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_HTTP_H_
