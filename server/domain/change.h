// A diff between two commits as data, and the line map that follows from it.
#ifndef MERGEGATE_SERVER_DOMAIN_CHANGE_H_
#define MERGEGATE_SERVER_DOMAIN_CHANGE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/domain/ids.h"

namespace mergegate {

enum class FileChange { kAdded, kDeleted, kModified, kRenamed, kTypeChanged };

// A maximal run of changed lines without context (git's -U0 hunk). Lines are 1-based. A count of 0 means
// nothing on that side; the start is then the line after which the other side's lines stand (0 = file start).
struct Hunk {
  int old_start = 0;
  int old_count = 0;
  int new_start = 0;
  int new_count = 0;
  std::vector<std::string> removed;  // text of the removed lines, without line ends
  std::vector<std::string> added;    // text of the added lines, without line ends
  bool operator==(const Hunk&) const = default;
};

struct ChangedFile {
  FileChange change = FileChange::kModified;
  std::string old_path;               // empty when added
  std::string new_path;               // empty when deleted
  BlobId old_blob;                    // empty when added
  BlobId new_blob;                    // empty when deleted
  bool binary = false;                // no hunks then
  bool symlink_or_submodule = false;  // no hunks then
  std::vector<Hunk> hunks;            // ascending
  bool operator==(const ChangedFile&) const = default;
  // The head's path, or the base's for a deleted file.
  const std::string& path() const { return new_path.empty() ? old_path : new_path; }
};

// Inclusive 1-based range of lines.
struct LineRange {
  int first = 0;
  int last = 0;
  bool operator==(const LineRange&) const = default;
};

// Base..head, files ordered by path(). Pure data; the functions below are pure.
struct Diff {
  std::vector<ChangedFile> files;

  // The file whose head path (base path) is `path`; nullptr when the change does not touch it.
  const ChangedFile* FindNew(std::string_view path) const;
  const ChangedFile* FindOld(std::string_view path) const;

  // Path at the head of a base path: renamed, the same, or nullopt when deleted.
  std::optional<std::string> NewPath(std::string_view old_path) const;

  // Where line `line` of `old_path` stands at the head: (path, line), or nullopt when it was removed or altered.
  std::optional<std::pair<std::string, int>> MapLine(std::string_view old_path, int line) const;

  // True when line `line` of `new_path` was added or altered.
  bool IsAdded(std::string_view new_path, int line) const;

  // Lines added or altered at the head. A pure deletion yields the line before the gap and the line after it
  // (clamped to 1) when `include_deletion_points`.
  std::vector<LineRange> ChangedLines(const ChangedFile& file, bool include_deletion_points) const;

  // Sums over text files.
  int LinesAdded() const;
  int LinesRemoved() const;
};

// True for paths that Clang analyzes: C and C++ sources and headers by extension.
bool IsCppSource(std::string_view path);  // .c .cc .cpp .cxx .c++ .C .m .mm
bool IsCppHeader(std::string_view path);  // .h .hh .hpp .hxx .h++ .H .inc .ipp .tcc .inl
inline bool IsCpp(std::string_view path) { return IsCppSource(path) || IsCppHeader(path); }

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_CHANGE_H_
