#include "server/web/router.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mergegate::web {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What stands before the next slash; `rest` is cut behind it.
std::string_view NextPart(std::string_view& rest) {
  const size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest.remove_prefix(slash == rest.npos ? rest.size() : slash + 1);
  return part;
}

bool HasVariables(const Route& route) { return route.pattern.find('{') != std::string::npos; }

// nullopt: the pattern does not mean this path.
std::optional<std::map<std::string, std::string, std::less<>>> Variables(std::string_view pattern,
                                                                         std::string_view path) {
  if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return std::nullopt;
  std::map<std::string, std::string, std::less<>> found;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view wanted = NextPart(pattern);
    const std::string_view part = NextPart(path);
    if (!wanted.starts_with('{')) {
      if (wanted != part) return std::nullopt;
      continue;
    }
    std::optional<std::string> value = DecodePercent(part);
    if (!value || value->empty()) return std::nullopt;
    found[std::string(wanted.substr(1, wanted.size() - 2))] = *std::move(value);
  }
  return found;
}

}  // namespace

std::optional<std::string> DecodePercent(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

Router::Router(std::vector<Route> routes) {
  for (const bool with_variables : {false, true}) {
    std::ranges::copy_if(routes, std::back_inserter(routes_),
                         [&](const Route& route) { return HasVariables(route) == with_variables; });
  }
}

Match Router::Find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  std::set<std::string> allowed;
  for (const Route& route : routes_) {
    auto variables = Variables(route.pattern, path);
    if (!variables) continue;
    if (route.method == wanted) return {.route = &route, .variables = *std::move(variables), .refusal = {}};
    allowed.insert(route.method);
    if (route.method == "GET") allowed.insert("HEAD");
  }
  if (allowed.empty()) {
    return {.route = nullptr, .variables = {}, .refusal = Problem(404, "there is nothing at this path")};
  }
  allowed.insert("OPTIONS");
  const std::string list = absl::StrJoin(allowed, ", ");
  Response refusal = method == "OPTIONS" ? Response{.status = 204, .headers = {}, .body = ""}
                                         : Problem(405, absl::StrCat("this path takes ", list));
  refusal.headers.Add("Allow", list);
  return {.route = nullptr, .variables = {}, .refusal = std::move(refusal)};
}

}  // namespace mergegate::web
