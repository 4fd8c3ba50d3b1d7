// The repository's `shallow` file: commits whose parents are absent on purpose. libgit2 1.5 does not act on it; the
// git command does, and IsHistoryWhole asks only when there is one.
#ifndef MERGEGATE_SERVER_GIT_SHALLOW_H_
#define MERGEGATE_SERVER_GIT_SHALLOW_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/git/handle.h"

namespace mergegate::git {

// The recorded commits, ordered; empty when there is no file.
absl::StatusOr<std::vector<git_oid>> ReadShallow(const std::string& repository_path);

// Adds `boundary` to the file and drops the commits whose parents have all arrived. Safe against other processes.
absl::Status UpdateShallow(git_repository* repository, const std::string& repository_path,
                           const std::vector<git_oid>& boundary);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_SHALLOW_H_
