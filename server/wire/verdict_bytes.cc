#include "server/wire/verdict_bytes.h"

#include "server/wire/convert.h"

namespace mergegate::wire {

absl::StatusOr<Verdict> ParseVerdict(std::string_view bytes) {
  v1::Verdict proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the stored verdict is not readable");
  }
  return FromProto(proto);
}

}  // namespace mergegate::wire
