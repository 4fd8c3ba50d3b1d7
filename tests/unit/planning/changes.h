// Builders of diffs for tests of planning.
//
//   Diff diff = DiffOf({Modified("a.h", {Insert(3, {"int x;"})}), Added("b.cc", {"int y;"})});
#ifndef MERGEGATE_TESTS_UNIT_PLANNING_CHANGES_H_
#define MERGEGATE_TESTS_UNIT_PLANNING_CHANGES_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/domain/change.h"

namespace mergegate::planning {

using Lines = std::vector<std::string>;

// Replaces `removed`, which begins at line `line` of both sides, by `added`.
inline Hunk Replace(int line, Lines removed, Lines added) {
  Hunk hunk{.old_start = line,
            .old_count = static_cast<int>(removed.size()),
            .new_start = line,
            .new_count = static_cast<int>(added.size()),
            .removed = std::move(removed),
            .added = std::move(added)};
  if (hunk.old_count == 0) --hunk.old_start;
  if (hunk.new_count == 0) --hunk.new_start;
  return hunk;
}
inline Hunk Insert(int line, Lines added) { return Replace(line, {}, std::move(added)); }
inline Hunk Remove(int line, Lines removed) { return Replace(line, std::move(removed), {}); }

inline ChangedFile Modified(std::string path, std::vector<Hunk> hunks = {Replace(1, {"old"}, {"new"})}) {
  ChangedFile file;
  file.old_path = file.new_path = std::move(path);
  file.hunks = std::move(hunks);
  return file;
}
inline ChangedFile Added(std::string path, Lines lines = {"new"}) {
  ChangedFile file;
  file.change = FileChange::kAdded;
  file.new_path = std::move(path);
  file.hunks = {Insert(1, std::move(lines))};
  return file;
}
inline ChangedFile Deleted(std::string path, Lines lines = {"old"}) {
  ChangedFile file;
  file.change = FileChange::kDeleted;
  file.old_path = std::move(path);
  file.hunks = {Remove(1, std::move(lines))};
  return file;
}
inline ChangedFile Renamed(std::string from, std::string to, std::vector<Hunk> hunks = {}) {
  ChangedFile file;
  file.change = FileChange::kRenamed;
  file.old_path = std::move(from);
  file.new_path = std::move(to);
  file.hunks = std::move(hunks);
  return file;
}
inline Diff DiffOf(std::vector<ChangedFile> files) {
  std::ranges::sort(files, {}, &ChangedFile::path);
  return Diff{std::move(files)};
}

}  // namespace mergegate::planning

#endif  // MERGEGATE_TESTS_UNIT_PLANNING_CHANGES_H_
