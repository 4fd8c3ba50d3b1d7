#include "server/git/commit_graph.h"

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"

namespace mergegate::git {

CommitGraph::Commit* CommitGraph::Intern(const git_oid& id) {
  Commit& commit = commits_[id];
  commit.id = id;
  return &commit;
}

absl::StatusOr<CommitGraph::Commit*> CommitGraph::Read(const git_oid& id) {
  Commit* commit = Intern(id);
  RETURN_IF_ERROR(Complete(commit));
  return commit;
}

absl::Status CommitGraph::Complete(Commit* commit) {
  if (commit->read) return absl::OkStatus();
  CommitHandle handle;
  const int code = git_commit_lookup(handle.out(), repository_, &commit->id);
  if (code < 0 && code != GIT_ENOTFOUND) return GitError(code, "read commit", Hex(commit->id));
  commit->read = true;
  commit->present = code == 0;
  if (!commit->present) return absl::OkStatus();
  commit->time = git_commit_time(handle.get());
  const unsigned parents = git_commit_parentcount(handle.get());
  for (unsigned i = 0; i < parents; ++i) commit->parents.push_back(Intern(*git_commit_parent_id(handle.get(), i)));
  return absl::OkStatus();
}

absl::Status ShallowError(const std::string& attempted, const git_oid& child, const git_oid& parent) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot ", attempted, ": history is shallow at ", Hex(child), ", whose parent ", Hex(parent),
                   " is absent; run `git fetch --unshallow` in your clone, then push again"));
}

}  // namespace mergegate::git
