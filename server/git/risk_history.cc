#include "server/git/risk_history.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/commit_graph.h"
#include "server/git/diff.h"
#include "server/git/git_error.h"
#include "server/git/object.h"
#include "server/git/tip.h"
#include "server/git/tree_changes.h"
#include "server/risk/content.h"
#include "server/risk/links.h"
#include "server/risk/words.h"

namespace mergegate::git {
namespace {

// Of the rename detection that the general model was learned with: at most 400 x 400 pairs are compared.
constexpr MirrorLimits kLimits{.max_rename_candidates = 400};

class RiskReader {
 public:
  RiskReader(git_repository* repository, OdbHandle odb, const RiskOptions& options)
      : repository_(repository), odb_(std::move(odb)), changes_(odb_.get()), options_(options) {}

  absl::StatusOr<RiskCommits> Read(const RiskReading& reading) {
    RiskCommits result;
    ASSIGN_OR_RETURN(const git_oid tip, FindTip(repository_, options_.ref));
    result.tip = CommitId(Hex(tip));
    mailmap_ = MailmapAt(repository_, tip, result.notes);
    std::vector<git_oid> ids;  // newest first
    if (reading.since.has_value()) {
      ASSIGN_OR_RETURN(const git_oid known, ParseOid(reading.since->value()));
      RETURN_IF_ERROR(ListAfter(tip, known, ids));
    } else {
      RETURN_IF_ERROR(ListAll(result.tip, ids));
    }
    const auto known_as = [&](const git_oid& id) { return reading.known ? reading.known(Hex(id)) : nullptr; };
    const auto unread =
        static_cast<size_t>(std::ranges::count_if(ids, [&](const git_oid& id) { return known_as(id) == nullptr; }));
    size_t done = ids.size() - unread;
    const auto tell = [&] {
      if (reading.progress) reading.progress(done, ids.size());
    };
    tell();
    if (unread > reading.most) {
      return absl::ResourceExhaustedError(absl::StrCat(unread, " commits are not read yet"));
    }
    int left_out = 0;
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
      if (options_.stop.stop_requested()) return absl::CancelledError("stopped while reading the history");
      if (const risk::Commit* const known = known_as(*id); known != nullptr) {
        result.commits.push_back(*known);
        continue;
      }
      ++done;
      absl::StatusOr<risk::Commit> commit = CommitOf(*id);
      if (absl::IsNotFound(commit.status())) {
        ++left_out;
        continue;
      }
      RETURN_IF_ERROR(commit.status());
      if (reading.read) reading.read(*commit);
      tell();
      result.commits.push_back(*std::move(commit));
    }
    if (left_out > 0) {
      result.notes.push_back(absl::StrCat(left_out, " commits left out: this clone lacks a parent or a blob of each"));
    }
    return result;
  }

  // The change as one commit.
  absl::StatusOr<RiskChange> Between(const CommitId& base, const CommitId& head) {
    ASSIGN_OR_RETURN(const CommitHandle before, FindCommit(repository_, base));
    ASSIGN_OR_RETURN(const CommitHandle after, FindCommit(repository_, head));
    std::vector<std::string> ignored;
    mailmap_ = MailmapAt(repository_, *git_commit_id(before.get()), ignored);
    return Compare(git_commit_tree_id(before.get()), after.get());
  }

 private:
  absl::Status ListAfter(const git_oid& tip, const git_oid& known, std::vector<git_oid>& ids) const {
    ASSIGN_OR_RETURN(const std::vector<git_oid> after, CommitsAfter(repository_, tip, known));
    for (const git_oid& id : after) {
      CommitHandle commit;
      if (const int code = git_commit_lookup(commit.out(), repository_, &id); code < 0) {
        return GitError(code, "walk the history of", Hex(tip));
      }
      if (git_commit_parentcount(commit.get()) < 2) ids.push_back(id);
    }
    return absl::OkStatus();
  }

  absl::Status ListAll(const CommitId& tip, std::vector<git_oid>& ids) const {
    absl::Status malformed;
    RETURN_IF_ERROR(WalkCommits(repository_, tip, [&](const HistoryCommit& commit) {
      if (commit.parents.size() > 1) return !options_.stop.stop_requested();
      const absl::StatusOr<git_oid> id = ParseOid(commit.id.value());
      if (id.ok()) ids.push_back(*id);
      malformed.Update(id.status());
      return !options_.stop.stop_requested();
    }));
    return malformed;
  }

  absl::StatusOr<risk::Commit> CommitOf(const git_oid& id) {
    CommitHandle commit, parent;
    if (const int code = git_commit_lookup(commit.out(), repository_, &id); code < 0) {
      return GitError(code, "read commit", Hex(id));
    }
    if (git_commit_parentcount(commit.get()) > 0) {
      if (const int code = git_commit_parent(parent.out(), commit.get(), 0); code < 0) {
        return GitError(code, "read the parent of", Hex(id));
      }
    }
    const git_oid* const before = parent ? git_commit_tree_id(parent.get()) : nullptr;
    ASSIGN_OR_RETURN(RiskChange read, Compare(before, commit.get()));
    read.commit.id = Hex(id);
    return std::move(read.commit);
  }

  absl::StatusOr<RiskChange> Compare(const git_oid* before, const git_commit* commit) {
    ASSIGN_OR_RETURN(const auto changes, changes_.Changes(before, git_commit_tree_id(commit)));
    RiskChange read;
    risk::Commit& result = read.commit;
    result.time = git_commit_time(commit);
    const git_signature* const author = git_commit_author(commit);
    Identity who{.name = author->name, .mail = author->email, .login = {}};
    mailmap_.Apply(who);
    result.author = std::move(who.name);
    result.message = risk::ReadMessage(git_commit_message(commit));
    absl::StatusOr<Diff> diff = DiffLikeGit(repository_, changes, 2 * risk::kMostChangedLines, kLimits);
    if (absl::IsResourceExhausted(diff.status())) {
      // Beyond measure: its files count as changed, and the rest says that it is no instance.
      for (const TreeChanges::Change& change : changes) {
        result.files.push_back(
            {.path = change.path, .renamed_from = {}, .added = change.added(), .deleted = change.deleted()});
      }
      result.content.lines_added = 2 * risk::kMostChangedLines;
      return read;
    }
    RETURN_IF_ERROR(diff.status());
    for (const ChangedFile& file : diff->files) {
      result.files.push_back({.path = file.path(),
                              .renamed_from = file.change == FileChange::kRenamed ? file.old_path : std::string(),
                              .added = file.change == FileChange::kAdded,
                              .deleted = file.change == FileChange::kDeleted});
    }
    result.content = risk::ContentOf(*diff);
    read.words = risk::WordsOf(*diff);
    std::ranges::transform(read.words, std::back_inserter(result.words), risk::NumberOf);
    return read;
  }

  git_repository* const repository_;
  const OdbHandle odb_;
  TreeChanges changes_;
  const RiskOptions& options_;
  Mailmap mailmap_;
};

}  // namespace

absl::StatusOr<RiskCommits> ReadRiskHistory(const std::string& repository, const RiskOptions& options,
                                            const RiskReading& reading) {
  ASSIGN_OR_RETURN(const RepositoryHandle opened, OpenToRead(repository));
  ASSIGN_OR_RETURN(OdbHandle odb, ObjectDatabase(opened.get()));
  return RiskReader(opened.get(), std::move(odb), options).Read(reading);
}

absl::StatusOr<RiskChange> ReadRiskChange(const std::string& repository, const CommitId& base, const CommitId& head) {
  ASSIGN_OR_RETURN(const RepositoryHandle opened, OpenToRead(repository));
  ASSIGN_OR_RETURN(OdbHandle odb, ObjectDatabase(opened.get()));
  const RiskOptions options;
  return RiskReader(opened.get(), std::move(odb), options).Between(base, head);
}

}  // namespace mergegate::git
