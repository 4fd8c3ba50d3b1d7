#include "server/storage/sqlite/compression.h"

#include <zstd.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace mergegate::storage {
namespace {

constexpr unsigned long long kMaxPlainBytes = 1ULL << 30;

}  // namespace

absl::StatusOr<std::string> Compress(std::string_view plain) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  if (context == nullptr) return absl::ResourceExhaustedError("not enough memory to compress");
  if (plain.size() > kMaxPlainBytes) return absl::ResourceExhaustedError("a value above 1 GiB is too large to store");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string compressed(ZSTD_compressBound(plain.size()), '\0');
  const size_t size = ZSTD_compress2(context.get(), compressed.data(), compressed.size(), plain.data(), plain.size());
  if (ZSTD_isError(size)) return absl::ResourceExhaustedError(absl::StrCat("compressing: ", ZSTD_getErrorName(size)));
  compressed.resize(size);
  return compressed;
}

absl::StatusOr<std::string> Decompress(std::string_view compressed) {
  const unsigned long long size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMaxPlainBytes) {
    return absl::DataLossError("a stored value is damaged: its header is no zstd frame of known size");
  }
  std::string plain(size, '\0');
  const size_t written = ZSTD_decompress(plain.data(), plain.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(written)) {
    return absl::DataLossError(absl::StrCat("a stored value is damaged: ", ZSTD_getErrorName(written)));
  }
  if (written != size) return absl::DataLossError("a stored value is damaged: it is shorter than it says");
  return plain;
}

}  // namespace mergegate::storage
