#include "client/importing/fields.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace mergegate::client {

std::string Folded(std::string_view name) {
  std::string folded = absl::AsciiStrToLower(std::string(name));
  std::ranges::replace(folded, '_', ' ');
  absl::StripAsciiWhitespace(&folded);
  return folded;
}

std::string Stripped(std::string_view text) {
  std::string stripped(text);
  absl::StripAsciiWhitespace(&stripped);
  return stripped;
}

std::optional<std::string> FindField(const Row& row, const std::map<std::string, std::string>& columns,
                                     const FieldNames& field) {
  bool mapped = false;
  for (const auto& [column, to] : columns) {
    if (to != field.field) continue;
    mapped = true;
    for (const auto& [name, text] : row.fields) {
      if (name == column && !Stripped(text).empty()) return Stripped(text);
    }
  }
  if (mapped) return std::nullopt;
  for (const std::string_view wanted : field.names) {
    for (const auto& [name, text] : row.fields) {
      if (columns.contains(name)) continue;  // it says something else
      if (Folded(name) == Folded(wanted) && !Stripped(text).empty()) return Stripped(text);
    }
  }
  return std::nullopt;
}

}  // namespace mergegate::client
