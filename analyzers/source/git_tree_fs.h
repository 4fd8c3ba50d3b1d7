// The only file system that the compiler sees: a commit's tree under "/src", and an allow-listed part of the real one.
//
//   auto fs = llvm::makeIntrusiveRefCnt<source::GitTreeFs>(*tree, std::vector<std::string>{"/usr/include"});
//   fs->getBufferForFile("/src/db/db_impl.cc");   // from git
//   fs->getBufferForFile("/usr/include/stdio.h"); // from disk: the file lies below a root after resolving links
//   fs->getBufferForFile("/etc/passwd");          // no such file
//
// What is not allowed does not exist; it is not even probed. Directories of the tree can be asked for but not listed,
// so that the tree's record (GitTree::inputs, absent) decides everything read from it. Thread safety: none. Ownership:
// the tree must outlive the file system.
#ifndef MERGEGATE_ANALYZERS_SOURCE_GIT_TREE_FS_H_
#define MERGEGATE_ANALYZERS_SOURCE_GIT_TREE_FS_H_

#include <optional>
#include <string>
#include <vector>

#include "analyzers/source/git_tree.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace mergegate::source {

// Where the tree is mounted.
inline constexpr char kMount[] = "/src";

// The tree-relative path of a path below the mount, dots removed; empty when it lies elsewhere.
std::string TreePath(llvm::StringRef path, llvm::StringRef directory = kMount);

class GitTreeFs final : public llvm::vfs::FileSystem {
 public:
  GitTreeFs(GitTree& tree, const std::vector<std::string>& roots);

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine& directory, std::error_code& error) override;
  std::error_code setCurrentWorkingDirectory(const llvm::Twine& path) override;
  llvm::ErrorOr<std::string> getCurrentWorkingDirectory() const override { return directory_; }
  std::error_code getRealPath(const llvm::Twine& path, llvm::SmallVectorImpl<char>& output) override;
  const void* dynamicClassID() const override { return &kClassId; }

 private:
  struct Place;
  static const char kClassId;

  Place Locate(const llvm::Twine& path);
  bool IsWay(llvm::StringRef lexical) const;
  std::optional<std::string> AllowedRealPath(llvm::StringRef absolute) const;

  GitTree& tree_;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> real_;
  std::vector<std::string> roots_;           // as given
  std::vector<std::string> resolved_roots_;  // without links
  std::string directory_ = kMount;
};

}  // namespace mergegate::source

#endif  // MERGEGATE_ANALYZERS_SOURCE_GIT_TREE_FS_H_
