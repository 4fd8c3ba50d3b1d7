#include "server/git/review_history.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <queue>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"
#include "server/git/mailmap.h"
#include "server/git/object.h"
#include "server/git/tip.h"
#include "server/git/tree_changes.h"
#include "server/reviewers/trailers.h"

namespace mergegate::git {
namespace {

// The ranking reads 50 files of a change; renames are all kept, they carry history over.
constexpr size_t kKeptFiles = 200;

// The year 2242; whatever a commit says, later times are nonsense.
constexpr int64_t kLatestSecond = int64_t{1} << 33;

struct Commit {
  git_oid id = {};
  git_oid tree = {};
  std::vector<git_oid> parents = {};
  int64_t time = 0;  // committed, seconds since 1970
  Identity author = {};
  reviewers::MessageReviews reviews = {};
  int brought_by = -1;  // index of the reviewed merge that stands for it
};

struct OidKey {
  size_t operator()(const git_oid& id) const { return OidHash()(id); }
};
using Places = absl::flat_hash_map<git_oid, int, OidKey, OidEqual>;

// "Ann Li <ann@example.org> 1542676001 +0100"
void ParseSignature(std::string_view line, Identity& who, int64_t& time) {
  const size_t open = line.find('<');
  const size_t close = line.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
  const size_t name_end = line.substr(0, open).find_last_not_of(' ');
  who.name = std::string(line.substr(0, name_end == std::string_view::npos ? 0 : name_end + 1));
  who.mail = std::string(line.substr(open + 1, close - open - 1));
  const size_t digits = std::min(line.find_first_not_of(' ', close + 1), line.size());
  std::from_chars(line.data() + digits, line.data() + line.size(), time);
  time = std::clamp<int64_t>(time, 0, kLatestSecond);
}

absl::StatusOr<Commit> ReadCommit(git_odb* odb, const git_oid& id, const std::vector<std::string>& trailers) {
  OdbObjectHandle object;
  if (const int code = git_odb_read(object.out(), odb, &id); code < 0) return GitError(code, "read commit", Hex(id));
  std::string_view text(static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get()));
  Commit commit{.id = id};
  while (!text.empty() && text.front() != '\n') {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto oid = [](std::string_view hex, git_oid& to) {
      return hex.size() == GIT_OID_HEXSZ && git_oid_fromstrn(&to, hex.data(), hex.size()) == 0;
    };
    Identity committer;
    int64_t authored = 0;
    if (line.starts_with("tree ")) {
      oid(line.substr(5), commit.tree);
    } else if (line.starts_with("parent ")) {
      if (git_oid parent; oid(line.substr(7), parent)) commit.parents.push_back(parent);
    } else if (line.starts_with("author ")) {
      ParseSignature(line.substr(7), commit.author, authored);
    } else if (line.starts_with("committer ")) {
      ParseSignature(line.substr(10), committer, commit.time);
    }
  }
  commit.reviews = reviewers::ReviewsIn(text, trailers);
  return commit;
}

class HistoryReader {
 public:
  HistoryReader(git_repository* repository, OdbHandle odb, const HistoryOptions& options)
      : repository_(repository), odb_(std::move(odb)), changes_(odb_.get()), options_(options) {
    if (options_.trailers.empty()) options_.trailers = reviewers::DefaultTrailers();
  }

  absl::StatusOr<CommitRecords> Read(const std::optional<CommitId>& since) {
    CommitRecords result;
    ASSIGN_OR_RETURN(const git_oid tip, FindTip(repository_, options_.ref));
    result.tip = CommitId(Hex(tip));
    if (since.has_value()) {
      ASSIGN_OR_RETURN(const git_oid known, ParseOid(since->value()));
      result.whole = !ReadAfter(tip, known).ok();
    }
    if (result.whole) {
      commits_.clear();
      places_.clear();
      RETURN_IF_ERROR(ReadAll(tip));
    }
    mailmap_ = MailmapAt(repository_, tip, result.notes);
    CoverBranches();
    std::vector<int> order(commits_.size());
    std::iota(order.begin(), order.end(), 0);
    std::vector<std::optional<ReviewRecord>> records(commits_.size());
    for (const int i : order) {  // newest first, as packs are laid out
      RETURN_IF_ERROR(GoOn());
      ASSIGN_OR_RETURN(records[static_cast<size_t>(i)], RecordOf(commits_[static_cast<size_t>(i)]));
    }
    // The walk shows children before parents.
    std::ranges::sort(order, [&](int a, int b) {
      const int64_t time_a = commits_[static_cast<size_t>(a)].time, time_b = commits_[static_cast<size_t>(b)].time;
      return time_a != time_b ? time_a < time_b : a > b;
    });
    for (const int i : order) {
      if (std::optional<ReviewRecord>& record = records[static_cast<size_t>(i)]) {
        result.records.push_back(*std::move(record));
      }
    }
    return result;
  }

 private:
  absl::Status GoOn() const {
    return options_.stop.stop_requested() ? absl::CancelledError("stopped while reading the history")
                                          : absl::OkStatus();
  }

  absl::Status ReadAfter(const git_oid& tip, const git_oid& known) {
    ASSIGN_OR_RETURN(const std::vector<git_oid> ids, CommitsAfter(repository_, tip, known));
    for (const git_oid& id : ids) {
      ASSIGN_OR_RETURN(Commit commit, ReadCommit(odb_.get(), id, options_.trailers));
      places_.emplace(id, static_cast<int>(commits_.size()));
      commits_.push_back(std::move(commit));
    }
    return absl::OkStatus();
  }

  // Everything that `tip` reaches and that is there, children before parents, newest first.
  absl::Status ReadAll(const git_oid& tip) {
    std::vector<Commit> found;
    Places place_of;  // -1: absent
    std::vector<int> children;
    std::vector<git_oid> stack = {tip};
    while (!stack.empty()) {
      const git_oid id = stack.back();
      stack.pop_back();
      if (!place_of.try_emplace(id, -1).second) continue;
      RETURN_IF_ERROR(GoOn());
      absl::StatusOr<Commit> commit = ReadCommit(odb_.get(), id, options_.trailers);
      if (absl::IsNotFound(commit.status()) && !found.empty()) continue;  // a shallow history ends here
      RETURN_IF_ERROR(commit.status());
      place_of[id] = static_cast<int>(found.size());
      stack.insert(stack.end(), commit->parents.begin(), commit->parents.end());
      found.push_back(*std::move(commit));
    }
    children.resize(found.size());
    for (const Commit& commit : found) {
      for (const git_oid& parent : commit.parents) {
        if (const int place = place_of[parent]; place >= 0) ++children[static_cast<size_t>(place)];
      }
    }
    const auto older = [&](int a, int b) {
      const Commit &one = found[static_cast<size_t>(a)], &other = found[static_cast<size_t>(b)];
      return one.time != other.time ? one.time < other.time : git_oid_cmp(&one.id, &other.id) > 0;
    };
    std::priority_queue<int, std::vector<int>, decltype(older)> ready(older);
    ready.push(0);
    commits_.reserve(found.size());
    while (!ready.empty()) {
      Commit& commit = found[static_cast<size_t>(ready.top())];
      ready.pop();
      for (const git_oid& parent : commit.parents) {
        const int place = place_of[parent];
        if (place >= 0 && --children[static_cast<size_t>(place)] == 0) ready.push(place);
      }
      places_.emplace(commit.id, static_cast<int>(commits_.size()));
      commits_.push_back(std::move(commit));
    }
    return absl::OkStatus();
  }

  // A merge that names reviewers stands for what it brought to the first parents' line.
  void CoverBranches() {
    if (commits_.empty()) return;
    std::vector<bool> seen(commits_.size(), false);
    std::vector<int> line;
    for (auto place = places_.find(commits_.front().id); place != places_.end();) {
      line.push_back(place->second);
      seen[static_cast<size_t>(place->second)] = true;
      const Commit& commit = commits_[static_cast<size_t>(place->second)];
      place = commit.parents.empty() ? places_.end() : places_.find(commit.parents.front());
    }
    std::ranges::reverse(line);
    for (const int merge : line) {
      const Commit& commit = commits_[static_cast<size_t>(merge)];
      if (commit.parents.size() < 2) continue;
      std::vector<git_oid> stack(commit.parents.begin() + 1, commit.parents.end());
      while (!stack.empty()) {
        const auto place = places_.find(stack.back());
        stack.pop_back();
        if (place == places_.end() || seen[static_cast<size_t>(place->second)]) continue;
        seen[static_cast<size_t>(place->second)] = true;
        Commit& brought = commits_[static_cast<size_t>(place->second)];
        if (!commit.reviews.reviewers.empty()) brought.brought_by = merge;
        stack.insert(stack.end(), brought.parents.begin(), brought.parents.end());
      }
    }
  }

  bool IsVendored(std::string_view path) const {
    return std::ranges::any_of(options_.vendored, [&](const std::string& folder) {
      const size_t at = path.find(folder + "/");
      return at != std::string_view::npos && (at == 0 || path[at - 1] == '/');
    });
  }

  absl::StatusOr<std::optional<ReviewRecord>> RecordOf(Commit& commit) {
    const bool merge = commit.parents.size() > 1;
    if (commit.brought_by >= 0 || (merge && commit.reviews.reviewers.empty())) return std::nullopt;
    const git_oid* before = nullptr;
    git_oid parent_tree;
    if (!commit.parents.empty()) {
      const absl::StatusOr<git_oid> tree = TreeOf(commit.parents.front());
      if (!tree.ok()) return std::nullopt;  // the history is cut off here: what changed is not known
      parent_tree = *tree;
      before = &parent_tree;
    }
    ASSIGN_OR_RETURN(std::vector<TouchedFile> files, changes_.Between(before, &commit.tree));
    std::erase_if(files, [&](const TouchedFile& file) { return IsVendored(file.path); });
    size_t plain = 0;
    std::erase_if(files, [&](const TouchedFile& file) { return file.renamed_from.empty() && ++plain > kKeptFiles; });
    if (files.empty()) return std::nullopt;
    ReviewRecord record{.id = Hex(commit.id),
                        .group = {},
                        .change = std::move(commit.reviews.change),
                        .landed = absl::FromUnixSeconds(commit.time),
                        .author = commit.author,
                        .title = std::move(commit.reviews.title),
                        .files = std::move(files),
                        .reviewers = std::move(commit.reviews.reviewers)};
    if (merge) {
      if (const auto tip = places_.find(commit.parents[1]); tip != places_.end()) {
        record.author = commits_[static_cast<size_t>(tip->second)].author;
      }
    }
    GiveProperName(record.author);
    for (Identity& reviewer : record.reviewers) GiveProperName(reviewer);
    return record;
  }

  // A full name joins a person's mails, and the mail of the commit is what others will ask by: it stays.
  void GiveProperName(Identity& identity) const {
    Identity proper = identity;
    mailmap_.Apply(proper);
    identity.name = proper.name;
    if (proper.name.find(' ') == std::string::npos) identity.mail = proper.mail;
  }

  absl::StatusOr<git_oid> TreeOf(const git_oid& id) {
    if (const auto place = places_.find(id); place != places_.end()) {
      return commits_[static_cast<size_t>(place->second)].tree;
    }
    ASSIGN_OR_RETURN(const Commit commit, ReadCommit(odb_.get(), id, {}));
    return commit.tree;
  }

  git_repository* const repository_;
  const OdbHandle odb_;
  TreeChanges changes_;
  HistoryOptions options_;
  Mailmap mailmap_;
  std::vector<Commit> commits_;  // newest first
  Places places_;
};

}  // namespace

absl::StatusOr<CommitRecords> ReadReviewHistory(const std::string& repository, const HistoryOptions& options,
                                                const std::optional<CommitId>& since) {
  ASSIGN_OR_RETURN(const RepositoryHandle opened, OpenToRead(repository));
  ASSIGN_OR_RETURN(OdbHandle odb, ObjectDatabase(opened.get()));
  return HistoryReader(opened.get(), std::move(odb), options).Read(since);
}

}  // namespace mergegate::git
