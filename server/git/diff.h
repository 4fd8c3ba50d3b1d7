// The difference of two commits as the domain's Diff.
#ifndef MERGEGATE_SERVER_GIT_DIFF_H_
#define MERGEGATE_SERVER_GIT_DIFF_H_

#include "absl/status/statusor.h"
#include "server/domain/change.h"
#include "server/domain/ids.h"
#include "server/git/handle.h"
#include "server/git/mirror.h"

namespace mergegate::git {

// As Mirror::DiffCommits says. Thread safety: that of the repository.
absl::StatusOr<Diff> DiffTwoCommits(git_repository* repository, const CommitId& base, const CommitId& head,
                                    const MirrorLimits& limits);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_DIFF_H_
