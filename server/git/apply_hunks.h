// Applies the hunks of a diff to the text of a file. Pure.
//
//   WorkBudget budget;
//   ASSIGN_OR_RETURN(std::string text, ApplyHunks(old_text, file.hunks, budget));
//
// Thread safety: free function; a budget belongs to one thread.
#ifndef MERGEGATE_SERVER_GIT_APPLY_HUNKS_H_
#define MERGEGATE_SERVER_GIT_APPLY_HUNKS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/git/unified_diff.h"

namespace mergegate::git {

// What one diff may make the service read, write and search, in bytes. Copies of a large file and hunks that are off
// their lines would otherwise cost a multiple of the diff's size.
struct WorkBudget {
  int64_t bytes_left = int64_t{1} << 30;

  // kInvalidArgument when the budget is used up.
  absl::Status Spend(size_t bytes);
};

// A hunk applies where its line numbers say. Where its lines are not there, it applies at the only other place after
// the hunk before that has all of them, provided that it brings context to be recognised by: it begins with context,
// is not at the first line, and either ends with context or ends the file. kInvalidArgument names the hunk.
absl::StatusOr<std::string> ApplyHunks(std::string_view text, const std::vector<PatchHunk>& hunks, WorkBudget& budget);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_APPLY_HUNKS_H_
