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

// The .mailmap of a commit; empty without one. `notes` says when its blob is not in this clone.
Mailmap MailmapAt(git_repository* repository, const git_oid& commit, std::vector<std::string>& notes);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_TIP_H_
