// Throw-away git repositories for tests, made without the git command. Ids are the same in every run: author, mail and
// times are fixed (2023-11-14 22:13:20 UTC, one minute later for every commit).
//
//   TestRepo repo;
//   CommitId a = repo.Commit({{"a.cc", "int x;\n"}});
//   CommitId b = repo.Commit({{"b.cc", "int y;\n"}}, {.remove = {"a.cc"}});
//   CommitId c = repo.Commit({}, {.rename = {{"b.cc", "src/b.cc"}}});
//   CommitId side = repo.Commit({{"s.cc", "int s;\n"}}, {.parents = {{a}}});
//   CommitId merge = repo.Merge(c, side);
//   auto mirror = git::Mirror::OpenOrCreate(directory, repo.objects());
//
// A failure of the environment (no space, say) ends the test program. Thread safety: one thread at a time.
#ifndef MERGEGATE_TESTS_SUPPORT_TEST_REPO_H_
#define MERGEGATE_TESTS_SUPPORT_TEST_REPO_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/domain/ids.h"
#include "server/git/handle.h"

namespace mergegate::testing {

// A fresh directory, removed with everything in it at the end.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }
  std::string Join(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

using Files = std::map<std::string, std::string>;  // content by path

struct CommitOptions {
  std::vector<std::string> remove = {};
  std::vector<std::pair<std::string, std::string>> rename = {};  // {from, to}, before files are written
  std::vector<std::string> executables = {};                     // paths whose mode becomes 100755
  Files symlinks = {};                                           // target by path
  std::map<std::string, CommitId> submodules = {};
  std::optional<std::vector<CommitId>> parents = {};  // not given: the last commit made, if any; {} = a root commit
  std::string message = "Change\n";
  std::string author_name = "Ada";
  std::string author_mail = "ada@example.org";
};

class TestRepo {
 public:
  TestRepo();

  // Adds a commit on top of its first parent's files and moves refs/heads/main to it.
  CommitId Commit(const Files& files, const CommitOptions& options = {});

  // A commit that renames one file of the last commit and nothing else.
  CommitId Rename(const std::string& from, const std::string& to);

  // A merge commit of both, with `ours`' files plus `files`.
  CommitId Merge(const CommitId& ours, const CommitId& theirs, const Files& files = {});

  // Points refs/heads/<name> at `id`.
  void Branch(const std::string& name, const CommitId& id);

  // A pack (not thin) of the commits reachable from `want` but not from `have`, with their trees and blobs.
  std::string Pack(const std::vector<CommitId>& want, const std::vector<CommitId>& have = {}) const;

  // A pack of exactly the named objects: for packs with holes in them.
  std::string PackObjects(const std::vector<std::string>& object_ids) const;

  // The id of a commit's root tree, and of a file in it.
  std::string TreeOf(const CommitId& commit) const;
  std::string BlobOf(const CommitId& commit, const std::string& path) const;

  // The bare repository's directory, and its object directory (an alternate for mirrors).
  const std::string& path() const { return path_; }
  std::string objects() const { return path_ + "/objects"; }
  const CommitId& head() const { return head_; }

 private:
  TempDirectory directory_;
  std::string path_;
  git::RepositoryHandle repository_;
  CommitId head_;
  int64_t next_time_ = 1'700'000'000;
};

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_TEST_REPO_H_
