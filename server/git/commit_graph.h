// The part of a commit graph that a walk has touched. libgit2's own walks fail at the first absent parent; here an
// absent parent is a commit with `present == false`, so that shallow histories can be walked and spoken about.
//
//   CommitGraph graph(repository);
//   ASSIGN_OR_RETURN(CommitGraph::Commit * tip, graph.Read(oid));
//   for (CommitGraph::Commit* parent : tip->parents) RETURN_IF_ERROR(graph.Complete(parent));
//
// Owns its commits; pointers stay valid as long as the graph. One thread at a time.
#ifndef MERGEGATE_SERVER_GIT_COMMIT_GRAPH_H_
#define MERGEGATE_SERVER_GIT_COMMIT_GRAPH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/git/mirror.h"
#include "server/git/object.h"

namespace mergegate::git {

class CommitGraph {
 public:
  struct Commit {
    git_oid id = {};
    bool read = false;     // the fields below are known
    bool present = false;  // in the object database
    int64_t time = 0;      // committer's, seconds since 1970
    std::vector<Commit*> parents;
    unsigned paint = 0;  // the walk's own marks
    int queued = 0;      // the walk's own count
  };

  explicit CommitGraph(git_repository* repository) : repository_(repository) {}

  // The commit with its fields known.
  absl::StatusOr<Commit*> Read(const git_oid& id);
  absl::Status Complete(Commit* commit);

 private:
  Commit* Intern(const git_oid& id);

  git_repository* const repository_;
  std::unordered_map<git_oid, Commit, OidHash, OidEqual> commits_;
};

// Orders priority queues newest first; equal times by id, so that walks are the same everywhere.
struct OlderCommit {
  bool operator()(const CommitGraph::Commit* a, const CommitGraph::Commit* b) const {
    return a->time != b->time ? a->time < b->time : git_oid_cmp(&a->id, &b->id) > 0;
  }
};

// The error for a history that ends at `child` because its parent is absent, with what mends it.
absl::Status ShallowError(const std::string& attempted, const git_oid& child, const git_oid& parent);

// The functions below are the mirror's of like names.
absl::StatusOr<CommitId> FindMergeBase(git_repository* repository, const CommitId& a, const CommitId& b);
absl::StatusOr<std::vector<CommitId>> ListFirstParents(git_repository* repository, const CommitId& id, int limit);
absl::StatusOr<HistoryCommit> ReadHistoryCommit(git_repository* repository, const CommitId& id);
absl::Status WalkCommits(git_repository* repository, const CommitId& tip,
                         const std::function<bool(const HistoryCommit&)>& visit);
absl::StatusOr<std::vector<BlameHunk>> BlameFile(git_repository* repository, const CommitId& commit,
                                                 const std::string& path, int most_commits);
// True when `id` and all its ancestors are present.
absl::StatusOr<bool> IsHistoryWhole(git_repository* repository, const CommitId& id);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_COMMIT_GRAPH_H_
