#include "server/base/gzip.h"

#include <zlib.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace mergegate {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr int kMemory = 8;  // zlib's default

Bytef* Bytes(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

}  // namespace

absl::StatusOr<std::string> Inflate(std::string_view compressed, size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return absl::ResourceExhaustedError("no memory to decompress");
  stream.next_in = Bytes(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string plain;
  std::array<char, 64 << 10> piece;
  int code = Z_OK;
  while (code == Z_OK && plain.size() <= most) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = inflate(&stream, Z_NO_FLUSH);
    plain.append(piece.data(), piece.size() - stream.avail_out);
  }
  const bool more = stream.avail_in > 0;
  inflateEnd(&stream);
  if (plain.size() > most) {
    return absl::ResourceExhaustedError(absl::StrCat("it decompresses to more than ", most, " bytes"));
  }
  if (code != Z_STREAM_END || more) return absl::InvalidArgumentError("it is not one whole piece of gzip");
  return plain;
}

std::string Deflate(std::string_view plain) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipOnly, kMemory, Z_DEFAULT_STRATEGY);
  std::string compressed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = Bytes(plain);
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = Bytes(compressed);
  stream.avail_out = static_cast<uInt>(compressed.size());
  deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

}  // namespace mergegate
