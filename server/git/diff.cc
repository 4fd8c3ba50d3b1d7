#include "server/git/diff.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"
#include "server/git/object.h"
#include "server/git/renames.h"

namespace mergegate::git {
namespace {

// One changed path before renames are known.
struct Delta {
  git_delta_t status;
  std::string path;
  git_oid old_id, new_id;
  unsigned old_mode, new_mode;
};

struct Collected {
  std::vector<Delta> deltas;
  size_t limit;
};

// libgit2 calls this for every delta; a negative result ends the comparison.
int Collect(const git_diff*, const git_diff_delta* delta, const char*, void* payload) {
  auto& collected = *static_cast<Collected*>(payload);
  if (collected.deltas.size() == collected.limit) return GIT_EUSER;
  collected.deltas.push_back({.status = delta->status,
                              .path = delta->new_file.path != nullptr ? delta->new_file.path : delta->old_file.path,
                              .old_id = delta->old_file.id,
                              .new_id = delta->new_file.id,
                              .old_mode = delta->old_file.mode,
                              .new_mode = delta->new_file.mode});
  return 1;  // keep it out of libgit2's own list, which nobody reads
}

absl::Status TooManyFiles(int limit) {
  return absl::ResourceExhaustedError(absl::StrCat("the commits differ in more than ", limit, " files"));
}

absl::StatusOr<std::vector<Delta>> CollectDeltas(git_repository* repository, const CommitId& base, const CommitId& head,
                                                 const MirrorLimits& limits) {
  ASSIGN_OR_RETURN(const CommitHandle base_commit, FindCommit(repository, base));
  ASSIGN_OR_RETURN(const CommitHandle head_commit, FindCommit(repository, head));
  ASSIGN_OR_RETURN(const TreeHandle base_tree, RootTree(base_commit.get()));
  ASSIGN_OR_RETURN(const TreeHandle head_tree, RootTree(head_commit.get()));
  git_diff_options options = Defaults(git_diff_options_init, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
  // A rename is two deltas until it is recognized.
  Collected collected{.deltas = {}, .limit = 2 * static_cast<size_t>(limits.max_changed_files)};
  options.notify_cb = Collect;
  options.payload = &collected;
  DiffHandle diff;
  const int code = git_diff_tree_to_tree(diff.out(), repository, base_tree.get(), head_tree.get(), &options);
  if (code == GIT_EUSER) return TooManyFiles(limits.max_changed_files);
  if (code < 0) return GitError(code, "compare", absl::StrCat(base.value(), " with ", head.value()));
  return std::move(collected.deltas);
}

// Text of a line without its end, be it LF or CRLF.
std::string LineText(const git_diff_line& line) {
  std::string_view text(line.content, line.content_len);
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
  }
  return std::string(text);
}

absl::Status ReadHunks(git_patch* patch, ChangedFile& file) {
  for (size_t h = 0; h < git_patch_num_hunks(patch); ++h) {
    const git_diff_hunk* header = nullptr;
    size_t lines = 0;
    if (const int code = git_patch_get_hunk(&header, &lines, patch, h); code < 0) {
      return GitError(code, "read a hunk of", file.path());
    }
    Hunk hunk{.old_start = header->old_start,
              .old_count = header->old_lines,
              .new_start = header->new_start,
              .new_count = header->new_lines,
              .removed = {},
              .added = {}};
    for (size_t l = 0; l < lines; ++l) {
      const git_diff_line* line = nullptr;
      if (const int code = git_patch_get_line_in_hunk(&line, patch, h, l); code < 0) {
        return GitError(code, "read a line of", file.path());
      }
      if (line->origin == GIT_DIFF_LINE_DELETION) hunk.removed.push_back(LineText(*line));
      if (line->origin == GIT_DIFF_LINE_ADDITION) hunk.added.push_back(LineText(*line));
    }
    file.hunks.push_back(std::move(hunk));
  }
  return absl::OkStatus();
}

class Comparison {
 public:
  Comparison(git_repository* repository, git_odb* odb, const MirrorLimits& limits)
      : repository_(repository), odb_(odb), limits_(limits) {}

  // The hunks between the file's blobs, or the `binary` mark.
  absl::Status Compare(ChangedFile& file) const {
    BlobHandle old_blob, new_blob;
    RETURN_IF_ERROR(Load(file.old_blob, file, old_blob));
    RETURN_IF_ERROR(Load(file.new_blob, file, new_blob));
    if (file.binary || file.old_blob == file.new_blob) return absl::OkStatus();
    git_diff_options options = Defaults(git_diff_options_init, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 0;
    options.flags = GIT_DIFF_INDENT_HEURISTIC;  // git's default
    PatchHandle patch;
    const int code = git_patch_from_blobs(patch.out(), old_blob.get(), file.old_path.c_str(), new_blob.get(),
                                          file.new_path.c_str(), &options);
    if (code < 0) return GitError(code, "compare", file.path());
    if (git_patch_get_delta(patch.get())->flags & GIT_DIFF_FLAG_BINARY) {
      file.binary = true;
      return absl::OkStatus();
    }
    return ReadHunks(patch.get(), file);
  }

 private:
  absl::Status Load(const BlobId& id, ChangedFile& file, BlobHandle& blob) const {
    if (id.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const git_oid oid, ParseOid(id.value()));
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (const int code = git_odb_read_header(&size, &type, odb_, &oid); code < 0) {
      return GitError(code, "read", file.path());
    }
    if (static_cast<int64_t>(size) > limits_.max_diff_file_bytes) {
      file.binary = true;
      return absl::OkStatus();
    }
    if (const int code = git_blob_lookup(blob.out(), repository_, &oid); code < 0) {
      return GitError(code, "read", file.path());
    }
    return absl::OkStatus();
  }

  git_repository* const repository_;
  git_odb* const odb_;
  const MirrorLimits& limits_;
};

ChangedFile ToChangedFile(const Delta& delta) {
  ChangedFile file;
  const bool has_old = delta.status != GIT_DELTA_ADDED;
  const bool has_new = delta.status != GIT_DELTA_DELETED;
  if (has_old) {
    file.old_path = delta.path;
    file.old_blob = BlobId(Hex(delta.old_id));
  }
  if (has_new) {
    file.new_path = delta.path;
    file.new_blob = BlobId(Hex(delta.new_id));
  }
  file.change = !has_old                               ? FileChange::kAdded
                : !has_new                             ? FileChange::kDeleted
                : delta.status == GIT_DELTA_TYPECHANGE ? FileChange::kTypeChanged
                                                       : FileChange::kModified;
  file.symlink_or_submodule = (has_old && !IsRegular(delta.old_mode)) || (has_new && !IsRegular(delta.new_mode));
  return file;
}

// Turns a deleted and an added file into one renamed file.
std::vector<ChangedFile> JoinRenames(git_repository* repository, std::vector<ChangedFile> files,
                                     const MirrorLimits& limits, const RenameStyle& style = {}) {
  std::vector<size_t> deleted_at, added_at;
  std::vector<RenameCandidate> deleted, added;
  for (size_t i = 0; i < files.size(); ++i) {
    const ChangedFile& file = files[i];
    if (file.symlink_or_submodule) continue;
    const bool is_deleted = file.change == FileChange::kDeleted;
    if (!is_deleted && file.change != FileChange::kAdded) continue;
    const absl::StatusOr<git_oid> blob = ParseOid((is_deleted ? file.old_blob : file.new_blob).value());
    if (!blob.ok()) continue;
    (is_deleted ? deleted_at : added_at).push_back(i);
    (is_deleted ? deleted : added).push_back({.path = file.path(), .blob = *blob});
  }
  std::vector<bool> joined(files.size());
  for (const RenamePair& pair :
       FindRenames(repository, deleted, added, static_cast<size_t>(limits.max_rename_candidates),
                   limits.max_diff_file_bytes, style)) {
    const ChangedFile& from = files[deleted_at[pair.deleted]];
    ChangedFile& to = files[added_at[pair.added]];
    to.change = FileChange::kRenamed;
    to.old_path = from.old_path;
    to.old_blob = from.old_blob;
    joined[deleted_at[pair.deleted]] = true;
  }
  std::vector<ChangedFile> result;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!joined[i]) result.push_back(std::move(files[i]));
  }
  return result;
}

}  // namespace

absl::StatusOr<Diff> DiffTwoCommits(git_repository* repository, const CommitId& base, const CommitId& head,
                                    const MirrorLimits& limits) {
  ASSIGN_OR_RETURN(const std::vector<Delta> deltas, CollectDeltas(repository, base, head, limits));
  ASSIGN_OR_RETURN(const OdbHandle odb, ObjectDatabase(repository));
  std::vector<ChangedFile> files;
  for (const Delta& delta : deltas) files.push_back(ToChangedFile(delta));
  Diff diff{.files = JoinRenames(repository, std::move(files), limits)};
  if (diff.files.size() > static_cast<size_t>(limits.max_changed_files)) return TooManyFiles(limits.max_changed_files);
  std::ranges::sort(diff.files, {}, &ChangedFile::path);
  const Comparison comparison(repository, odb.get(), limits);
  for (ChangedFile& file : diff.files) {
    if (!file.symlink_or_submodule) RETURN_IF_ERROR(comparison.Compare(file));
  }
  return diff;
}

namespace {

constexpr size_t kTailBlock = 1024;

// What the command compares: tails that are equal are cut off in blocks, up to the end of a line.
void CutEqualTails(std::string_view& a, std::string_view& b) {
  size_t cut = 0;
  const size_t most = std::min(a.size(), b.size());
  while (cut + kTailBlock <= most &&
         a.substr(a.size() - cut - kTailBlock, kTailBlock) == b.substr(b.size() - cut - kTailBlock, kTailBlock)) {
    cut += kTailBlock;
  }
  if (cut == 0) return;
  const size_t line = std::min(a.find('\n', a.size() - cut), a.size() - 1) + 1;  // where the kept part ends in `a`
  cut = a.size() - line;
  a.remove_suffix(cut);
  b.remove_suffix(cut);
}

// The content of one side as the command shows it: a submodule is the line that names its commit.
struct Side {
  BlobHandle blob;
  std::string submodule;
  std::string_view text;
};

absl::Status ReadSide(git_repository* repository, const BlobId& id, bool submodule, const std::string& path,
                      Side& side) {
  if (id.empty()) return absl::OkStatus();
  if (submodule) {
    side.submodule = absl::StrCat("Subproject commit ", id.value(), "\n");
    side.text = side.submodule;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const git_oid oid, ParseOid(id.value()));
  if (const int code = git_blob_lookup(side.blob.out(), repository, &oid); code < 0) {
    return GitError(code, "read", path);
  }
  side.text = {static_cast<const char*>(git_blob_rawcontent(side.blob.get())),
               static_cast<size_t>(git_blob_rawsize(side.blob.get()))};
  return absl::OkStatus();
}

bool LooksBinary(std::string_view text) { return text.substr(0, 8000).find('\0') != std::string_view::npos; }

absl::Status CompareLikeGit(git_repository* repository, bool old_submodule, bool new_submodule,
                            const MirrorLimits& limits, ChangedFile& file) {
  if (file.old_blob == file.new_blob) return absl::OkStatus();
  Side before, after;
  RETURN_IF_ERROR(ReadSide(repository, file.old_blob, old_submodule, file.path(), before));
  RETURN_IF_ERROR(ReadSide(repository, file.new_blob, new_submodule, file.path(), after));
  const auto larger = static_cast<int64_t>(std::max(before.text.size(), after.text.size()));
  file.binary = larger > limits.max_diff_file_bytes || LooksBinary(before.text) || LooksBinary(after.text);
  if (file.binary) return absl::OkStatus();
  CutEqualTails(before.text, after.text);
  git_diff_options options = Defaults(git_diff_options_init, GIT_DIFF_OPTIONS_VERSION);
  options.context_lines = 0;
  options.flags = GIT_DIFF_INDENT_HEURISTIC | GIT_DIFF_FORCE_TEXT;
  PatchHandle patch;
  const int code = git_patch_from_buffers(patch.out(), before.text.data(), before.text.size(), nullptr,
                                          after.text.data(), after.text.size(), nullptr, &options);
  if (code < 0) return GitError(code, "compare", file.path());
  return ReadHunks(patch.get(), file);
}

}  // namespace

absl::StatusOr<Diff> DiffLikeGit(git_repository* repository, const std::vector<TreeChanges::Change>& changes,
                                 int64_t enough_lines, const MirrorLimits& limits) {
  if (changes.size() > 2 * static_cast<size_t>(limits.max_changed_files)) return TooManyFiles(limits.max_changed_files);
  std::vector<ChangedFile> files;
  std::set<std::string_view> old_submodules, new_submodules;
  for (const TreeChanges::Change& change : changes) {
    if (change.before.mode == GIT_FILEMODE_COMMIT) old_submodules.insert(change.path);
    if (change.after.mode == GIT_FILEMODE_COMMIT) new_submodules.insert(change.path);
    files.push_back(ToChangedFile({.status = change.added()     ? GIT_DELTA_ADDED
                                             : change.deleted() ? GIT_DELTA_DELETED
                                                                : GIT_DELTA_MODIFIED,
                                   .path = change.path,
                                   .old_id = change.before.id,
                                   .new_id = change.after.id,
                                   .old_mode = change.before.mode,
                                   .new_mode = change.after.mode}));
  }
  Diff diff{.files = JoinRenames(repository, std::move(files), limits, {.min_similarity = 0.8, .like_git = true})};
  if (diff.files.size() > static_cast<size_t>(limits.max_changed_files)) return TooManyFiles(limits.max_changed_files);
  std::ranges::sort(diff.files, {}, &ChangedFile::path);
  int64_t lines = 0;
  for (ChangedFile& file : diff.files) {
    if (lines > enough_lines) break;
    RETURN_IF_ERROR(CompareLikeGit(repository, old_submodules.contains(file.path()),
                                   new_submodules.contains(file.path()), limits, file));
    for (const Hunk& hunk : file.hunks) lines += hunk.old_count + hunk.new_count;
  }
  return diff;
}

}  // namespace mergegate::git
