#include "server/web/connect_request.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/gzip.h"
#include "server/base/status_macros.h"
#include "server/web/router.h"

namespace mergegate::web {
namespace {

absl::StatusOr<absl::Duration> TimeoutOf(std::string_view text) {
  int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (text.size() > 10 || error != std::errc() || end != text.data() + text.size() || milliseconds < 0) {
    return absl::InvalidArgumentError("Connect-Timeout-Ms: a number of at most ten digits is wanted");
  }
  return std::min(absl::Milliseconds(milliseconds), kLongestCall);
}

absl::StatusOr<std::string> Plain(std::string bytes, std::string_view compression, size_t most) {
  if (compression.empty() || SameIgnoringCase(compression, "identity")) return bytes;
  if (!SameIgnoringCase(compression, "gzip")) {
    return absl::UnimplementedError(
        absl::StrCat("the compression \"", std::string(compression), "\" is not known here; gzip and identity are"));
  }
  absl::StatusOr<std::string> plain = Inflate(bytes, most);
  if (plain.ok()) return plain;
  return absl::Status(plain.status().code(), absl::StrCat("the message: ", plain.status().message()));
}

absl::Status ReadGet(const Request& request, size_t most, ConnectCall& call) {
  const auto query = ParseQuery(request.query);
  if (!query) return absl::InvalidArgumentError("the query is not percent-encoded");
  const auto value = [&](std::string_view name) {
    const auto it = query->find(name);
    return it == query->end() ? std::string() : it->second;
  };
  const std::string encoding = value("encoding");
  if (encoding != "json" && encoding != "proto") {
    return absl::InvalidArgumentError("the query's encoding must be json or proto");
  }
  if (!query->contains("message")) return absl::InvalidArgumentError("the query lacks message");
  if (query->contains("connect") && value("connect") != "v1") {
    return absl::InvalidArgumentError("the query's connect must be v1");
  }
  call.codec = encoding == "json" ? Codec::kJson : Codec::kProto;
  std::string bytes = value("message");
  if (value("base64") == "1") {
    std::string decoded;
    if (!absl::WebSafeBase64Unescape(bytes, &decoded)) {
      return absl::InvalidArgumentError("the query's message is not base64 of the URL alphabet");
    }
    bytes = std::move(decoded);
  }
  ASSIGN_OR_RETURN(call.message, Plain(std::move(bytes), value("compression"), most));
  return absl::OkStatus();
}

}  // namespace

std::optional<Codec> CodecOf(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (SameIgnoringCase(type, "application/json")) return Codec::kJson;
  if (SameIgnoringCase(type, "application/proto")) return Codec::kProto;
  return std::nullopt;
}

absl::StatusOr<ConnectCall> ReadConnectCall(const Request& request, size_t most) {
  ConnectCall call;
  const std::string_view version = request.headers.Get("Connect-Protocol-Version");
  if (!version.empty() && version != "1") {
    return absl::InvalidArgumentError("Connect-Protocol-Version must be 1");
  }
  if (const std::string_view timeout = request.headers.Get("Connect-Timeout-Ms"); !timeout.empty()) {
    ASSIGN_OR_RETURN(call.timeout, TimeoutOf(timeout));
  }
  if (request.method == "GET") {
    RETURN_IF_ERROR(ReadGet(request, most, call));
    return call;
  }
  call.codec = CodecOf(request.headers.Get("Content-Type")).value_or(Codec::kJson);
  ASSIGN_OR_RETURN(call.message, Plain(request.body, request.headers.Get("Content-Encoding"), most));
  return call;
}

std::optional<std::map<std::string, std::string, std::less<>>> ParseQuery(std::string_view query) {
  std::map<std::string, std::string, std::less<>> found;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    std::string field(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    std::ranges::replace(field, '+', ' ');
    const size_t equals = std::min(field.find('='), field.size());
    const auto name = DecodePercent(std::string_view(field).substr(0, equals));
    const auto value = DecodePercent(std::string_view(field).substr(std::min(equals + 1, field.size())));
    if (!name || !value) return std::nullopt;
    if (!name->empty()) found[*name] = *value;
  }
  return found;
}

}  // namespace mergegate::web
