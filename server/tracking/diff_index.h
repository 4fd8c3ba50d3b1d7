// A diff prepared for many look-ups: Diff's own are linear in files and hunks.
//
//   const DiffIndex index(diff);
//   index.MapLine("src/a.cc", 12);   // as Diff::MapLine
//
// Thread safety: immutable. Ownership: the diff must outlive the index.
#ifndef MERGEGATE_SERVER_TRACKING_DIFF_INDEX_H_
#define MERGEGATE_SERVER_TRACKING_DIFF_INDEX_H_

#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/domain/change.h"

namespace mergegate::tracking {

class DiffIndex {
 public:
  explicit DiffIndex(const Diff& diff);

  // The file whose head path is `path`; nullptr when the change does not touch it.
  const ChangedFile* FindNew(std::string_view path) const;
  // As Diff::NewPath and Diff::MapLine; the views live as long as the diff and the argument.
  std::optional<std::string_view> NewPath(std::string_view old_path) const;
  std::optional<std::pair<std::string_view, int>> MapLine(std::string_view old_path, int line) const;
  // True when some line of first..last of `new_path` was added or altered. A first line of 0 means the whole file.
  bool AddsWithin(std::string_view new_path, int first, int last) const;

 private:
  struct OldFile {
    const ChangedFile* file = nullptr;
    std::vector<int> shifts;  // lines added less lines removed by the hunks before hunk i; one more for all of them
  };
  std::unordered_map<std::string_view, OldFile> by_old_path_;
  std::unordered_map<std::string_view, const ChangedFile*> by_new_path_;
};

}  // namespace mergegate::tracking

#endif  // MERGEGATE_SERVER_TRACKING_DIFF_INDEX_H_
