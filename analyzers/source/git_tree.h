// One commit's files, read straight from a git object database, with a record of what was looked at.
//
//   ASSIGN_OR_RETURN(auto tree, source::GitTree::Open("/var/mirrors/leveldb.git", "fb644cb4..."));
//   tree->Find("db/db_impl.cc").file->text    // "...", and inputs() now holds db/db_impl.cc
//   tree->Find("config.h").kind               // kAbsent, and absent() now holds config.h
//
// No git configuration is read and nothing is checked out. Symbolic links are followed inside the tree only. What the
// record holds decides everything that was read from here, so a cache can be validated against it.
// Thread safety: none. Ownership: files live as long as their tree.
#ifndef MERGEGATE_ANALYZERS_SOURCE_GIT_TREE_H_
#define MERGEGATE_ANALYZERS_SOURCE_GIT_TREE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzers/source/suppressions.h"

struct git_tree_entry;

namespace mergegate::source {

struct TreeFile {
  std::string path;                  // relative to the root, without links in it
  std::string blob;                  // 40 hex digits
  std::string text;                  // as analyzers see it
  std::string stored_text;           // as committed, when that differs from `text`; empty otherwise
  std::vector<Suppression> ignored;  // suppressions that `text` lacks
  uint64_t number = 0;               // unique within the tree

  const std::string& committed() const { return stored_text.empty() ? text : stored_text; }
};

struct Lookup {
  enum class Kind { kAbsent, kFile, kDirectory, kOutside };
  Kind kind = Kind::kAbsent;
  const TreeFile* file = nullptr;  // for kFile
  std::string path;                // for kDirectory: without links in it; for kOutside: what remains after the ".."
};

class GitTree {
 public:
  static constexpr int64_t kMaxBlobBytes = int64_t{64} << 20;

  // `repository`: a bare repository or a ".git" directory. `commit`: 40 hex digits.
  // kNotFound when either is missing, kInvalidArgument for a malformed id.
  static absl::StatusOr<std::unique_ptr<GitTree>> Open(const std::string& repository, const std::string& commit);
  ~GitTree();
  GitTree(const GitTree&) = delete;
  GitTree& operator=(const GitTree&) = delete;

  // Lines per path whose suppressions are to have no effect. Call it before the first Find.
  void IgnoreSuppressions(std::map<std::string, LineRanges> lines);

  // `path` is relative to the root; "." and ".." are walked as an operating system does. kOutside when it leaves the
  // root by "..": that says nothing about what exists there.
  Lookup Find(std::string_view path);

  // Blob id of a file or symbolic link, without following links, reading it or remembering that it was asked for; empty
  // when there is none.
  std::string BlobAt(std::string_view path);
  // True for a directory, too. As BlobAt otherwise.
  bool Exists(std::string_view path);

  // Directory and blob id of every file of this name in the tree, in its order: what they say, in short. The files do
  // not count as asked for.
  std::string ListFilesNamed(std::string_view name);

  // Path to blob id of every file (and symbolic link) that Find met.
  const std::map<std::string, std::string>& inputs() const { return inputs_; }
  // Paths that Find did not find.
  const std::set<std::string>& absent() const { return absent_; }
  // The first object that the tree names but that could not be read; OK when there is none. Results are then not to
  // be trusted.
  const absl::Status& damage() const { return damage_; }

 private:
  struct Objects;  // libgit2's handles
  struct Walk;

  GitTree();
  const git_tree_entry* EntryAt(std::string_view path);
  Lookup Resolve(Walk& walk);
  const TreeFile* Load(const std::string& path, const std::string& blob);

  std::unique_ptr<Objects> objects_;
  std::map<std::string, LineRanges> ignored_lines_;
  std::map<std::string, std::unique_ptr<TreeFile>> files_;
  std::map<std::string, std::string> inputs_;
  std::set<std::string> absent_;
  std::map<std::string, std::string, std::less<>> lists_;  // by name
  absl::Status damage_;
};

}  // namespace mergegate::source

#endif  // MERGEGATE_ANALYZERS_SOURCE_GIT_TREE_H_
