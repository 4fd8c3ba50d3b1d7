// zstd for what is stored in bulk. Frames carry their size and a checksum, so damage is noticed.
//
// Thread safety: pure functions.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_COMPRESSION_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_COMPRESSION_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace mergegate::storage {

// kResourceExhausted when memory is short.
absl::StatusOr<std::string> Compress(std::string_view plain);
// kDataLoss for bytes that Compress did not make, or that claim more than 1 GiB.
absl::StatusOr<std::string> Decompress(std::string_view compressed);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_COMPRESSION_H_
