// Walks from one commit: first parents, everything, completeness, blame.
#include <queue>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/commit_graph.h"
#include "server/git/git_error.h"

namespace mergegate::git {
namespace {

constexpr git_object_size_t kMostBlamedBytes = 1 << 20;

using Commit = CommitGraph::Commit;

absl::Time ToTime(const git_time& time) { return absl::FromUnixSeconds(time.time); }

std::string OrEmpty(const char* text) { return text == nullptr ? "" : text; }

HistoryCommit ToHistoryCommit(const git_commit* commit) {
  const git_signature* author = git_commit_author(commit);
  const git_signature* committer = git_commit_committer(commit);
  HistoryCommit result{.id = CommitId(Hex(*git_commit_id(commit))),
                       .parents = {},
                       .author_name = OrEmpty(author->name),
                       .author_mail = OrEmpty(author->email),
                       .author_time = ToTime(author->when),
                       .committer_name = OrEmpty(committer->name),
                       .committer_mail = OrEmpty(committer->email),
                       .commit_time = ToTime(committer->when),
                       .message = OrEmpty(git_commit_message(commit))};
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
    result.parents.emplace_back(Hex(*git_commit_parent_id(commit, i)));
  }
  return result;
}

// Reads everything that `tip` reaches and counts in `queued` the children of each commit.
absl::Status CountChildren(CommitGraph& graph, Commit* tip) {
  std::vector<Commit*> stack = {tip};
  tip->paint = 1;
  while (!stack.empty()) {
    Commit* commit = stack.back();
    stack.pop_back();
    for (Commit* parent : commit->parents) {
      RETURN_IF_ERROR(graph.Complete(parent));
      ++parent->queued;
      if (!parent->present || parent->paint) continue;
      parent->paint = 1;
      stack.push_back(parent);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CommitId>> ListFirstParents(git_repository* repository, const CommitId& id, int limit) {
  CommitGraph graph(repository);
  RETURN_IF_ERROR(FindCommit(repository, id).status());
  ASSIGN_OR_RETURN(const git_oid oid, ParseOid(id.value()));
  ASSIGN_OR_RETURN(const Commit* commit, graph.Read(oid));
  std::vector<CommitId> ids;
  while (commit->present && ids.size() < static_cast<size_t>(std::max(limit, 0))) {
    ids.emplace_back(Hex(commit->id));
    if (commit->parents.empty()) break;
    RETURN_IF_ERROR(graph.Complete(commit->parents.front()));
    commit = commit->parents.front();
  }
  return ids;
}

absl::StatusOr<HistoryCommit> ReadHistoryCommit(git_repository* repository, const CommitId& id) {
  ASSIGN_OR_RETURN(const CommitHandle commit, FindCommit(repository, id));
  return ToHistoryCommit(commit.get());
}

absl::Status WalkCommits(git_repository* repository, const CommitId& tip,
                         const std::function<bool(const HistoryCommit&)>& visit) {
  RETURN_IF_ERROR(FindCommit(repository, tip).status());
  ASSIGN_OR_RETURN(const git_oid oid, ParseOid(tip.value()));
  CommitGraph graph(repository);
  ASSIGN_OR_RETURN(Commit * first, graph.Read(oid));
  RETURN_IF_ERROR(CountChildren(graph, first));
  // A commit may be shown once all its children were.
  std::priority_queue<Commit*, std::vector<Commit*>, OlderCommit> ready;
  ready.push(first);
  while (!ready.empty()) {
    Commit* commit = ready.top();
    ready.pop();
    CommitHandle handle;
    if (const int code = git_commit_lookup(handle.out(), repository, &commit->id); code < 0) {
      return GitError(code, "read commit", Hex(commit->id));
    }
    if (!visit(ToHistoryCommit(handle.get()))) return absl::OkStatus();
    for (Commit* parent : commit->parents) {
      if (--parent->queued == 0 && parent->present) ready.push(parent);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsHistoryWhole(git_repository* repository, const CommitId& id) {
  ASSIGN_OR_RETURN(const git_oid oid, ParseOid(id.value()));
  CommitGraph graph(repository);
  ASSIGN_OR_RETURN(Commit * tip, graph.Read(oid));
  std::vector<Commit*> stack = {tip};
  while (!stack.empty()) {
    Commit* commit = stack.back();
    stack.pop_back();
    RETURN_IF_ERROR(graph.Complete(commit));
    if (!commit->present) return false;
    for (Commit* parent : commit->parents) {
      if (parent->paint) continue;
      parent->paint = 1;
      stack.push_back(parent);
    }
  }
  return true;
}

absl::StatusOr<std::vector<BlameHunk>> BlameFile(git_repository* repository, const CommitId& id,
                                                 const std::string& path, int most_commits) {
  ASSIGN_OR_RETURN(const CommitHandle commit, FindCommit(repository, id));
  TreeHandle tree;
  TreeEntryHandle entry;
  BlobHandle blob;
  if (int code = git_commit_tree(tree.out(), commit.get()); code < 0) return GitError(code, "read tree of", id.value());
  if (int code = git_tree_entry_bypath(entry.out(), tree.get(), path.c_str()); code < 0) {
    return GitError(code, "blame", absl::StrCat(path, " at ", id.value()));
  }
  if (int code = git_blob_lookup(blob.out(), repository, git_tree_entry_id(entry.get())); code < 0) {
    return GitError(code, "blame", absl::StrCat(path, " at ", id.value()));
  }
  if (git_blob_rawsize(blob.get()) > kMostBlamedBytes) {
    return absl::OutOfRangeError(absl::StrCat(path, " is too large to look for the writers of its lines"));
  }

  git_blame_options options = Defaults(git_blame_options_init, GIT_BLAME_OPTIONS_VERSION);
  options.newest_commit = *git_commit_id(commit.get());
  ASSIGN_OR_RETURN(const std::vector<CommitId> line, ListFirstParents(repository, id, most_commits + 1));
  const bool bounded = line.size() > static_cast<size_t>(most_commits);
  if (bounded) {
    ASSIGN_OR_RETURN(options.oldest_commit, ParseOid(line.back().value()));
  }
  BlameHandle blame;
  if (const int code = git_blame_file(blame.out(), repository, path.c_str(), &options); code < 0) {
    return GitError(code, "blame", absl::StrCat(path, " at ", id.value()));
  }
  std::vector<BlameHunk> hunks;
  for (uint32_t i = 0; i < git_blame_get_hunk_count(blame.get()); ++i) {
    const git_blame_hunk* hunk = git_blame_get_hunk_byindex(blame.get(), i);
    const int first = static_cast<int>(hunk->final_start_line_number);
    BlameHunk& part = hunks.emplace_back();
    part.lines = {.first = first, .last = first + static_cast<int>(hunk->lines_in_hunk) - 1};
    if (bounded && hunk->boundary != 0) continue;
    part.commit = CommitId(Hex(hunk->final_commit_id));
    const git_signature* author = hunk->final_signature;
    if (author == nullptr) continue;
    part.author_name = OrEmpty(author->name);
    part.author_mail = OrEmpty(author->email);
    part.time = ToTime(author->when);
  }
  return hunks;
}

}  // namespace mergegate::git
