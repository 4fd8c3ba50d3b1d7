// Where somebody's own repository stands.
//
//   ASSIGN_OR_RETURN(const CommitId head, HeadOf("/home/ada/leveldb/.git"));
#ifndef MERGEGATE_SERVER_GIT_HEAD_H_
#define MERGEGATE_SERVER_GIT_HEAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"

namespace mergegate::git {

// The commit of HEAD, else of the branch main or master. kNotFound where nothing was committed.
absl::StatusOr<CommitId> HeadOf(const std::string& repository);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_HEAD_H_
