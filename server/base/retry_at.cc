#include "server/base/retry_at.h"

#include <cstdint>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace mergegate {
namespace {

constexpr char kPayload[] = "mergegate.retry-at";  // microseconds since 1970

}  // namespace

absl::Status WithRetryAt(absl::Status status, absl::Time when) {
  const std::string micros = absl::StrCat(absl::ToUnixMicros(when));
  status.SetPayload(kPayload, absl::Cord(absl::string_view(micros)));
  return status;
}

std::optional<absl::Time> RetryAt(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  int64_t micros = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &micros)) return std::nullopt;
  return absl::FromUnixMicros(micros);
}

}  // namespace mergegate
