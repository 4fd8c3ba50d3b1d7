// A place in a parsed JSON document that knows its path, so that an error can say where.
//
//   JsonView result = run.Get("results").At(3);
//   result.Get("ruleId").Text()          "" when absent
//   A value of the wrong type is noted in the document's error and reads as absent.
//
// Thread safety: none. Ownership: views must not outlive the document and the error that they refer to.
#ifndef MERGEGATE_SERVER_REPORTS_JSON_VIEW_H_
#define MERGEGATE_SERVER_REPORTS_JSON_VIEW_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace mergegate::reports {

// A document that is an object. kInvalidArgument ("<what>: ...") for what is not JSON, larger than 32 MiB, nested
// deeper than 128 or made of more than 4 million values: nothing is built for those. Never throws, whatever the bytes.
absl::StatusOr<nlohmann::json> ParseJsonObject(std::string_view text, std::string_view what);

// One line, without control characters, of at most 4 KiB and never cut inside a character.
std::string OneLine(std::string_view text);

class JsonView {
 public:
  // `value` null = absent. The first error is kept in `error`.
  JsonView(const nlohmann::json* value, std::string path, std::string* error)
      : value_(value), path_(std::move(path)), error_(error) {}

  bool exists() const { return value_ != nullptr && !value_->is_null(); }
  const std::string& path() const { return path_; }

  // Member of an object; absent when this is absent or has none.
  JsonView Get(std::string_view key) const;
  // Element of an array; absent when out of range.
  JsonView At(size_t index) const;
  // Elements of an array; 0 when absent.
  size_t size() const;
  // "" when absent; valid as long as the document.
  std::string_view Text() const;
  // nullopt when absent; an error outside 0..INT_MAX.
  std::optional<int> Number() const;
  // A number, or a text that is one; nullopt when absent.
  std::optional<double> Decimal() const;
  // The value of an object's members whose type is not known in advance.
  const nlohmann::json* raw() const { return exists() ? value_ : nullptr; }
  void Complain(const std::string& problem) const;

 private:
  const nlohmann::json* value_;
  std::string path_;
  std::string* error_;
};

}  // namespace mergegate::reports

#endif  // MERGEGATE_SERVER_REPORTS_JSON_VIEW_H_
