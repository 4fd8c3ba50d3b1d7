// SHA-256, for digests that people see and keys that must not collide.
#ifndef MERGEGATE_SERVER_BASE_DIGEST_H_
#define MERGEGATE_SERVER_BASE_DIGEST_H_

#include <string>
#include <string_view>

namespace mergegate {

// 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_DIGEST_H_
