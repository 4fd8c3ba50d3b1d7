// The best common ancestor: the walk of `git merge-base`, over histories that may end early.
#include <algorithm>
#include <queue>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/commit_graph.h"

namespace mergegate::git {
namespace {

using Commit = CommitGraph::Commit;

// Marks of the walk. A commit that both sides reach is a candidate; everything below a candidate is stale.
enum Paint : unsigned { kFromA = 1, kFromB = 2, kBoth = 3, kStale = 4, kCandidate = 8 };

// Newest first; knows whether anything in it can still become a candidate.
class PaintQueue {
 public:
  bool HasFresh() const { return fresh_ > 0; }

  void Add(Commit* commit, unsigned paint) {
    if ((paint & kStale) && !(commit->paint & kStale)) fresh_ -= commit->queued;
    commit->paint |= paint;
    ++commit->queued;
    if (!(commit->paint & kStale)) ++fresh_;
    queue_.push(commit);
  }

  Commit* Take() {
    Commit* commit = queue_.top();
    queue_.pop();
    --commit->queued;
    if (!(commit->paint & kStale)) --fresh_;
    return commit;
  }

 private:
  std::priority_queue<Commit*, std::vector<Commit*>, OlderCommit> queue_;
  int64_t fresh_ = 0;
};

struct CommonAncestors {
  std::vector<Commit*> candidates;
  const Commit* cut_child = nullptr;  // the newest commit with an absent parent, if one was met
  const Commit* cut_parent = nullptr;
};

absl::StatusOr<CommonAncestors> PaintDown(CommitGraph& graph, Commit* a, Commit* b) {
  CommonAncestors found;
  PaintQueue queue;
  queue.Add(a, kFromA);
  queue.Add(b, kFromB);
  while (queue.HasFresh()) {
    Commit* commit = queue.Take();
    unsigned paint = commit->paint & (kBoth | kStale);
    if ((paint & kBoth) == kBoth && !(paint & kStale)) {
      if (!(commit->paint & kCandidate)) found.candidates.push_back(commit);
      commit->paint |= kCandidate;
      paint |= kStale;
    }
    for (Commit* parent : commit->parents) {
      if ((parent->paint & paint) == paint) continue;
      RETURN_IF_ERROR(graph.Complete(parent));
      if (parent->present) {
        queue.Add(parent, paint);
      } else if (found.cut_child == nullptr) {
        found.cut_child = commit;
        found.cut_parent = parent;
      }
    }
  }
  std::erase_if(found.candidates, [](const Commit* commit) { return commit->paint & kStale; });
  return found;
}

// True when `ancestor` can be reached from one of the others.
absl::StatusOr<bool> IsReachedFromOthers(CommitGraph& graph, const Commit* ancestor, const std::vector<Commit*>& all) {
  std::vector<Commit*> stack;
  std::unordered_map<const Commit*, bool> seen;
  for (Commit* commit : all) {
    if (commit != ancestor) stack.push_back(commit);
  }
  while (!stack.empty()) {
    Commit* commit = stack.back();
    stack.pop_back();
    if (commit == ancestor) return true;
    if (!seen.emplace(commit, true).second) continue;
    RETURN_IF_ERROR(graph.Complete(commit));
    stack.insert(stack.end(), commit->parents.begin(), commit->parents.end());
  }
  return false;
}

absl::StatusOr<Commit*> ReadPresent(CommitGraph& graph, const CommitId& id) {
  ASSIGN_OR_RETURN(const git_oid oid, ParseOid(id.value()));
  ASSIGN_OR_RETURN(Commit * commit, graph.Read(oid));
  if (!commit->present) return absl::NotFoundError(absl::StrCat("commit ", id.value(), " is not in the mirror"));
  return commit;
}

}  // namespace

absl::StatusOr<CommitId> FindMergeBase(git_repository* repository, const CommitId& a, const CommitId& b) {
  CommitGraph graph(repository);
  ASSIGN_OR_RETURN(Commit * ours, ReadPresent(graph, a));
  ASSIGN_OR_RETURN(Commit * theirs, ReadPresent(graph, b));
  ASSIGN_OR_RETURN(CommonAncestors found, PaintDown(graph, ours, theirs));
  if (found.candidates.empty()) {
    const std::string attempted = absl::StrCat("find a merge base of ", a.value(), " and ", b.value());
    if (found.cut_child != nullptr) return ShallowError(attempted, found.cut_child->id, found.cut_parent->id);
    return absl::FailedPreconditionError(absl::StrCat("cannot ", attempted, ": unrelated histories"));
  }
  // Several remain after criss-cross merges, or when clocks were wrong: then one may lie below another.
  std::ranges::sort(found.candidates, [](const Commit* x, const Commit* y) { return OlderCommit()(y, x); });
  for (const Commit* candidate : found.candidates) {
    if (found.candidates.size() == 1) break;
    ASSIGN_OR_RETURN(const bool redundant, IsReachedFromOthers(graph, candidate, found.candidates));
    if (!redundant) return CommitId(Hex(candidate->id));
  }
  return CommitId(Hex(found.candidates.front()->id));
}

}  // namespace mergegate::git
