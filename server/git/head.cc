#include "server/git/head.h"

#include "server/base/status_macros.h"
#include "server/git/object.h"
#include "server/git/tip.h"

namespace mergegate::git {

absl::StatusOr<CommitId> HeadOf(const std::string& repository) {
  ASSIGN_OR_RETURN(const RepositoryHandle opened, OpenToRead(repository));
  ASSIGN_OR_RETURN(const git_oid tip, FindTip(opened.get(), ""));
  return CommitId(Hex(tip));
}

}  // namespace mergegate::git
