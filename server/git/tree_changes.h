// Which paths differ between two trees, by comparing entry ids: no blob is read, equal subtrees are not entered.
//
//   TreeChanges changes(odb);
//   ASSIGN_OR_RETURN(std::vector<TouchedFile> files, changes.Between(&old_tree, &new_tree));
//
// Keeps raw trees of late (64 MiB), because neighbouring
// commits share nearly all. Borrows the object database. One thread at a time.
#ifndef MERGEGATE_SERVER_GIT_TREE_CHANGES_H_
#define MERGEGATE_SERVER_GIT_TREE_CHANGES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/review_record.h"
#include "server/git/object.h"

namespace mergegate::git {

class TreeChanges {
 public:
  // More changed files of a commit than this are not listed.
  static constexpr size_t kMostFiles = 50'000;

  explicit TreeChanges(git_odb* odb) : odb_(odb) {}

  struct Entry {
    git_oid id = {};
    unsigned mode = 0;  // 0: not there
  };
  struct Change {
    std::string path;
    Entry before, after;
    bool added() const { return before.mode == 0; }
    bool deleted() const { return after.mode == 0; }
  };

  // Files and submodules that differ in content or mode, in the order of git's trees. nullptr: the empty tree.
  // kNotFound when a tree is absent (a clone without trees).
  absl::StatusOr<std::vector<Change>> Changes(const git_oid* before, const git_oid* after);

  // The same without changes of mode alone; a deleted and an added file with one blob id are a rename, which stands at
  // its new path.
  absl::StatusOr<std::vector<TouchedFile>> Between(const git_oid* before, const git_oid* after);

 private:
  struct OidHasher {
    size_t operator()(const git_oid& id) const { return OidHash()(id); }
  };
  using Raw = std::shared_ptr<const std::string>;
  using Cache = absl::flat_hash_map<git_oid, Raw, OidHasher, OidEqual>;

  absl::StatusOr<Raw> Read(const git_oid& id);
  absl::Status Compare(const git_oid* before, const git_oid* after, std::string& path, std::vector<Change>& changes);

  git_odb* const odb_;
  Cache young_, old_;  // what is used moves to the young; a full young becomes the old
  size_t young_bytes_ = 0;
};

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_TREE_CHANGES_H_
