#include "analyzers/closure/digest.h"

#include <algorithm>

#include "llvm/ADT/StringExtras.h"

namespace mergegate::analyzers {

std::string Digest::Hex() const { return llvm::toHex(bytes, /*LowerCase=*/true); }

Digest Digest::FromBytes(std::string_view bytes) {
  Digest digest;
  if (bytes.size() == digest.bytes.size()) std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

DigestBuilder& DigestBuilder::Text(std::string_view text) {
  Number(text.size());
  state_.update(llvm::StringRef(text));
  return *this;
}

DigestBuilder& DigestBuilder::Number(uint64_t number) {
  std::array<uint8_t, 8> bytes;
  for (uint8_t& byte : bytes) {
    byte = static_cast<uint8_t>(number);
    number >>= 8;
  }
  state_.update(bytes);
  return *this;
}

DigestBuilder& DigestBuilder::Add(const Digest& digest) {
  state_.update(digest.bytes);
  return *this;
}

Digest DigestBuilder::Finish() {
  Digest digest;
  const auto result = state_.final<16>();
  std::copy(result.begin(), result.end(), digest.bytes.begin());
  return digest;
}

}  // namespace mergegate::analyzers
