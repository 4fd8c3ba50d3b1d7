#include "analyzers/text.h"

#include <algorithm>

namespace mergegate::analyzers {
namespace {

// Length of the valid UTF-8 sequence at the start of `text`; 0 when there is none (RFC 3629: no surrogates, no
// overlong forms).
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return low <= byte(i) && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return tail(1) ? 2 : 0;
  if (first < 0xF0) {
    const bool second = first == 0xE0 ? tail(1, 0xA0) : first == 0xED ? tail(1, 0x80, 0x9F) : tail(1);
    return second && tail(2) ? 3 : 0;
  }
  if (first > 0xF4) return 0;
  const bool second = first == 0xF0 ? tail(1, 0x90) : first == 0xF4 ? tail(1, 0x80, 0x8F) : tail(1);
  return second && tail(2) && tail(3) ? 4 : 0;
}

}  // namespace

std::string ValidUtf8(std::string_view text, size_t max_bytes) {
  std::string valid;
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    std::string_view piece = text.substr(0, length);
    if (length == 0) piece = "\xEF\xBF\xBD";
    if (length == 1) {
      const auto c = static_cast<unsigned char>(text.front());
      if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F) piece = "?";
    }
    if (valid.size() + piece.size() > max_bytes) break;
    valid += piece;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return valid;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts_.push_back(at + 1);
  }
}

Position LineIndex::PositionOf(size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<size_t>(after - starts_.begin());
  return {static_cast<int>(line), static_cast<int>(offset - starts_[line - 1] + 1)};
}

std::string_view LineIndex::Line(int line) const {
  if (line < 1 || static_cast<size_t>(line) > starts_.size()) return {};
  const size_t begin = starts_[static_cast<size_t>(line) - 1];
  const size_t end = std::min(text_.find('\n', begin), text_.size());
  return text_.substr(begin, end - begin);
}

}  // namespace mergegate::analyzers
