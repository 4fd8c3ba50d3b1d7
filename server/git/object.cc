#include "server/git/object.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"

namespace mergegate::git {

std::string Hex(const git_oid& id) {
  char hex[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(hex, sizeof hex, &id);
}

absl::StatusOr<git_oid> ParseOid(std::string_view hex) {
  const bool hex_only = std::ranges::all_of(
      hex, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
  git_oid id;
  if (hex.size() != GIT_OID_HEXSZ || !hex_only || git_oid_fromstrn(&id, hex.data(), hex.size()) < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(hex.substr(0, 60)), "' is not an object id (40 hex digits)"));
  }
  return id;
}

absl::StatusOr<CommitHandle> FindCommit(git_repository* repository, const CommitId& id) {
  ASSIGN_OR_RETURN(const git_oid oid, ParseOid(id.value()));
  CommitHandle commit;
  const int code = git_commit_lookup(commit.out(), repository, &oid);
  if (code == GIT_ENOTFOUND) {
    return absl::NotFoundError(absl::StrCat("commit ", id.value(), " is not in the mirror"));
  }
  if (code < 0) return GitError(code, "read commit", id.value());
  return commit;
}

absl::StatusOr<TreeHandle> RootTree(const git_commit* commit) {
  TreeHandle tree;
  if (const int code = git_commit_tree(tree.out(), commit); code < 0) {
    return GitError(code, "read the tree of commit", Hex(*git_commit_id(commit)));
  }
  return tree;
}

absl::StatusOr<OdbHandle> ObjectDatabase(git_repository* repository) {
  OdbHandle odb;
  if (const int code = git_repository_odb(odb.out(), repository); code < 0) {
    return GitError(code, "open the object database of", git_repository_path(repository));
  }
  return odb;
}

}  // namespace mergegate::git
