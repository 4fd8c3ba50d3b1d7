// What strangers send over HTTP beside what Beast reads: targets, paths, queries, headers, gzip, Connect's GET.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/web/connect_request.h"
#include "server/web/message.h"
#include "server/web/router.h"

namespace mergegate::web {
namespace {

void Must(bool holds) {
  if (!holds) std::abort();
}

void Examine(std::string_view input) {
  static const Router router({{.method = "POST", .pattern = "/hooks/{host}/{installation}", .serve = {}},
                              {.method = "GET", .pattern = "/healthz", .serve = {}}});
  constexpr size_t kMost = 1 << 16;
  const size_t line = std::min(input.find('\n'), input.size());
  const std::string_view first = input.substr(0, line);
  const std::string_view rest = input.substr(std::min(line + 1, input.size()));

  if (const auto target = SplitTarget(first)) {
    const Match match = router.Find("POST", target->path);
    Must(match.route == nullptr ? match.refusal.status >= 204 : match.variables.size() == 2);
    Request request{.method = "GET", .path = target->path, .query = target->query};
    if (const auto call = ReadConnectCall(request, kMost); call.ok())
      Must(call->message.size() <= input.size() + kMost);
  }
  Must(Printable(first).find_first_of("\r\n\x1b") == std::string::npos);
  Must(!RequestId(first).empty());
  CodecOf(first);
  Request request{.method = "POST",
                  .path = "/",
                  .query = "",
                  .headers = {{"Content-Encoding", "gzip"}, {"Connect-Timeout-Ms", std::string(first)}},
                  .body = std::string(rest)};
  if (const auto call = ReadConnectCall(request, kMost); call.ok()) {
    Must(call->message.size() <= kMost && call->timeout <= kLongestCall);
  }
  RefusalOf(11, {{"Host", std::string(first)}, {"Transfer-Encoding", std::string(rest)}});
}

}  // namespace
}  // namespace mergegate::web

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mergegate::web::Examine(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
