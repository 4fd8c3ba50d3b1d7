// gzip, with a bound on what comes out: a few bytes can stand for gigabytes.
//
//   ASSIGN_OR_RETURN(const std::string plain, Inflate(body, /*most=*/25 << 20));
//
// Thread safety: pure.
#ifndef MERGEGATE_SERVER_BASE_GZIP_H_
#define MERGEGATE_SERVER_BASE_GZIP_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace mergegate {

// kResourceExhausted above `most` bytes; kInvalidArgument for what is no gzip, is cut off, or is followed by more.
absl::StatusOr<std::string> Inflate(std::string_view compressed, size_t most);

std::string Deflate(std::string_view plain);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_GZIP_H_
