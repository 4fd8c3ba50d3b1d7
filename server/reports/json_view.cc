#include "server/reports/json_view.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace mergegate::reports {

void JsonView::Complain(const std::string& problem) const {
  if (error_->empty()) *error_ = absl::StrCat(path_, ": ", problem);
}

JsonView JsonView::Get(std::string_view key) const {
  std::string path = path_;
  if (!path.empty()) path += '.';
  path += key;
  if (!exists()) return {nullptr, std::move(path), error_};
  if (!value_->is_object()) {
    Complain(absl::StrCat("an object was expected, not ", value_->type_name()));
    return {nullptr, std::move(path), error_};
  }
  const auto found = value_->find(key);
  return {found == value_->end() ? nullptr : &*found, std::move(path), error_};
}

JsonView JsonView::At(size_t index) const {
  std::string path = absl::StrCat(path_, "[", index, "]");
  return {index < size() ? &(*value_)[index] : nullptr, std::move(path), error_};
}

size_t JsonView::size() const {
  if (!exists()) return 0;
  if (!value_->is_array()) {
    Complain(absl::StrCat("an array was expected, not ", value_->type_name()));
    return 0;
  }
  return value_->size();
}

std::string_view JsonView::Text() const {
  if (!exists()) return "";
  if (!value_->is_string()) {
    Complain(absl::StrCat("a string was expected, not ", value_->type_name()));
    return "";
  }
  return value_->get_ref<const std::string&>();
}

std::optional<int> JsonView::Number() const {
  if (!exists()) return std::nullopt;
  if (value_->is_number_integer()) {
    constexpr int kMax = std::numeric_limits<int>::max();
    if (value_->is_number_unsigned() ? value_->get<uint64_t>() <= static_cast<uint64_t>(kMax)
                                     : value_->get<int64_t>() >= 0 && value_->get<int64_t>() <= kMax) {
      return value_->get<int>();
    }
  }
  Complain("a whole number between 0 and 2147483647 was expected");
  return std::nullopt;
}

std::optional<double> JsonView::Decimal() const {
  if (!exists()) return std::nullopt;
  double number = 0;
  if (value_->is_number()) {
    number = value_->get<double>();
  } else if (!value_->is_string() || !absl::SimpleAtod(value_->get_ref<const std::string&>(), &number)) {
    Complain("a number was expected");
    return std::nullopt;
  }
  if (std::isfinite(number)) return number;
  Complain("a finite number was expected");
  return std::nullopt;
}

}  // namespace mergegate::reports
