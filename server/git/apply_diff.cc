#include "server/git/apply_diff.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/apply_hunks.h"
#include "server/git/git_error.h"
#include "server/git/object.h"
#include "server/git/patched_tree.h"
#include "server/git/unified_diff.h"

namespace mergegate::git {
namespace {

using TreeEntryHandle = Handle<git_tree_entry, git_tree_entry_free>;

bool Leaves(const FilePatch& file) { return file.kind == PatchKind::kDelete || file.kind == PatchKind::kRename; }

// Mode 0: the diff does not say.
absl::Status CheckMode(const std::string& path, unsigned mode) {
  if (mode == 0 || IsRegular(mode)) return absl::OkStatus();
  const char* kind = mode == GIT_FILEMODE_LINK     ? "a symbolic link"
                     : mode == GIT_FILEMODE_COMMIT ? "a submodule"
                                                   : "no regular file";
  return absl::InvalidArgumentError(
      absl::StrCat(FileInMessage(path), " is ", kind, "; a diff may change regular files only, push commits instead"));
}

// The patched files of a base commit.
class Application {
 public:
  Application(git_repository* repository, const git_tree* base, const std::vector<FilePatch>& files)
      : repository_(repository), base_(base) {
    for (const FilePatch& file : files) {
      if (Leaves(file)) leaving_.insert(file.old_path);
    }
  }

  absl::Status Apply(const FilePatch& file) {
    RETURN_IF_ERROR(CheckMode(file.old_path, file.old_mode));
    RETURN_IF_ERROR(CheckMode(file.new_path, file.new_mode));
    const bool creates = file.kind == PatchKind::kCreate;
    if (creates || file.old_path != file.new_path) RETURN_IF_ERROR(CheckIsNew(file.new_path));

    git_oid old_blob = {};
    unsigned mode = file.new_mode;
    if (!creates) {
      const TreeEntryHandle entry = EntryAt(file.old_path);
      if (!entry) {
        return absl::InvalidArgumentError(
            absl::StrCat(FileInMessage(file.old_path), " does not exist in the base commit"));
      }
      const unsigned old_mode = git_tree_entry_filemode(entry.get());
      RETURN_IF_ERROR(CheckMode(file.old_path, old_mode));
      old_blob = *git_tree_entry_id(entry.get());
      if (mode == 0) mode = old_mode;
    }
    EditedFile edited = {.blob = old_blob,
                         .mode = (mode & 0100) != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB};
    if (creates || file.kind == PatchKind::kDelete || !file.hunks.empty()) {
      ASSIGN_OR_RETURN(edited.blob, WriteBlob(file, old_blob));
    }
    // What another patch puts in the place of a file that leaves must stay.
    if (Leaves(file)) edits_.try_emplace(file.old_path, std::nullopt);
    if (file.kind != PatchKind::kDelete) edits_[file.new_path] = edited;
    return absl::OkStatus();
  }

  const FileEdits& edits() const { return edits_; }

 private:
  // What the base has at `path`; empty when nothing.
  TreeEntryHandle EntryAt(const std::string& path) const {
    TreeEntryHandle entry;
    git_tree_entry_bypath(entry.out(), base_, path.c_str());
    return entry;
  }

  // A directory may be there if the diff empties it, which only the whole tree shows.
  absl::Status CheckIsNew(const std::string& path) const {
    const TreeEntryHandle entry = EntryAt(path);
    if (!entry || git_tree_entry_type(entry.get()) == GIT_OBJECT_TREE || leaving_.contains(path)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat(FileInMessage(path), " is new in the diff but exists in the base commit"));
  }

  absl::StatusOr<git_oid> WriteBlob(const FilePatch& file, const git_oid& old_blob) {
    BlobHandle blob;
    std::string_view old_text;
    if (file.kind != PatchKind::kCreate) {
      if (const int code = git_blob_lookup(blob.out(), repository_, &old_blob); code < 0) {
        return GitError(code, "read", FileInMessage(file.old_path));
      }
      old_text = {static_cast<const char*>(git_blob_rawcontent(blob.get())),
                  static_cast<size_t>(git_blob_rawsize(blob.get()))};
    }
    RETURN_IF_ERROR(budget_.Spend(old_text.size()));
    const absl::StatusOr<std::string> text = ApplyHunks(old_text, file.hunks, budget_);
    if (!text.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(FileInMessage(file.old_path), ", ", text.status().message()));
    }
    if (file.kind == PatchKind::kDelete) {
      if (text->empty()) return old_blob;
      return absl::InvalidArgumentError(
          absl::StrCat(FileInMessage(file.old_path), " is deleted, but the diff does not remove all its lines"));
    }
    git_oid id;
    if (const int code = git_blob_create_from_buffer(&id, repository_, text->data(), text->size()); code < 0) {
      return GitError(code, "write", FileInMessage(file.new_path));
    }
    return id;
  }

  git_repository* const repository_;
  const git_tree* const base_;
  std::set<std::string> leaving_;
  FileEdits edits_;
  WorkBudget budget_;
};

absl::StatusOr<git_oid> WritePatchedTree(git_repository* repository, const git_tree* base,
                                         std::string_view unified_diff) {
  ASSIGN_OR_RETURN(const std::vector<FilePatch> files, ParseUnifiedDiff(unified_diff));
  Application application(repository, base, files);
  for (const FilePatch& file : files) RETURN_IF_ERROR(application.Apply(file));
  return WriteTree(repository, base, application.edits());
}

}  // namespace

absl::StatusOr<CommitId> CommitUnifiedDiff(git_repository* repository, const CommitId& base,
                                           std::string_view unified_diff) {
  ASSIGN_OR_RETURN(const CommitHandle base_commit, FindCommit(repository, base));
  ASSIGN_OR_RETURN(const TreeHandle base_tree, RootTree(base_commit.get()));
  const absl::StatusOr<git_oid> tree_id = WritePatchedTree(repository, base_tree.get(), unified_diff);
  if (!tree_id.ok()) {
    return absl::Status(tree_id.status().code(),
                        absl::StrCat("the diff cannot be applied: ", tree_id.status().message()));
  }
  TreeHandle tree;
  if (const int code = git_tree_lookup(tree.out(), repository, &*tree_id); code < 0) {
    return GitError(code, "read the tree of", "the diff");
  }

  SignatureHandle signature;
  const git_time_t time = git_commit_time(base_commit.get());
  if (const int code = git_signature_new(signature.out(), "mergegate", "mergegate@localhost", time, 0); code < 0) {
    return GitError(code, "sign", "the diff's commit");
  }
  const std::string message = absl::StrCat("Diff on ", base.value(), "\n");
  const git_commit* parents[] = {base_commit.get()};
  git_oid id;
  if (const int code = git_commit_create(&id, repository, nullptr, signature.get(), signature.get(), nullptr,
                                         message.c_str(), tree.get(), 1, parents);
      code < 0) {
    return GitError(code, "commit", "the diff");
  }
  return CommitId(Hex(id));
}

}  // namespace mergegate::git
