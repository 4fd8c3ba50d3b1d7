#include "server/rpc/review_diff.h"

#include <algorithm>

namespace mergegate::rpc {
namespace {

v1::DiffLine Line(int old_line, int new_line, const std::string& text) {
  v1::DiffLine line;
  line.set_old_line(old_line);
  line.set_new_line(new_line);
  line.set_text(text);
  return line;
}

}  // namespace

std::vector<v1::DiffHunk> WithContext(const ChangedFile& file, const std::vector<std::string>& head_lines,
                                      int context) {
  std::vector<v1::DiffHunk> hunks;
  const int count = static_cast<int>(head_lines.size());
  int next = 1;   // first head line that is not told yet
  int shift = 0;  // base line minus head line behind the last hunk
  const auto tell = [&](int first, int last) {
    for (int line = std::max(first, next); line <= std::min(last, count); ++line) {
      *hunks.back().add_lines() = Line(line + shift, line, head_lines[static_cast<size_t>(line) - 1]);
    }
    next = std::max(next, std::min(last, count) + 1);
  };
  for (const Hunk& hunk : file.hunks) {
    // A count of 0 names the line before the gap.
    const int first_old = hunk.old_start + (hunk.old_count == 0 ? 1 : 0);
    const int first_new = hunk.new_start + (hunk.new_count == 0 ? 1 : 0);
    if (!hunks.empty() && first_new - context > next + context) {
      tell(next, next + context - 1);
      hunks.emplace_back();
    } else if (hunks.empty()) {
      hunks.emplace_back();
    } else {
      tell(next, first_new - 1);
    }
    shift = first_old - first_new;
    tell(first_new - context, first_new - 1);
    int line = first_old;
    for (const std::string& text : hunk.removed) *hunks.back().add_lines() = Line(line++, 0, text);
    line = first_new;
    for (const std::string& text : hunk.added) *hunks.back().add_lines() = Line(0, line++, text);
    next = first_new + hunk.new_count;
    shift = (first_old + hunk.old_count) - next;
  }
  if (!hunks.empty()) tell(next, next + context - 1);
  return hunks;
}

}  // namespace mergegate::rpc
