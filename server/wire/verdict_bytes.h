// A verdict as it was stored (Serialize of convert.h), back.
#ifndef MERGEGATE_SERVER_WIRE_VERDICT_BYTES_H_
#define MERGEGATE_SERVER_WIRE_VERDICT_BYTES_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/verdict.h"

namespace mergegate::wire {

// kDataLoss when the bytes are none.
absl::StatusOr<Verdict> ParseVerdict(std::string_view bytes);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_VERDICT_BYTES_H_
