#include "server/git/wholeness.h"

#include <git2/sys/odb_backend.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"

namespace mergegate::git {
namespace {

absl::Status Missing(const git_oid& commit, const std::string& what, const git_oid& id) {
  return absl::InvalidArgumentError(
      absl::StrCat("the pack is not whole: ", what, " ", Hex(id), " of commit ", Hex(commit), " is missing"));
}

}  // namespace

absl::StatusOr<Wholeness> Wholeness::Open(git_repository* mirror, git_odb* mirror_odb, const std::string& pack_index) {
  Wholeness wholeness(mirror, mirror_odb);
  if (pack_index.empty()) return wholeness;
  git_odb_backend* backend = nullptr;
  if (const int code = git_odb_backend_one_pack(&backend, pack_index.c_str()); code < 0) {
    return GitError(code, "read the received pack", pack_index);
  }
  int code = git_odb_new(wholeness.pack_odb_.out());
  if (code == 0) code = git_odb_add_backend(wholeness.pack_odb_.get(), backend, /*priority=*/1);
  if (code < 0) {
    backend->free(backend);
    return GitError(code, "read the received pack", pack_index);
  }
  code = git_repository_wrap_odb(wholeness.pack_.out(), wholeness.pack_odb_.get());
  if (code < 0) return GitError(code, "read the received pack", pack_index);
  return wholeness;
}

bool Wholeness::IsOld(const git_oid& id) const {
  return git_odb_exists_ext(mirror_odb_, &id, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

bool Wholeness::IsNew(const git_oid& id) const {
  return pack_odb_ && !IsOld(id) && git_odb_exists_ext(pack_odb_.get(), &id, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

absl::StatusOr<CommitHandle> Wholeness::Find(const git_oid& id) const {
  git_repository* const source = IsOld(id) ? mirror_ : pack_.get();
  CommitHandle commit;
  const int code = source == nullptr ? int{GIT_ENOTFOUND} : git_commit_lookup(commit.out(), source, &id);
  if (code == GIT_ENOTFOUND) {
    return absl::InvalidArgumentError(absl::StrCat("commit ", Hex(id), " is neither in the pack nor in the mirror"));
  }
  if (code < 0) return GitError(code, "read commit", Hex(id));
  return commit;
}

absl::Status Wholeness::CheckHistory(const git_oid& tip) { return CheckCommits(tip, /*shallow=*/false); }

absl::Status Wholeness::CheckTip(const git_oid& tip) {
  ASSIGN_OR_RETURN(const CommitHandle commit, Find(tip));
  RETURN_IF_ERROR(CheckTree(tip, *git_commit_tree_id(commit.get())));
  return CheckCommits(tip, /*shallow=*/true);
}

absl::Status Wholeness::CheckCommits(const git_oid& tip, bool shallow) {
  RETURN_IF_ERROR(Find(tip).status());
  std::vector<git_oid> stack = {tip};
  while (!stack.empty()) {
    const git_oid id = stack.back();
    stack.pop_back();
    if (!commits_seen_.insert(id).second || IsOld(id)) continue;
    ASSIGN_OR_RETURN(const CommitHandle commit, Find(id));
    if (!shallow) RETURN_IF_ERROR(CheckTree(id, *git_commit_tree_id(commit.get())));
    bool cut = false;
    for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
      const git_oid parent = *git_commit_parent_id(commit.get(), i);
      if (IsOld(parent) || IsNew(parent)) {
        stack.push_back(parent);
      } else if (shallow) {
        cut = true;
      } else {
        return absl::InvalidArgumentError(
            absl::StrCat("the pack is not whole: commit ", Hex(id), " has the parent ", Hex(parent),
                         ", which is neither in the pack nor in the mirror; if your clone is shallow, run "
                         "`git fetch --unshallow` and push again, or push it as shallow"));
      }
    }
    if (cut) boundary_.push_back(id);
  }
  return absl::OkStatus();
}

absl::Status Wholeness::CheckTree(const git_oid& commit, const git_oid& root) {
  if (IsOld(root)) return absl::OkStatus();
  struct Directory {
    git_oid id;
    size_t path_size;
  };
  std::vector<Directory> stack = {{.id = root, .path_size = 0}};
  while (!stack.empty()) {
    const Directory directory = stack.back();
    stack.pop_back();
    if (!trees_seen_.insert(directory.id).second) continue;
    if (!IsNew(directory.id)) return Missing(commit, "tree", directory.id);
    TreeHandle tree;
    if (const int code = git_tree_lookup(tree.out(), pack_.get(), &directory.id); code < 0) {
      const absl::Status reason = GitError(code, "read tree", Hex(directory.id));
      return absl::InvalidArgumentError(std::string(reason.message()));
    }
    for (size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
      const git_oid& id = *git_tree_entry_id(entry);
      const git_object_t type = git_tree_entry_type(entry);
      if (type == GIT_OBJECT_COMMIT || IsOld(id)) continue;  // a submodule's commit lives elsewhere
      const size_t path_size = directory.path_size + 1 + std::string_view(git_tree_entry_name(entry)).size();
      if (path_size > kMaxPathBytes) {
        return absl::InvalidArgumentError(
            absl::StrCat("commit ", Hex(commit), " has a path longer than ", kMaxPathBytes, " bytes"));
      }
      if (type == GIT_OBJECT_TREE) {
        stack.push_back({.id = id, .path_size = path_size});
      } else if (!IsNew(id)) {
        return Missing(commit, absl::StrCat("file '", git_tree_entry_name(entry), "' with blob"), id);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace mergegate::git
