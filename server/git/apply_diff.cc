#include "server/git/apply_diff.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/git/commit_tree.h"
#include "server/git/git_error.h"
#include "server/git/object.h"

namespace mergegate::git {
namespace {

constexpr std::string_view kGitHeader = "diff --git ";

absl::Status Refused(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("the diff cannot be applied: ", std::string(why)));
}

// Headers that libgit2 would misread in silence: it strips the first path component, whatever it is.
absl::Status CheckHeaders(std::string_view diff) {
  // git prints content with such bytes as a binary patch; libgit2 1.5 reads beyond the line's memory.
  if (diff.find('\0') != std::string_view::npos) {
    return Refused("it contains a NUL byte; push commits instead");
  }
  bool any = false;
  int line_number = 0;
  while (!diff.empty()) {
    const size_t end = diff.find('\n');
    std::string_view line = diff.substr(0, end);
    diff.remove_prefix(end == std::string_view::npos ? diff.size() : end + 1);
    ++line_number;
    // On a damaged zlib stream libgit2 1.5 never returns.
    if (line.starts_with("GIT binary patch")) {
      return Refused(absl::StrCat("line ", line_number, ": binary patches are not taken; push commits instead"));
    }
    if (!line.starts_with(kGitHeader)) continue;
    any = true;
    line.remove_prefix(kGitHeader.size());
    if (line.find("//") != std::string_view::npos) {
      return Refused(
          absl::StrCat("line ", line_number, ": a path is absolute or has an empty component: ", std::string(line)));
    }
    if (line.starts_with('"')) line.remove_prefix(1);
    if (line.size() < 2 || line[1] != '/' || std::string_view("aciwo").find(line[0]) == std::string_view::npos) {
      return Refused(absl::StrCat("line ", line_number,
                                  ": paths must carry the prefixes a/ and b/; make it with `git diff "
                                  "--src-prefix=a/ --dst-prefix=b/`"));
    }
  }
  if (!any) return Refused("it has no \"diff --git\" line; make it with `git diff` (not `diff -u`)");
  return absl::OkStatus();
}

// libgit2 1.5 refuses a diff that ends in an "index" line, as one does whose last file is new and empty; the line that
// ends a letter by `git format-patch` helps.
std::string WithReadableEnd(std::string_view diff) {
  std::string text(absl::StripTrailingAsciiWhitespace(absl::string_view(diff.data(), diff.size())));
  const bool index_last = absl::StartsWith(text.substr(text.rfind('\n') + 1), "index ");
  return index_last ? text + "\n-- \n" : std::string(diff);
}

absl::Status CheckPath(std::string_view path) {
  const auto refuse = [path](std::string_view why) {
    return Refused(absl::StrCat("file '", std::string(path), "': ", std::string(why)));
  };
  if (path.empty()) return refuse("the path is empty");
  if (path.size() > kMaxPathBytes) return refuse("the path is too long");
  if (path.front() == '/') return refuse("absolute paths are refused");
  for (const absl::string_view part : absl::StrSplit(absl::string_view(path.data(), path.size()), '/')) {
    if (part.empty()) return refuse("the path has an empty component");
    if (part == "." || part == "..") return refuse("paths must not contain . or ..");
    if (absl::AsciiStrToLower(part) == ".git") return refuse("paths must not enter .git");
  }
  return absl::OkStatus();
}

// Mode 0: the diff does not say.
absl::Status CheckMode(const char* path, unsigned mode) {
  if (mode == 0 || IsRegular(mode)) return absl::OkStatus();
  const char* kind = mode == GIT_FILEMODE_LINK     ? "a symbolic link"
                     : mode == GIT_FILEMODE_COMMIT ? "a submodule"
                                                   : "no regular file";
  return Refused(
      absl::StrCat("file '", path, "' is ", kind, "; a diff may change regular files only, push commits instead"));
}

absl::Status CheckSide(const git_diff_file& file) {
  RETURN_IF_ERROR(CheckPath(file.path));
  return CheckMode(file.path, file.mode);
}

using TreeEntryHandle = Handle<git_tree_entry, git_tree_entry_free>;

// What the base has at `path`; empty when nothing.
TreeEntryHandle EntryAt(const git_tree* base, const char* path) {
  TreeEntryHandle entry;
  git_tree_entry_bypath(entry.out(), base, path);
  return entry;
}

// libgit2 itself would overwrite a file that the diff creates, and a link that the diff edits without naming its mode.
absl::Status CheckAgainstBase(const git_diff* diff, const git_tree* base) {
  std::set<std::string> leaving;
  for (size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    if (delta->status == GIT_DELTA_DELETED || delta->status == GIT_DELTA_RENAMED) leaving.insert(delta->old_file.path);
  }
  for (size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    const bool creates = delta->status == GIT_DELTA_ADDED;
    const bool moves = delta->status == GIT_DELTA_RENAMED || delta->status == GIT_DELTA_COPIED;
    if ((creates || moves) && !leaving.contains(delta->new_file.path) && EntryAt(base, delta->new_file.path)) {
      return Refused(
          absl::StrCat("file '", delta->new_file.path, "' is new in the diff but exists in the base commit"));
    }
    if (creates) continue;
    const TreeEntryHandle entry = EntryAt(base, delta->old_file.path);
    if (!entry) return Refused(absl::StrCat("file '", delta->old_file.path, "' does not exist in the base commit"));
    RETURN_IF_ERROR(CheckMode(delta->old_file.path, git_tree_entry_filemode(entry.get())));
  }
  return absl::OkStatus();
}

absl::Status CheckDeltas(const git_diff* diff) {
  const size_t count = git_diff_num_deltas(diff);
  if (count == 0) return Refused("it changes no file");
  for (size_t i = 0; i < count; ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    if (delta->old_file.path == nullptr && delta->new_file.path == nullptr) return Refused("a file has no path");
    if (delta->old_file.path != nullptr && delta->status != GIT_DELTA_ADDED) {
      RETURN_IF_ERROR(CheckSide(delta->old_file));
    }
    if (delta->new_file.path != nullptr && delta->status != GIT_DELTA_DELETED) {
      RETURN_IF_ERROR(CheckSide(delta->new_file));
    }
  }
  return absl::OkStatus();
}

// Where the application stands, for errors: libgit2 asks about each file and hunk right before it applies it.
struct Progress {
  std::string file;
  std::string hunk;
};

int OnDelta(const git_diff_delta* delta, void* payload) {
  auto& progress = *static_cast<Progress*>(payload);
  progress.file = delta->new_file.path != nullptr ? delta->new_file.path : delta->old_file.path;
  progress.hunk.clear();
  return 0;
}

int OnHunk(const git_diff_hunk* hunk, void* payload) {
  auto& progress = *static_cast<Progress*>(payload);
  progress.hunk = std::string(absl::StripTrailingAsciiWhitespace(absl::string_view(hunk->header, hunk->header_len)));
  return 0;
}

absl::Status DoesNotApply(int code, const Progress& progress) {
  const absl::Status reason = GitError(code, "apply", "the diff");
  std::string where = absl::StrCat("file '", progress.file, "'");
  if (!progress.hunk.empty()) absl::StrAppend(&where, ", hunk ", progress.hunk);
  return Refused(absl::StrCat(where, " does not fit the base commit: ", std::string(reason.message())));
}

absl::StatusOr<git_oid> ApplyToTree(git_repository* repository, git_tree* base_tree, git_diff* diff) {
  Progress progress;
  git_apply_options options = Defaults(git_apply_options_init, GIT_APPLY_OPTIONS_VERSION);
  options.delta_cb = OnDelta;
  options.hunk_cb = OnHunk;
  options.payload = &progress;
  IndexHandle index;
  if (const int code = git_apply_to_tree(index.out(), repository, base_tree, diff, &options); code < 0) {
    return DoesNotApply(code, progress);
  }
  git_oid tree;
  if (const int code = git_index_write_tree_to(&tree, index.get(), repository); code < 0) {
    return GitError(code, "write the tree of", "the diff");
  }
  return tree;
}

}  // namespace

absl::StatusOr<CommitId> CommitUnifiedDiff(git_repository* repository, const CommitId& base,
                                           std::string_view unified_diff) {
  ASSIGN_OR_RETURN(const CommitHandle base_commit, FindCommit(repository, base));
  RETURN_IF_ERROR(CheckHeaders(unified_diff));
  const std::string text = WithReadableEnd(unified_diff);
  DiffHandle diff;
  if (const int code = git_diff_from_buffer(diff.out(), text.data(), text.size()); code < 0) {
    return Refused(std::string(GitError(code, "read", "the diff").message()));
  }
  RETURN_IF_ERROR(CheckDeltas(diff.get()));
  ASSIGN_OR_RETURN(const TreeHandle base_tree, RootTree(base_commit.get()));
  RETURN_IF_ERROR(CheckAgainstBase(diff.get(), base_tree.get()));

  // libgit2 unfolds the whole tree; a tree that repeats itself must be refused before.
  RETURN_IF_ERROR(
      ForEachRegularFile(repository, *git_tree_id(base_tree.get()), [](std::string_view, const git_oid&) {}));
  ASSIGN_OR_RETURN(const git_oid tree_id, ApplyToTree(repository, base_tree.get(), diff.get()));
  TreeHandle tree;
  if (const int code = git_tree_lookup(tree.out(), repository, &tree_id); code < 0) {
    return GitError(code, "read the tree of", "the diff");
  }

  SignatureHandle signature;
  const git_time_t time = git_commit_time(base_commit.get());
  if (const int code = git_signature_new(signature.out(), "mergegate", "mergegate@localhost", time, 0); code < 0) {
    return GitError(code, "sign", "the diff's commit");
  }
  const std::string message = absl::StrCat("Diff on ", base.value(), "\n");
  const git_commit* parents[] = {base_commit.get()};
  git_oid id;
  if (const int code = git_commit_create(&id, repository, nullptr, signature.get(), signature.get(), nullptr,
                                         message.c_str(), tree.get(), 1, parents);
      code < 0) {
    return GitError(code, "commit", "the diff");
  }
  return CommitId(Hex(id));
}

}  // namespace mergegate::git
