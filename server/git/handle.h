// Ownership of libgit2 objects.
//
//   git::CommitHandle commit;
//   if (int code = git_commit_lookup(commit.out(), repository, &id); code < 0) return GitError(code, ...);
//   use(commit.get());
//
// Move-only. Thread safety: that of the object held.
#ifndef MERGEGATE_SERVER_GIT_HANDLE_H_
#define MERGEGATE_SERVER_GIT_HANDLE_H_

#include <git2.h>

#include <utility>

namespace mergegate::git {

template <typename T, void (*Free)(T*)>
class Handle {
 public:
  Handle() = default;
  ~Handle() { Reset(nullptr); }
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.object_, nullptr));
    return *this;
  }

  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

  // Where a libgit2 function is to put its result; what was held is freed first.
  T** out() {
    Reset(nullptr);
    return &object_;
  }

 private:
  void Reset(T* object) {
    if (object_ != nullptr) Free(object_);
    object_ = object;
  }

  T* object_ = nullptr;
};

using BlameHandle = Handle<git_blame, git_blame_free>;
using BlobHandle = Handle<git_blob, git_blob_free>;
using CommitHandle = Handle<git_commit, git_commit_free>;
using DiffHandle = Handle<git_diff, git_diff_free>;
using IndexHandle = Handle<git_index, git_index_free>;
using IndexerHandle = Handle<git_indexer, git_indexer_free>;
using ObjectHandle = Handle<git_object, git_object_free>;
using OdbHandle = Handle<git_odb, git_odb_free>;
using OdbObjectHandle = Handle<git_odb_object, git_odb_object_free>;
using PackbuilderHandle = Handle<git_packbuilder, git_packbuilder_free>;
using PatchHandle = Handle<git_patch, git_patch_free>;
using ReferenceHandle = Handle<git_reference, git_reference_free>;
using RemoteHandle = Handle<git_remote, git_remote_free>;
using RepositoryHandle = Handle<git_repository, git_repository_free>;
using RevwalkHandle = Handle<git_revwalk, git_revwalk_free>;
using SignatureHandle = Handle<git_signature, git_signature_free>;
using TreeHandle = Handle<git_tree, git_tree_free>;
using TreeEntryHandle = Handle<git_tree_entry, git_tree_entry_free>;

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_HANDLE_H_
