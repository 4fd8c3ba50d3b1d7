#include "server/git/mirror.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/apply_diff.h"
#include "server/git/commit_graph.h"
#include "server/git/commit_tree.h"
#include "server/git/diff.h"
#include "server/git/fetch.h"
#include "server/git/git_error.h"
#include "server/git/object.h"
#include "server/git/pack_writer.h"
#include "server/git/shallow.h"

namespace mergegate::git {
namespace {

namespace fs = std::filesystem;

class BareMirror final : public Mirror {
 public:
  BareMirror(std::string path, SharedRepository repository, const MirrorLimits& limits)
      : path_(std::move(path)), repository_(std::move(repository)), limits_(limits) {}

  bool HasCommit(const CommitId& id) const override { return FindCommit(repository_.get(), id).ok(); }

  bool HasHistory(const CommitId& id) const override {
    if (!HasCommit(id)) return false;
    const absl::StatusOr<std::vector<git_oid>> cut = ReadShallow(path_);
    if (cut.ok() && cut->empty()) return true;
    const absl::StatusOr<bool> whole = IsHistoryWhole(repository_.get(), id);
    return whole.ok() && *whole;
  }

  absl::StatusOr<FetchStats> Fetch(const std::string& url, const std::vector<std::string>& refspecs,
                                   const std::string& header) override {
    return FetchInto(repository_.get(), url, refspecs, header, limits_);
  }

  absl::StatusOr<std::unique_ptr<PackWriter>> ReceivePack() override { return NewPackWriter(repository_, limits_); }

  absl::StatusOr<CommitId> CommitDiff(const CommitId& base, std::string_view unified_diff) override {
    return CommitUnifiedDiff(repository_.get(), base, unified_diff);
  }

  absl::Status Keep(const CommitId& id) override {
    ASSIGN_OR_RETURN(const CommitHandle commit, FindCommit(repository_.get(), id));
    return KeepCommit(repository_.get(), *git_commit_id(commit.get()));
  }

  absl::StatusOr<CommitId> MergeBase(const CommitId& a, const CommitId& b) const override {
    return FindMergeBase(repository_.get(), a, b);
  }

  absl::StatusOr<Diff> DiffCommits(const CommitId& base, const CommitId& head) const override {
    return DiffTwoCommits(repository_.get(), base, head, limits_);
  }

  absl::StatusOr<std::shared_ptr<const Tree>> OpenTree(const CommitId& commit) const override {
    return OpenCommitTree(repository_, commit);
  }

  absl::StatusOr<CommitId> DefaultBranch() const override {
    git_oid id;
    for (const char* name : {"HEAD", "refs/heads/main", "refs/heads/master"}) {
      if (git_reference_name_to_id(&id, repository_.get(), name) == 0) return CommitId(Hex(id));
    }
    return absl::NotFoundError(absl::StrCat("the mirror ", path_, " has no default branch"));
  }

  absl::Status SetDefaultBranch(const std::string& branch) override {
    const std::string ref = absl::StrCat("refs/heads/", branch);
    const int code = git_repository_set_head(repository_.get(), ref.c_str());
    return code < 0 ? GitError(code, "make the default branch", branch) : absl::OkStatus();
  }

  absl::StatusOr<CommitId> CommitOf(const std::string& ref) const override {
    git_oid id;
    const int code = git_reference_name_to_id(&id, repository_.get(), ref.c_str());
    if (code < 0) return GitError(code, "find the reference", ref);
    return CommitId(Hex(id));
  }

  absl::StatusOr<std::vector<CommitId>> FirstParents(const CommitId& id, int limit) const override {
    return ListFirstParents(repository_.get(), id, limit);
  }

  absl::StatusOr<HistoryCommit> ReadCommit(const CommitId& id) const override {
    return ReadHistoryCommit(repository_.get(), id);
  }

  absl::Status WalkHistory(const CommitId& tip, const std::function<bool(const HistoryCommit&)>& visit) const override {
    return WalkCommits(repository_.get(), tip, visit);
  }

  absl::StatusOr<std::vector<BlameHunk>> Blame(const CommitId& commit, const std::string& path,
                                               int most_commits) const override {
    return BlameFile(repository_.get(), commit, path, most_commits);
  }

  const std::string& path() const override { return path_; }

 private:
  const std::string path_;
  const SharedRepository repository_;
  const MirrorLimits limits_;
};

// Adds `alternate` to objects/info/alternates unless it stands there. Opened repositories do not see it.
absl::Status AddAlternate(const std::string& repository, const std::string& alternate) {
  std::error_code error;
  const fs::path objects = fs::absolute(alternate, error).lexically_normal();
  if (error || !fs::is_directory(objects, error)) {
    return absl::NotFoundError(absl::StrCat("the alternate object directory ", alternate, " does not exist"));
  }
  if (objects.string().find('\n') != std::string::npos) {
    return absl::InvalidArgumentError("the path of the alternate object directory contains a line end");
  }
  const fs::path list = fs::path(repository) / "objects" / "info" / "alternates";
  std::ifstream existing(list);
  for (std::string line; std::getline(existing, line);) {
    if (line == objects.string()) return absl::OkStatus();
  }
  fs::create_directories(list.parent_path(), error);
  std::ofstream file(list, std::ios::app);
  file << objects.string() << '\n';
  if (!file.flush()) return absl::InternalError(absl::StrCat("cannot write ", list.string()));
  return absl::OkStatus();
}

absl::Status CreateIfAbsent(const std::string& path) {
  std::error_code ignored;
  if (fs::exists(fs::path(path) / "HEAD", ignored)) return absl::OkStatus();
  git_repository_init_options options = Defaults(git_repository_init_options_init, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
  options.initial_head = "main";
  RepositoryHandle created;
  const int code = git_repository_init_ext(created.out(), path.c_str(), &options);
  return code < 0 ? GitError(code, "create the mirror", path) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::OpenOrCreate(const std::string& path, const std::string& alternate,
                                                             const MirrorLimits& limits) {
  StartLibrary();
  RETURN_IF_ERROR(CreateIfAbsent(path));
  if (!alternate.empty()) RETURN_IF_ERROR(AddAlternate(path, alternate));
  git_repository* repository = nullptr;
  if (const int code = git_repository_open_bare(&repository, path.c_str()); code < 0) {
    return GitError(code, "open the mirror", path);
  }
  return std::make_unique<BareMirror>(path, SharedRepository(repository, git_repository_free), limits);
}

}  // namespace mergegate::git
