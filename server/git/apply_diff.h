// Makes a commit from a base and a unified diff.
#ifndef MERGEGATE_SERVER_GIT_APPLY_DIFF_H_
#define MERGEGATE_SERVER_GIT_APPLY_DIFF_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/git/handle.h"

namespace mergegate::git {

// As Mirror::CommitDiff says. Only regular files can be changed: paths that leave the tree or name .git, symbolic links
// and submodules are refused.
absl::StatusOr<CommitId> CommitUnifiedDiff(git_repository* repository, const CommitId& base,
                                           std::string_view unified_diff);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_APPLY_DIFF_H_
