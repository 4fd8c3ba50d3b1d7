// A call as a Connect client asks for it over HTTP: what to decode, how, and how long it may take. Pure.
//
//   ASSIGN_OR_RETURN(const ConnectCall call, ReadConnectCall(request, /*most=*/128 << 20));
//
// POST carries the message as body; GET in the query: encoding, message, base64, compression, connect.
#ifndef MERGEGATE_SERVER_WEB_CONNECT_REQUEST_H_
#define MERGEGATE_SERVER_WEB_CONNECT_REQUEST_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/web/http.h"

namespace mergegate::web {

enum class Codec { kJson, kProto };

struct ConnectCall {
  Codec codec = Codec::kJson;
  std::string message;  // plain
  absl::Duration timeout = absl::Minutes(1);
};

// No call holds a thread for longer.
inline constexpr absl::Duration kLongestCall = absl::Minutes(5);

// "application/json; charset=utf-8" -> kJson; nullopt for what answers 415.
std::optional<Codec> CodecOf(std::string_view content_type);

// kInvalidArgument for a malformed version, timeout, query or compressed body, kResourceExhausted where it decompresses
// to more than `most` bytes, kUnimplemented for another compression than gzip.
absl::StatusOr<ConnectCall> ReadConnectCall(const Request& request, size_t most);

// "a=1&b=%20" -> {"a": "1", "b": " "}; the last of a name counts. nullopt for broken percent signs.
std::optional<std::map<std::string, std::string, std::less<>>> ParseQuery(std::string_view query);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_CONNECT_REQUEST_H_
