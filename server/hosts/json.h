// A value of a foreign document that may be anything: what is not as expected reads as absent.
//
//   Json change = Json(document)["pull_request"];
//   change["head"]["sha"].Commit()      // empty unless it is 40 hex digits
//   change["number"].Number()           // 0 when absent
//
// Thread safety: none needed. Ownership: views must not outlive the document.
#ifndef MERGEGATE_SERVER_HOSTS_JSON_H_
#define MERGEGATE_SERVER_HOSTS_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "server/domain/ids.h"

namespace mergegate::hosts {

class Json {
 public:
  explicit Json(const nlohmann::json& document) : value_(&document) {}

  bool exists() const { return value_ != nullptr && !value_->is_null(); }
  // Member of an object, or absent.
  Json operator[](std::string_view key) const;
  // Elements of an array; 0 when it is none.
  size_t size() const { return exists() && value_->is_array() ? value_->size() : 0; }
  Json At(size_t index) const { return index < size() ? Json(&(*value_)[index]) : Json(nullptr); }

  // At most 64 KiB, without NUL.
  std::string Text() const;
  // The text when it is one line of at most 512 bytes without control characters, else "".
  std::string Name() const;
  bool Is(std::string_view text) const { return exists() && value_->is_string() && *value_ == text; }
  bool True() const { return exists() && value_->is_boolean() && value_->get<bool>(); }
  // 0 unless it is a positive whole number.
  int64_t Number() const;
  // The decimal digits of a positive number, or of a text that is one; else "".
  std::string Digits() const;
  // Empty unless it is 40 hex digits that are not all zero.
  CommitId Commit() const;
  // RFC 3339, "2015-05-17 18:21:36 UTC", "2015-05-17 18:21:36 +0200" or seconds since 1970; else InfinitePast.
  absl::Time Time() const;

 private:
  explicit Json(const nlohmann::json* value) : value_(value) {}
  explicit Json(std::nullptr_t) : value_(nullptr) {}

  const nlohmann::json* value_;
};

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_JSON_H_
