// A project's bare mirror, through libgit2 only. Nothing is ever checked out.
//
//   ASSIGN_OR_RETURN(auto mirror, git::Mirror::OpenOrCreate("/var/lib/mergegate/mirrors/leveldb.git"));
//   ASSIGN_OR_RETURN(CommitId base, mirror->MergeBase(a, b));
//   ASSIGN_OR_RETURN(Diff diff, mirror->DiffCommits(base, head));
//
// Thread safety: one Mirror belongs to one thread at a time; open the same path again for another thread.
// Trees keep the mirror they came from alive.
#ifndef MERGEGATE_SERVER_GIT_MIRROR_H_
#define MERGEGATE_SERVER_GIT_MIRROR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/change.h"
#include "server/domain/ids.h"
#include "server/domain/tree.h"

namespace mergegate::git {

struct FetchStats {
  int64_t received_objects = 0;
  int64_t received_bytes = 0;
};

struct MirrorLimits {
  int64_t max_pack_bytes = int64_t{1} << 30;
  int64_t max_pack_objects = 5'000'000;
  int max_changed_files = 20'000;          // DiffCommits: kResourceExhausted above
  int64_t max_diff_file_bytes = 16 << 20;  // larger files are treated as binary
  int max_rename_candidates = 2'000;
};

// Receives a pack in pieces. Destroying it without Finish leaves the mirror as it was.
class PackWriter {
 public:
  virtual ~PackWriter() = default;
  // kResourceExhausted over the limits, kInvalidArgument for bytes that are not a pack.
  virtual absl::Status Append(std::string_view bytes) = 0;
  // Indexes (thin packs are completed from the mirror), verifies every object's hash and that the history and the
  // trees of `tips` are whole (unless `shallow`: then only each tip's own tree), and keeps the tips alive under
  // refs/mergegate/keep/. Returns the number of objects. kInvalidArgument for a corrupt pack.
  virtual absl::StatusOr<int64_t> Finish(const std::vector<CommitId>& tips, bool shallow) = 0;
};

// One commit in a history walk.
struct HistoryCommit {
  CommitId id;
  std::vector<CommitId> parents;
  std::string author_name, author_mail;
  absl::Time author_time;
  std::string committer_name, committer_mail;
  absl::Time commit_time;
  std::string message;
};

// Lines of a file and the commit they come from.
struct BlameHunk {
  LineRange lines;
  CommitId commit;  // empty, as all below: older than was looked
  std::string author_name, author_mail;
  absl::Time time;
};

class Mirror {
 public:
  virtual ~Mirror() = default;

  // Opens the bare repository at `path`, creating it if absent. `alternate`: a git object directory whose objects
  // are shared (the caller's own repository in local mode); "" = none.
  static absl::StatusOr<std::unique_ptr<Mirror>> OpenOrCreate(const std::string& path,
                                                              const std::string& alternate = "",
                                                              const MirrorLimits& limits = {});

  virtual bool HasCommit(const CommitId& id) const = 0;

  // True when the commit and all its ancestors are there: what a sender may leave out of a pack. Differs from HasCommit
  // only in mirrors that took a shallow push, where the history must be sent again to become whole.
  virtual bool HasHistory(const CommitId& id) const = 0;

  // kUnavailable when the remote does not answer, kPermissionDenied when it refuses, kInvalidArgument for a bad URL
  // (only https, http, ssh, git, file and plain paths; "ext::" and the like are refused). `header`: "Authorization:
  // ..." for https and http; then no redirect is followed, which could lead it astray. Empty: none.
  virtual absl::StatusOr<FetchStats> Fetch(const std::string& url, const std::vector<std::string>& refspecs,
                                           const std::string& header = "") = 0;

  virtual absl::StatusOr<std::unique_ptr<PackWriter>> ReceivePack() = 0;

  // Applies a unified diff (as git prints it, renames and new/deleted files included) to `base` and commits the
  // result with fixed author and time, so that the same input gives the same id. kInvalidArgument names the file
  // and hunk that does not apply; kNotFound when `base` is absent.
  virtual absl::StatusOr<CommitId> CommitDiff(const CommitId& base, std::string_view unified_diff) = 0;

  // Keeps a commit alive under refs/mergegate/keep/<id>.
  virtual absl::Status Keep(const CommitId& id) = 0;

  // kNotFound with the missing commit's id when one is absent; kFailedPrecondition when there is no merge base
  // ("unrelated histories" or "history is shallow at <commit>": the message says which).
  virtual absl::StatusOr<CommitId> MergeBase(const CommitId& a, const CommitId& b) const = 0;

  // Files ordered by path(); renames detected (50 %); hunks without context.
  virtual absl::StatusOr<Diff> DiffCommits(const CommitId& base, const CommitId& head) const = 0;

  virtual absl::StatusOr<std::shared_ptr<const Tree>> OpenTree(const CommitId& commit) const = 0;

  // The commit of HEAD's branch, else of main or master, in the mirror; kNotFound when there is none.
  virtual absl::StatusOr<CommitId> DefaultBranch() const = 0;

  // HEAD's branch is this one from now on, whether it is there or not. kInvalidArgument for what is no branch's name.
  virtual absl::Status SetDefaultBranch(const std::string& branch) = 0;

  // The commit of a full reference ("refs/heads/main"); kNotFound.
  virtual absl::StatusOr<CommitId> CommitOf(const std::string& ref) const = 0;

  // First-parent ancestors of `id`, itself first, at most `limit`.
  virtual absl::StatusOr<std::vector<CommitId>> FirstParents(const CommitId& id, int limit) const = 0;

  // One commit, without looking at its history; kNotFound.
  virtual absl::StatusOr<HistoryCommit> ReadCommit(const CommitId& id) const = 0;

  // Reads all that `tip` reaches, then walks from it in topological and time order, newest first, until `visit` returns
  // false.
  virtual absl::Status WalkHistory(const CommitId& tip,
                                   const std::function<bool(const HistoryCommit&)>& visit) const = 0;

  // Looks back over at most `most_commits` first parents, and what was merged in between (fmt's 5000-line header takes
  // 0.4 s for 500 commits and 5 s without a bound). kNotFound when `path` is not in `commit`, kOutOfRange when it is
  // larger than 1 MiB.
  virtual absl::StatusOr<std::vector<BlameHunk>> Blame(const CommitId& commit, const std::string& path,
                                                       int most_commits) const = 0;

  // Directory of the repository.
  virtual const std::string& path() const = 0;
};

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_MIRROR_H_
