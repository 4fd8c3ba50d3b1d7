// Ids and look-ups that every part of this library needs.
//
//   ASSIGN_OR_RETURN(CommitHandle commit, FindCommit(repository, id));   // NOT_FOUND names the commit
//
// Thread safety: that of the repository.
#ifndef MERGEGATE_SERVER_GIT_OBJECT_H_
#define MERGEGATE_SERVER_GIT_OBJECT_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/git/handle.h"

namespace mergegate::git {

// Shared by a mirror and the trees and pack writers that came from it.
using SharedRepository = std::shared_ptr<git_repository>;

// A tree with more files than this is not a source tree; a few nested trees that repeat themselves could otherwise
// stand for billions of files.
inline constexpr int kMaxTreeFiles = 1'000'000;
// Longest path in a tree, in bytes; bounds the depth of trees as well.
inline constexpr size_t kMaxPathBytes = 4096;

// libgit2's defaults of an options struct: Defaults(git_diff_options_init, GIT_DIFF_OPTIONS_VERSION).
template <typename Options>
Options Defaults(int (*init)(Options*, unsigned), unsigned version) {
  Options options;
  init(&options, version);
  return options;
}

struct OidHash {
  size_t operator()(const git_oid& id) const {
    size_t hash;  // object ids are hashes already
    std::memcpy(&hash, id.id, sizeof hash);
    return hash;
  }
};
struct OidEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};

// 40 lower-case hex digits.
std::string Hex(const git_oid& id);

// kInvalidArgument when `hex` is not 40 hex digits.
absl::StatusOr<git_oid> ParseOid(std::string_view hex);

inline bool IsRegular(unsigned mode) {
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE || mode == 0100664;
}

// kNotFound naming the commit when it is absent or not a commit.
absl::StatusOr<CommitHandle> FindCommit(git_repository* repository, const CommitId& id);
absl::StatusOr<TreeHandle> RootTree(const git_commit* commit);
absl::StatusOr<OdbHandle> ObjectDatabase(git_repository* repository);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_OBJECT_H_
