#include "server/reports/json_view.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace mergegate::reports {
namespace {

constexpr size_t kMaxBytes = 32 << 20;
constexpr int kMaxNesting = 128;
constexpr size_t kMaxValues = 4'000'000;
constexpr size_t kMaxMessageBytes = 4096;

// Refuses documents whose tree would be out of proportion to their text, before building it.
absl::Status CheckShape(std::string_view text, std::string_view what) {
  if (text.size() > kMaxBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(what), ": ", text.size(), " bytes; at most ", kMaxBytes, " are read"));
  }
  int depth = 0;
  size_t values = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++values;
      if (++depth > kMaxNesting) {
        return absl::InvalidArgumentError(
            absl::StrCat(std::string(what), ": nested deeper than ", kMaxNesting, " at byte ", i));
      }
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ',') {
      ++values;
    }
    if (values > kMaxValues) {
      return absl::InvalidArgumentError(absl::StrCat(std::string(what), ": more than ", kMaxValues, " values"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

// One line, without control characters, of bounded length and never cut inside a character.
std::string OneLine(std::string_view text) {
  std::string line;
  for (char c : text) {
    const bool blank = absl::ascii_iscntrl(static_cast<unsigned char>(c)) || c == ' ';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
    if (line.size() > kMaxMessageBytes) break;
  }
  if (line.size() > kMaxMessageBytes) {
    size_t end = kMaxMessageBytes;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    line.resize(end);
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return line;
}

absl::StatusOr<nlohmann::json> ParseJsonObject(std::string_view text, std::string_view what) {
  if (absl::Status shape = CheckShape(text, what); !shape.ok()) return shape;
  nlohmann::json document;
  try {
    document = nlohmann::json::parse(text.begin(), text.end());
  } catch (const std::exception& exception) {
    return absl::InvalidArgumentError(absl::StrCat(
        std::string(what), ": not valid JSON: ", OneLine(std::string_view(exception.what()).substr(0, 300))));
  }
  if (!document.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(what), ": an object was expected at the top"));
  }
  return document;
}

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
