// A fast 64-bit hash, the same on every machine. Not for secrets, nor where somebody gains by a collision.
//
//   Hash64("db/version_set.cc", /*seed=*/0)
#ifndef MERGEGATE_SERVER_DOMAIN_HASH_H_
#define MERGEGATE_SERVER_DOMAIN_HASH_H_

#include <cstdint>
#include <string_view>

namespace mergegate {

// XXH3, 64 bits.
uint64_t Hash64(std::string_view bytes, uint64_t seed);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_HASH_H_
