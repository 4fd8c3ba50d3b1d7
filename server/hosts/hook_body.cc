#include "server/hosts/hook_body.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/gzip.h"
#include "server/base/status_macros.h"

namespace mergegate::hosts {
namespace {

absl::Status TooLarge() {
  return absl::ResourceExhaustedError(absl::StrCat("the body is larger than ", kMaxHookBytes >> 20, " MiB"));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> UrlDecoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

absl::StatusOr<std::string> PayloadOf(std::string_view form) {
  while (!form.empty()) {
    const size_t end = std::min(form.find('&'), form.size());
    const std::string_view field = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (!field.starts_with("payload=")) continue;
    std::optional<std::string> payload = UrlDecoded(field.substr(8));
    if (!payload) return absl::InvalidArgumentError("the form's payload is not URL-encoded");
    return *std::move(payload);
  }
  return absl::InvalidArgumentError("the form has no field \"payload\"");
}

}  // namespace

absl::StatusOr<std::string> JsonOfBody(std::string_view body, std::string_view content_type,
                                       std::string_view content_encoding) {
  if (body.size() > kMaxHookBytes) return TooLarge();
  const std::string encoding = absl::AsciiStrToLower(std::string(content_encoding));
  std::string plain(body);
  if (encoding == "gzip" || encoding == "x-gzip") {
    ASSIGN_OR_RETURN(plain, Inflate(body, kMaxHookBytes));
  } else if (!encoding.empty() && encoding != "identity") {
    return absl::InvalidArgumentError("only gzip is known as a content encoding");
  }
  const std::string type = absl::AsciiStrToLower(std::string(content_type));
  if (type.starts_with("application/x-www-form-urlencoded")) return PayloadOf(plain);
  return plain;
}

}  // namespace mergegate::hosts
