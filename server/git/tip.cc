#include "server/git/tip.h"

#include "absl/strings/str_cat.h"
#include "server/git/git_error.h"
#include "server/git/object.h"

namespace mergegate::git {

absl::StatusOr<git_oid> FindTip(git_repository* repository, const std::string& ref) {
  git_oid id;
  if (ref.empty()) {
    for (const char* name : {"HEAD", "refs/heads/main", "refs/heads/master"}) {
      if (git_reference_name_to_id(&id, repository, name) == 0) return id;
    }
    return absl::NotFoundError(absl::StrCat(git_repository_path(repository), " has no default branch; name a ref"));
  }
  ObjectHandle found, commit;
  int code = git_revparse_single(found.out(), repository, ref.c_str());
  if (code == 0) code = git_object_peel(commit.out(), found.get(), GIT_OBJECT_COMMIT);
  if (code < 0) return GitError(code, "find commit", ref);
  return *git_object_id(commit.get());
}

absl::StatusOr<RepositoryHandle> OpenToRead(const std::string& path) {
  StartLibrary();
  RepositoryHandle repository;
  const int code = git_repository_open_ext(repository.out(), path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (code < 0) return GitError(code, "open the repository", path);
  return repository;
}

absl::StatusOr<std::vector<git_oid>> CommitsAfter(git_repository* repository, const git_oid& tip,
                                                  const git_oid& known) {
  if (!git_oid_equal(&known, &tip) && git_graph_descendant_of(repository, &tip, &known) != 1) {
    return absl::FailedPreconditionError(absl::StrCat(Hex(known), " is no ancestor of ", Hex(tip)));
  }
  RevwalkHandle walk;
  int code = git_revwalk_new(walk.out(), repository);
  if (code == 0) code = git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  if (code == 0) code = git_revwalk_push(walk.get(), &tip);
  if (code == 0) code = git_revwalk_hide(walk.get(), &known);
  std::vector<git_oid> commits;
  git_oid id;
  while (code == 0 && (code = git_revwalk_next(&id, walk.get())) == 0) commits.push_back(id);
  if (code != GIT_ITEROVER) return GitError(code, "walk the history of", Hex(tip));
  return commits;
}

Mailmap MailmapAt(git_repository* repository, const git_oid& commit, std::vector<std::string>& notes) {
  ObjectHandle entry;
  const std::string name = Hex(commit) + ":.mailmap";
  const int code = git_revparse_single(entry.out(), repository, name.c_str());
  if (code == 0 && git_object_type(entry.get()) == GIT_OBJECT_BLOB) {
    const auto* const blob = reinterpret_cast<const git_blob*>(entry.get());
    return Mailmap({static_cast<const char*>(git_blob_rawcontent(blob)), static_cast<size_t>(git_blob_rawsize(blob))});
  }
  ObjectHandle tree;
  const std::string root = Hex(commit) + "^{tree}";
  if (git_revparse_single(tree.out(), repository, root.c_str()) == 0 &&
      git_tree_entry_byname(reinterpret_cast<const git_tree*>(tree.get()), ".mailmap") != nullptr) {
    notes.push_back("the blob of .mailmap is not in this clone: names are taken as the commits have them");
  }
  return {};
}

}  // namespace mergegate::git
