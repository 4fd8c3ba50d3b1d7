// Digests of what analyzers see. BLAKE3, cut to 128 bits: who writes the code under review must not be able to make two
// different functions look the same.
//
//   DigestBuilder builder;
//   builder.Text("leveldb::DBImpl::Get").Number(3);
//   Digest digest = builder.Finish();
//
// Thread safety: values. A builder is for one digest.
#ifndef MERGEGATE_ANALYZERS_CLOSURE_DIGEST_H_
#define MERGEGATE_ANALYZERS_CLOSURE_DIGEST_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "llvm/Support/BLAKE3.h"

namespace mergegate::analyzers {

struct Digest {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const Digest&) const = default;
  std::string Hex() const;
  std::string Bytes() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  // Of exactly 16 bytes; anything else gives the zero digest.
  static Digest FromBytes(std::string_view bytes);
};

class DigestBuilder {
 public:
  DigestBuilder& Text(std::string_view text);  // its length is part of the digest, so texts do not run together
  DigestBuilder& Number(uint64_t number);
  DigestBuilder& Add(const Digest& digest);
  Digest Finish();

 private:
  llvm::BLAKE3 state_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_CLOSURE_DIGEST_H_
