// One commit's files behind the domain's Tree.
//
//   ASSIGN_OR_RETURN(auto tree, OpenCommitTree(repository, id));
//   tree->FindBlob("src/a.cc");
//
// Directories are read when first asked for and kept, so that a look-up costs a binary search in each directory on the
// way. Thread safety: one thread at a time, together with its mirror. Keeps the repository alive.
#ifndef MERGEGATE_SERVER_GIT_COMMIT_TREE_H_
#define MERGEGATE_SERVER_GIT_COMMIT_TREE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/domain/tree.h"
#include "server/git/object.h"

namespace mergegate::git {

// kNotFound when the commit is absent.
absl::StatusOr<std::shared_ptr<const Tree>> OpenCommitTree(const SharedRepository& repository, const CommitId& commit);

// Visits the regular files under `root` in path order. kResourceExhausted beyond kMaxTreeFiles entries or
// kMaxPathBytes.
absl::Status ForEachRegularFile(git_repository* repository, const git_oid& root,
                                const std::function<void(std::string_view, const git_oid&)>& visit);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_COMMIT_TREE_H_
