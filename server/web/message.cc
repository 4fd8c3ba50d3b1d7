#include "server/web/message.h"

#include <algorithm>

#include "server/base/secret.h"

namespace mergegate::web {
namespace {

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::optional<Target> SplitTarget(std::string_view target) {
  if (target == "*") return Target{.path = "*", .query = ""};
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!SameIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(std::min(target.find_first_of("/?", scheme.size()), target.size()));
    if (target.empty()) return Target{.path = "/", .query = ""};
    if (target[0] == '?') return Target{.path = "/", .query = std::string(target.substr(1))};
  }
  if (!target.starts_with('/')) return std::nullopt;
  const size_t mark = target.find('?');
  return Target{.path = std::string(target.substr(0, mark)),
                .query = std::string(mark == target.npos ? "" : target.substr(mark + 1))};
}

std::optional<Response> RefusalOf(unsigned version, const Headers& headers) {
  if (version == 11 && headers.Count("Host") != 1) return Problem(400, "exactly one Host is needed");
  if (headers.Count("Transfer-Encoding") > 0) {
    // Anything else is read in one way here and in another by some proxy.
    if (version != 11) return Problem(400, "HTTP/1.0 knows no Transfer-Encoding");
    if (!SameIgnoringCase(headers.Get("Transfer-Encoding"), "chunked")) {
      return Problem(501, "the only Transfer-Encoding taken is chunked");
    }
  }
  const std::string_view expected = headers.Get("Expect");
  if (!expected.empty() && !SameIgnoringCase(expected, "100-continue")) {
    return Problem(417, "the only Expect met is 100-continue");
  }
  return std::nullopt;
}

std::string RequestId(std::string_view given) {
  if (!given.empty() && given.size() <= 64 && std::ranges::all_of(given, IsWordCharacter)) return std::string(given);
  return RandomHex(8);
}

std::string Printable(std::string_view text, size_t most) {
  std::string shown(text.substr(0, most));
  std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  if (text.size() > most) shown += "...";
  return shown;
}

}  // namespace mergegate::web
