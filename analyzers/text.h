// Small things about text that several analyzers need: valid UTF-8, positions.
//
//   LineIndex("ab\ncd").PositionOf(4)   // {2, 2}
//   ValidUtf8("a\xff\x01")            // "a\uFFFD?"
//
// Thread safety: pure; LineIndex is immutable and refers to its text.
#ifndef MERGEGATE_ANALYZERS_TEXT_H_
#define MERGEGATE_ANALYZERS_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mergegate::analyzers {

// `text` with invalid UTF-8 replaced by U+FFFD and control characters (tab and newline excepted) by '?', cut at a
// character border to at most `max_bytes`.
std::string ValidUtf8(std::string_view text, size_t max_bytes = 8192);

// `text` without leading and trailing blanks.
std::string_view Trim(std::string_view text);

struct Position {
  int line = 0;    // 1-based
  int column = 0;  // 1-based, bytes
};

class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  // Offsets past the end are taken as the end.
  Position PositionOf(size_t offset) const;
  // Without its line break; empty for lines that do not exist.
  std::string_view Line(int line) const;

 private:
  std::string_view text_;
  std::vector<size_t> starts_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_TEXT_H_
