// Whether a received pack, together with what the mirror has, makes whole commits.
//
//   Wholeness wholeness(mirror_repository, mirror_odb, pack_index_path);
//   RETURN_IF_ERROR(wholeness.CheckHistory(tip));
//
// Looks at new objects only: what the mirror had was checked when it came. One thread.
#ifndef MERGEGATE_SERVER_GIT_WHOLENESS_H_
#define MERGEGATE_SERVER_GIT_WHOLENESS_H_

#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/git/object.h"

namespace mergegate::git {

class Wholeness {
 public:
  // `pack_index`: path of the .idx of the pack under scrutiny, not yet part of the mirror; "" = no pack.
  // All three outlive this object.
  static absl::StatusOr<Wholeness> Open(git_repository* mirror, git_odb* mirror_odb, const std::string& pack_index);

  // Every new commit that `tip` reaches is there with its tree and files. kInvalidArgument names what is missing.
  absl::Status CheckHistory(const git_oid& tip);

  // The tip and its own tree are there; the commits at which its new history ends are added to boundary().
  absl::Status CheckTip(const git_oid& tip);

  bool IsNew(const git_oid& id) const;
  // Commits with an absent parent, in the order met.
  const std::vector<git_oid>& boundary() const { return boundary_; }

 private:
  Wholeness(git_repository* mirror, git_odb* mirror_odb) : mirror_(mirror), mirror_odb_(mirror_odb) {}

  bool IsOld(const git_oid& id) const;
  // The commit, from the mirror or the pack.
  absl::StatusOr<CommitHandle> Find(const git_oid& id) const;
  absl::Status CheckCommits(const git_oid& tip, bool shallow);
  absl::Status CheckTree(const git_oid& commit, const git_oid& root);

  git_repository* mirror_;
  git_odb* mirror_odb_;
  OdbHandle pack_odb_;  // empty without a pack
  RepositoryHandle pack_;
  std::unordered_set<git_oid, OidHash, OidEqual> commits_seen_, trees_seen_;
  std::vector<git_oid> boundary_;
};

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_WHOLENESS_H_
