// Small text functions over std::string_view (Debian's abseil has a string_view of its own).
#ifndef MERGEGATE_SERVER_REVIEWERS_TEXT_H_
#define MERGEGATE_SERVER_REVIEWERS_TEXT_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"

namespace mergegate::reviewers {

inline std::string_view Strip(std::string_view text) {
  const auto blank = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

inline std::string Lower(std::string_view text) {
  std::string lower(text);
  absl::AsciiStrToLower(&lower);
  return lower;
}

// The parts between `separator`, empty ones left out. Views into `text`.
inline std::vector<std::string_view> SplitWords(std::string_view text, char separator = ' ') {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The same with the empty ones: one part for a text without any separator.
inline std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

inline bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_TEXT_H_
