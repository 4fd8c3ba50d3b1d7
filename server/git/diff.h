// The difference of two commits as the domain's Diff.
#ifndef MERGEGATE_SERVER_GIT_DIFF_H_
#define MERGEGATE_SERVER_GIT_DIFF_H_

#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/change.h"
#include "server/domain/ids.h"
#include "server/git/handle.h"
#include "server/git/mirror.h"
#include "server/git/tree_changes.h"

namespace mergegate::git {

// As Mirror::DiffCommits says. Thread safety: that of the repository.
absl::StatusOr<Diff> DiffTwoCommits(git_repository* repository, const CommitId& base, const CommitId& head,
                                    const MirrorLimits& limits);

// Files that differ between two trees, compared as `git log -p -U0 -M80%` does it: renames of at least 80 %, tails that
// are equal left out before the comparison, links and submodules compared by their text. What the measures of
// server/risk are defined by. Once more than `enough_lines` differ, the other files are listed without hunks. kNotFound
// when a blob is absent (a partial clone), kResourceExhausted above limits.max_changed_files.
absl::StatusOr<Diff> DiffLikeGit(git_repository* repository, const std::vector<TreeChanges::Change>& changes,
                                 int64_t enough_lines, const MirrorLimits& limits);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_DIFF_H_
