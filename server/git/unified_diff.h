// Reads a unified diff as git prints it. Pure: bytes in, values out; written for input from strangers.
//
//   ASSIGN_OR_RETURN(std::vector<FilePatch> files, ParseUnifiedDiff(text));
//   for (std::string_view body = files[0].hunks[0].body; !body.empty();) use(TakeLine(body));
//
// Thread safety: values and free functions. Ownership: hunks are views of the diff's text, which must outlive them.
#ifndef MERGEGATE_SERVER_GIT_UNIFIED_DIFF_H_
#define MERGEGATE_SERVER_GIT_UNIFIED_DIFF_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace mergegate::git {

inline constexpr size_t kMaxPatchedFiles = 20'000;

enum class PatchKind { kModify, kCreate, kDelete, kRename, kCopy };

struct PatchLine {
  char kind;              // ' ' context, '-' removed, '+' added
  std::string_view text;  // with its line end, unless the diff says that the file ends without one
};

// Lines are counted from 1; with a count of 0, the start is the line before.
struct PatchHunk {
  std::string_view range;  // "@@ -1,3 +1,4 @@", for messages
  int64_t old_start = 0, old_count = 0;
  int64_t new_start = 0, new_count = 0;
  std::string_view body;  // read it with TakeLine

  // Lines before the first line of the hunk in the old file.
  int64_t OldLinesBefore() const { return old_count == 0 ? old_start : old_start - 1; }
  int64_t NewLinesBefore() const { return new_count == 0 ? new_start : new_start - 1; }
};

// Both paths are set and, but for renames and copies, equal. Modes are 0 where the diff does not tell them.
struct FilePatch {
  PatchKind kind = PatchKind::kModify;
  std::string old_path, new_path;
  unsigned old_mode = 0, new_mode = 0;
  std::vector<PatchHunk> hunks;
};

// Text around the files (the letter of `git format-patch`) is skipped. kInvalidArgument names the line, and file and
// hunk if any: no file at all, binary content, paths that leave the tree or enter .git, a file twice, more than
// kMaxPatchedFiles, counts that disagree with the lines, hunks out of order. Whether the hunks fit is not known here.
absl::StatusOr<std::vector<FilePatch>> ParseUnifiedDiff(std::string_view diff);

// Takes the first line off a hunk's body.
PatchLine TakeLine(std::string_view& body);

// "file 'src/a.cc'", with escapes for what cannot be printed and cut when it is very long.
std::string FileInMessage(std::string_view path);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_UNIFIED_DIFF_H_
