#include "server/web/http.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mergegate::web {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool SameIgnoringCase(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, Lower, Lower); }

std::string_view Headers::Get(std::string_view name) const {
  const auto it = std::ranges::find_if(fields_, [&](const auto& field) { return SameIgnoringCase(field.first, name); });
  return it == fields_.end() ? std::string_view() : Trimmed(it->second);
}

size_t Headers::Count(std::string_view name) const {
  return static_cast<size_t>(
      std::ranges::count_if(fields_, [&](const auto& field) { return SameIgnoringCase(field.first, name); }));
}

Response Text(int status, std::string body) {
  return {.status = status, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = std::move(body)};
}

Response Json(int status, std::string body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

Response Problem(int status, std::string_view detail, std::string_view hint) {
  // No type: RFC 9457 then means "about:blank", a problem that its status says all about.
  nlohmann::ordered_json body = {{"title", ReasonPhrase(status)}, {"status", status}, {"detail", detail}};
  if (!hint.empty()) body["hint"] = hint;
  // What a caller sent may be quoted in it and need not be UTF-8.
  return {.status = status,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace mergegate::web
