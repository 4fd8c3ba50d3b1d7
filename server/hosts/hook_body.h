// The JSON in the body of a webhook: as it is, compressed with gzip, or in a form's field "payload".
//
//   ASSIGN_OR_RETURN(std::string json, hosts::JsonOfBody(body, "application/x-www-form-urlencoded", "gzip"));
//
// Thread safety: pure.
#ifndef MERGEGATE_SERVER_HOSTS_HOOK_BODY_H_
#define MERGEGATE_SERVER_HOSTS_HOOK_BODY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace mergegate::hosts {

// Larger bodies are refused, compressed or not.
inline constexpr size_t kMaxHookBytes = size_t{25} << 20;

// kResourceExhausted above kMaxHookBytes; kInvalidArgument for what is not gzip, not a form with a payload, or encoded
// in another way.
absl::StatusOr<std::string> JsonOfBody(std::string_view body, std::string_view content_type,
                                       std::string_view content_encoding);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_HOOK_BODY_H_
