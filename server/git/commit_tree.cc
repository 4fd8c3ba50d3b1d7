#include "server/git/commit_tree.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"

namespace mergegate::git {
namespace {

constexpr size_t kMaxFileBytes = size_t{64} << 20;

class CommitTree final : public Tree {
 public:
  CommitTree(SharedRepository repository, const git_oid& root, TreeHandle tree)
      : repository_(std::move(repository)), root_(root) {
    directories_.emplace("", std::move(tree));
  }

  absl::StatusOr<std::string> ReadFile(std::string_view path) const override {
    const git_tree_entry* entry = Find(path);
    if (entry == nullptr || !IsRegular(git_tree_entry_filemode(entry))) {
      return absl::NotFoundError(absl::StrCat("no file ", std::string(path), " in the tree ", Hex(root_)));
    }
    const git_oid& id = *git_tree_entry_id(entry);
    ASSIGN_OR_RETURN(const OdbHandle odb, ObjectDatabase(repository_.get()));
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (const int code = git_odb_read_header(&size, &type, odb.get(), &id); code < 0) {
      return GitError(code, "read file", path);
    }
    if (size > kMaxFileBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(std::string(path), " has ", size, " bytes; files above 64 MiB are not read"));
    }
    BlobHandle blob;
    if (const int code = git_blob_lookup(blob.out(), repository_.get(), &id); code < 0) {
      return GitError(code, "read file", path);
    }
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())), git_blob_rawsize(blob.get()));
  }

  std::optional<BlobId> FindBlob(std::string_view path) const override {
    const git_tree_entry* entry = Find(path);
    if (entry == nullptr || !IsRegular(git_tree_entry_filemode(entry))) return std::nullopt;
    return BlobId(Hex(*git_tree_entry_id(entry)));
  }

  bool Exists(std::string_view path) const override {
    const git_tree_entry* entry = Find(path);
    if (entry == nullptr) return false;
    return git_tree_entry_type(entry) == GIT_OBJECT_TREE || IsRegular(git_tree_entry_filemode(entry));
  }

  absl::Status ForEachFile(const std::function<void(std::string_view, const BlobId&)>& visit) const override {
    return ForEachRegularFile(repository_.get(), root_,
                              [&visit](std::string_view path, const git_oid& id) { visit(path, BlobId(Hex(id))); });
  }

 private:
  // nullptr when there is no such entry. The result lives as long as this tree.
  const git_tree_entry* Find(std::string_view path) const {
    if (path.size() > kMaxPathBytes) return nullptr;
    const size_t slash = path.rfind('/');
    if (slash == 0) return nullptr;
    const git_tree* directory = Directory(slash == std::string_view::npos ? "" : path.substr(0, slash));
    if (directory == nullptr) return nullptr;
    const std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
    return git_tree_entry_byname(directory, name.c_str());
  }

  const git_tree* Directory(std::string_view path) const {
    const auto known = directories_.find(std::string(path));
    if (known != directories_.end()) return known->second.get();
    const git_tree_entry* entry = Find(path);
    if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_TREE) return nullptr;
    TreeHandle tree;
    if (git_tree_lookup(tree.out(), repository_.get(), git_tree_entry_id(entry)) < 0) return nullptr;
    return directories_.emplace(path, std::move(tree)).first->second.get();
  }

  const SharedRepository repository_;  // before the trees, so that it outlives them
  const git_oid root_;
  mutable std::unordered_map<std::string, TreeHandle> directories_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Tree>> OpenCommitTree(const SharedRepository& repository, const CommitId& id) {
  ASSIGN_OR_RETURN(const CommitHandle commit, FindCommit(repository.get(), id));
  ASSIGN_OR_RETURN(TreeHandle tree, RootTree(commit.get()));
  return std::make_shared<const CommitTree>(repository, *git_commit_tree_id(commit.get()), std::move(tree));
}

absl::Status ForEachRegularFile(git_repository* repository, const git_oid& root,
                                const std::function<void(std::string_view, const git_oid&)>& visit) {
  struct Level {
    TreeHandle tree;
    size_t next = 0;
    size_t path_size = 0;  // of the directory, with its slash
  };
  std::vector<Level> levels;
  std::string path;
  const auto enter = [&](const git_oid& id) -> absl::Status {
    TreeHandle tree;
    if (const int code = git_tree_lookup(tree.out(), repository, &id); code < 0) {
      return GitError(code, "read directory", path.empty() ? "/" : path);
    }
    levels.push_back({.tree = std::move(tree), .next = 0, .path_size = path.size()});
    return absl::OkStatus();
  };

  RETURN_IF_ERROR(enter(root));
  int entries = 0;
  while (!levels.empty()) {
    Level& level = levels.back();
    path.resize(level.path_size);
    if (level.next == git_tree_entrycount(level.tree.get())) {
      levels.pop_back();
      continue;
    }
    // Git orders a directory as if its name ended in a slash: a walk in that order is a walk in path order.
    const git_tree_entry* entry = git_tree_entry_byindex(level.tree.get(), level.next++);
    path += git_tree_entry_name(entry);
    if (++entries > kMaxTreeFiles || path.size() > kMaxPathBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("the tree ", Hex(root), " has more than ", kMaxTreeFiles,
                                                       " entries or a path longer than ", kMaxPathBytes, " bytes"));
    }
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      path += '/';
      RETURN_IF_ERROR(enter(*git_tree_entry_id(entry)));
    } else if (IsRegular(git_tree_entry_filemode(entry))) {
      visit(path, *git_tree_entry_id(entry));
    }
  }
  return absl::OkStatus();
}

}  // namespace mergegate::git
