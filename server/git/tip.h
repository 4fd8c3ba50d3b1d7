// Where a reading of history begins, and the names that hold there.
#ifndef MERGEGATE_SERVER_GIT_TIP_H_
#define MERGEGATE_SERVER_GIT_TIP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/git/handle.h"
#include "server/git/mailmap.h"

namespace mergegate::git {

// The commit that `ref` (a branch, tag, reference or commit; empty: the default branch) names. kNotFound without one.
absl::StatusOr<git_oid> FindTip(git_repository* repository, const std::string& ref);

// A repository to read, at exactly this path.
absl::StatusOr<RepositoryHandle> OpenToRead(const std::string& path);

// What `tip` reaches and `known` does not, newest first. An error when `known` is no ancestor of `tip`, and when a
// parent on the way is absent (libgit2's walk fails at the first).
absl::StatusOr<std::vector<git_oid>> CommitsAfter(git_repository* repository, const git_oid& tip, const git_oid& known);

// The .mailmap of a commit; empty without one. `notes` says when its blob is not in this clone.
Mailmap MailmapAt(git_repository* repository, const git_oid& commit, std::vector<std::string>& notes);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_TIP_H_
