// Makes a Diff from texts, so that tests say what the files held instead of counting hunks.
//
//   const Diff diff = DiffBuilder()
//                         .Modify("a.cc", "one\ntwo\n", "one\n2\n")
//                         .Rename("old.cc", "new.cc", text, text)
//                         .Build();
//
// Hunks come from a longest common subsequence of lines and have git's -U0 shape. Header only; for small texts.
// Thread safety: none needed, one builder per test.
#ifndef MERGEGATE_TESTS_SUPPORT_DIFF_BUILDER_H_
#define MERGEGATE_TESTS_SUPPORT_DIFF_BUILDER_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/domain/change.h"

namespace mergegate::testing {

inline std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

inline std::vector<Hunk> HunksBetween(std::string_view old_text, std::string_view new_text) {
  const std::vector<std::string> from = SplitLines(old_text);
  const std::vector<std::string> to = SplitLines(new_text);
  // common[i][j]: length of the longest common subsequence of from[i..] and to[j..].
  std::vector<std::vector<int>> common(from.size() + 1, std::vector<int>(to.size() + 1, 0));
  for (size_t i = from.size(); i-- > 0;) {
    for (size_t j = to.size(); j-- > 0;) {
      common[i][j] = from[i] == to[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<Hunk> hunks;
  size_t i = 0;
  size_t j = 0;
  while (i < from.size() || j < to.size()) {
    if (i < from.size() && j < to.size() && from[i] == to[j]) {
      ++i;
      ++j;
      continue;
    }
    Hunk hunk;
    hunk.old_start = static_cast<int>(i);
    hunk.new_start = static_cast<int>(j);
    while ((i < from.size() || j < to.size()) && !(i < from.size() && j < to.size() && from[i] == to[j])) {
      if (j == to.size() || (i < from.size() && common[i + 1][j] >= common[i][j + 1])) {
        hunk.removed.push_back(from[i++]);
      } else {
        hunk.added.push_back(to[j++]);
      }
    }
    hunk.old_count = static_cast<int>(hunk.removed.size());
    hunk.new_count = static_cast<int>(hunk.added.size());
    if (hunk.old_count > 0) ++hunk.old_start;
    if (hunk.new_count > 0) ++hunk.new_start;
    hunks.push_back(std::move(hunk));
  }
  return hunks;
}

class DiffBuilder {
 public:
  DiffBuilder& Add(std::string path, std::string_view text) {
    return Put(FileChange::kAdded, "", std::move(path), "", text);
  }
  DiffBuilder& Delete(std::string path, std::string_view text) {
    return Put(FileChange::kDeleted, std::move(path), "", text, "");
  }
  DiffBuilder& Modify(const std::string& path, std::string_view old_text, std::string_view new_text) {
    return Put(FileChange::kModified, path, path, old_text, new_text);
  }
  DiffBuilder& Rename(std::string from, std::string to, std::string_view old_text, std::string_view new_text) {
    return Put(FileChange::kRenamed, std::move(from), std::move(to), old_text, new_text);
  }
  Diff Build() const {
    Diff diff = diff_;
    std::ranges::sort(diff.files, {}, &ChangedFile::path);
    return diff;
  }

 private:
  DiffBuilder& Put(FileChange change, std::string old_path, std::string new_path, std::string_view old_text,
                   std::string_view new_text) {
    ChangedFile file;
    file.change = change;
    file.old_path = std::move(old_path);
    file.new_path = std::move(new_path);
    file.hunks = HunksBetween(old_text, new_text);
    diff_.files.push_back(std::move(file));
    return *this;
  }

  Diff diff_;
};

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_DIFF_BUILDER_H_
