#include "server/git/unified_diff.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/patch_path.h"

namespace mergegate::git {
namespace {

constexpr std::string_view kGitHeader = "diff --git ";
constexpr std::string_view kNoFile = "/dev/null";

// Takes `prefix` off the front of `text` if it is there.
bool Take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakeNumber(std::string_view& text, int64_t& number) {
  constexpr int64_t kMax = 1'000'000'000;
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > kMax) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// "12,3", or "12" for "12,1".
bool TakeRange(std::string_view& text, int64_t& start, int64_t& count) {
  count = 1;
  return TakeNumber(text, start) && (!Take(text, ",") || TakeNumber(text, count)) && (start > 0 || count == 0);
}

bool IsMove(PatchKind kind) { return kind == PatchKind::kRename || kind == PatchKind::kCopy; }

// A line that ends a letter, not the removal of a line "- ".
bool IsSignature(std::string_view line) { return line == "-- " || line == "--"; }

class Parser {
 public:
  explicit Parser(std::string_view diff) : rest_(diff) {}

  absl::StatusOr<std::vector<FilePatch>> Parse() {
    while (!rest_.empty()) {
      if (Line().starts_with(kGitHeader)) {
        RETURN_IF_ERROR(ReadFile());
        if (files_.size() == kMaxPatchedFiles) return Refuse(absl::StrCat("more than ", kMaxPatchedFiles, " files"));
        files_.push_back(std::move(file_));
        file_ = FilePatch();
      } else {
        RETURN_IF_ERROR(CheckProse());
        SkipLine();
      }
    }
    return std::move(files_);
  }

 private:
  std::string_view Line() const { return rest_.substr(0, rest_.find('\n')); }
  void SkipLine() {
    const size_t end = rest_.find('\n');
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_number_;
  }

  absl::Status Refuse(std::string_view why) const {
    std::string where;
    if (!file_.old_path.empty()) where = FileInMessage(file_.old_path) + ", ";
    if (!hunk_.range.empty()) absl::StrAppend(&where, "hunk ", std::string(hunk_.range), ", ");
    return absl::InvalidArgumentError(absl::StrCat(where, "line ", line_number_, ": ", std::string(why)));
  }
  absl::Status Refuse(const absl::Status& why) const { return Refuse(std::string(why.message())); }

  // What would be a change to be applied must not be skipped in silence.
  absl::Status CheckProse() const {
    const std::string_view line = Line();
    const bool plain =
        line.starts_with("--- ") && rest_.size() > line.size() && rest_.substr(line.size() + 1).starts_with("+++ ");
    if (plain || line.starts_with("@@ -")) {
      return Refuse("a change without a \"diff --git\" line; make the diff with `git diff` (not `diff -u`)");
    }
    if (line.starts_with("diff --cc ") || line.starts_with("diff --combined ")) {
      return Refuse("a combined diff of a merge; make it against one commit with `git diff`");
    }
    return absl::OkStatus();
  }

  absl::Status ReadFile() {
    const std::string_view names = Line().substr(kGitHeader.size());
    kind_told_ = false;
    RETURN_IF_ERROR(ReadNames(names));
    SkipLine();
    for (bool more = true; more && !rest_.empty();) {
      ASSIGN_OR_RETURN(more, ReadExtendedHeader(Line()));
      if (more) SkipLine();
    }
    RETURN_IF_ERROR(CheckNames(names));
    if (Line().starts_with("--- ")) {
      RETURN_IF_ERROR(ReadContentName(file_.old_path, "--- ", file_.kind == PatchKind::kCreate));
      RETURN_IF_ERROR(ReadContentName(file_.new_path, "+++ ", file_.kind == PatchKind::kDelete));
      if (!Line().starts_with("@@ ")) return Refuse("a hunk (\"@@ -...\") must follow the line \"+++\"");
      while (Line().starts_with("@@ ")) RETURN_IF_ERROR(ReadHunk());
    } else if (file_.kind == PatchKind::kModify && (file_.new_mode == 0 || file_.old_mode == 0 || !kind_told_)) {
      return Refuse("the file has no change");
    }
    const std::string_view line = Line();
    if (!line.empty() && std::string_view("+- \\@").find(line[0]) != std::string_view::npos && !IsSignature(line)) {
      if (!file_.hunks.empty()) hunk_ = file_.hunks.back();
      return Refuse("a line beyond the counts of its hunk, or outside of any");
    }
    return absl::OkStatus();
  }

  // The names are told apart here when they are in quotes or equal; otherwise the lines "rename" and "copy" tell them.
  absl::Status ReadNames(std::string_view names) {
    std::string_view text = names;
    std::string from, to;
    if (names.find('"') != std::string_view::npos) {
      auto first = TakePatchPath(text, " \"");
      if (!first.ok()) return Refuse(first.status());
      if (!Take(text, " ")) return Refuse("two paths must follow \"diff --git\"");
      auto second = TakePatchPath(text, "\t");
      if (!second.ok()) return Refuse(second.status());
      if (!text.empty()) return Refuse("two paths must follow \"diff --git\"");
      from = *std::move(first);
      to = *std::move(second);
    } else {
      if (const auto bare = TakePatchPath(text, "\t"); !bare.ok()) return Refuse(bare.status());
      const size_t middle = names.size() / 2;
      from = names.substr(0, middle);
      to = names.size() % 2 == 0 ? "" : names.substr(middle + 1);
      const bool equal = from.size() > 2 && to.size() == from.size() && names[middle] == ' ' &&
                         std::string_view(from).substr(2) == std::string_view(to).substr(2);
      if (!equal && HasPatchPrefix(names)) return absl::OkStatus();
    }
    if (!HasPatchPrefix(from) || !HasPatchPrefix(to) || from[0] == to[0]) return RefusePrefixes();
    RETURN_IF_ERROR(SetPath(file_.old_path, from.substr(2)));
    return SetPath(file_.new_path, to.substr(2));
  }

  absl::Status RefusePrefixes() const {
    return Refuse(
        "paths must carry the prefixes a/ and b/; make the diff with `git diff --src-prefix=a/ --dst-prefix=b/`");
  }

  absl::Status SetPath(std::string& path, std::string_view value) {
    if (const absl::Status safe = CheckPatchPath(value); !safe.ok()) {
      return Refuse(absl::StrCat(FileInMessage(value), ": ", safe.message()));
    }
    if (!path.empty() && path != value) {
      return Refuse(absl::StrCat("the path disagrees with the line \"diff --git\": ", FileInMessage(value)));
    }
    path = value;
    return absl::OkStatus();
  }

  // False when the line is no such header.
  absl::StatusOr<bool> ReadExtendedHeader(std::string_view line) {
    if (Take(line, "old mode ")) return ReadMode(PatchKind::kModify, line, file_.old_mode);
    if (Take(line, "new mode ")) return ReadMode(PatchKind::kModify, line, file_.new_mode);
    if (Take(line, "new file mode ")) return ReadMode(PatchKind::kCreate, line, file_.new_mode);
    if (Take(line, "deleted file mode ")) return ReadMode(PatchKind::kDelete, line, file_.old_mode);
    if (Take(line, "rename from ")) return ReadMove(PatchKind::kRename, line, file_.old_path);
    if (Take(line, "rename to ")) return ReadMove(PatchKind::kRename, line, file_.new_path);
    if (Take(line, "copy from ")) return ReadMove(PatchKind::kCopy, line, file_.old_path);
    if (Take(line, "copy to ")) return ReadMove(PatchKind::kCopy, line, file_.new_path);
    if (line.starts_with("GIT binary patch") || line.starts_with("Binary files ")) {
      return Refuse("binary patches are not taken; push commits instead");
    }
    if (Take(line, "index ")) {
      const size_t blank = line.find(' ');
      if (blank != std::string_view::npos) RETURN_IF_ERROR(ParseMode(line.substr(blank + 1), file_.old_mode));
      return true;
    }
    return line.starts_with("similarity index ") || line.starts_with("dissimilarity index ");
  }

  absl::StatusOr<bool> ReadMode(PatchKind kind, std::string_view text, unsigned& mode) {
    RETURN_IF_ERROR(SetKind(kind));
    RETURN_IF_ERROR(ParseMode(text, mode));
    return true;
  }
  absl::StatusOr<bool> ReadMove(PatchKind kind, std::string_view text, std::string& path) {
    RETURN_IF_ERROR(SetKind(kind));
    const auto value = TakePatchPath(text, "\t");
    if (!value.ok()) return Refuse(value.status());
    RETURN_IF_ERROR(SetPath(path, *value));
    return true;
  }

  absl::Status SetKind(PatchKind kind) {
    // A change of mode may come with a rename or copy.
    const bool fits = !kind_told_ || file_.kind == kind || (file_.kind == PatchKind::kModify && IsMove(kind)) ||
                      (IsMove(file_.kind) && kind == PatchKind::kModify);
    if (!fits) return Refuse("the lines after \"diff --git\" contradict each other");
    if (kind != PatchKind::kModify) file_.kind = kind;
    kind_told_ = true;
    return absl::OkStatus();
  }

  absl::Status ParseMode(std::string_view text, unsigned& mode) const {
    if (mode != 0) return Refuse("the mode of a file is told twice");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (error != std::errc() || end != text.data() + text.size() || text.size() != 6 || mode == 0) {
      return Refuse("a mode must have six octal digits, such as 100644");
    }
    return absl::OkStatus();
  }

  absl::Status CheckNames(std::string_view names) const {
    const std::string& from = file_.old_path;
    const std::string& to = file_.new_path;
    const bool moves = IsMove(file_.kind);
    if (from.empty() || to.empty()) return Refuse("the line \"diff --git\" names two files, but no rename or copy");
    if (moves == (from == to)) {
      return Refuse(moves ? "a rename or copy to the same path" : "two paths, but no rename or copy");
    }
    if (!moves || names.find('"') != std::string_view::npos) return absl::OkStatus();
    const std::string_view second = names.substr(std::min(names.size(), from.size() + 3));
    if (!HasPatchPrefix(second) || second[0] == names[0]) return RefusePrefixes();
    if (names.substr(2, from.size() + 1) != from + " " || second.substr(2) != to) {
      return Refuse("the paths of the rename or copy disagree with the line \"diff --git\"");
    }
    return absl::OkStatus();
  }

  // A line "--- a/path" or "+++ b/path", perhaps with a tab and a time.
  absl::Status ReadContentName(const std::string& path, std::string_view mark, bool absent) {
    std::string_view line = Line();
    if (!Take(line, mark)) return Refuse(absl::StrCat("the line \"", std::string(mark), "\" is missing"));
    const auto name = TakePatchPath(line, "\t");
    if (!name.ok()) return Refuse(name.status());
    if (absent ? *name != kNoFile : !HasPatchPrefix(*name) || name->substr(2) != path) {
      return Refuse(absl::StrCat("the path after \"", std::string(mark), "\" must be ",
                                 absent ? std::string(kNoFile) : "that of the line \"diff --git\""));
    }
    SkipLine();
    return absl::OkStatus();
  }

  absl::Status ReadHunk() {
    const std::string_view header = Line();
    std::string_view line = header;
    PatchHunk hunk;
    if (!Take(line, "@@ -") || !TakeRange(line, hunk.old_start, hunk.old_count) || !Take(line, " +") ||
        !TakeRange(line, hunk.new_start, hunk.new_count) || !Take(line, " @@")) {
      return Refuse("a hunk must begin with \"@@ -line,count +line,count @@\"");
    }
    hunk.range = header.substr(0, header.size() - line.size());
    hunk_ = hunk;
    if (!file_.hunks.empty()) {
      const PatchHunk& before = file_.hunks.back();
      if (hunk.OldLinesBefore() < before.OldLinesBefore() + before.old_count ||
          hunk.NewLinesBefore() < before.NewLinesBefore() + before.new_count) {
        return Refuse("the hunk overlaps the one before it or stands before it");
      }
    }
    SkipLine();
    const std::string_view body = rest_;
    RETURN_IF_ERROR(SkipHunkLines(hunk));
    hunk.body = body.substr(0, body.size() - rest_.size());
    file_.hunks.push_back(hunk);
    hunk_ = PatchHunk();
    return absl::OkStatus();
  }

  absl::Status SkipHunkLines(const PatchHunk& hunk) {
    int64_t old_left = hunk.old_count, new_left = hunk.new_count;
    bool old_ended = false, new_ended = false;  // by a line without line end
    bool changes = false;
    while (old_left > 0 || new_left > 0) {
      if (rest_.find('\n') == std::string_view::npos) return Refuse("the diff ends within the hunk; was it cut?");
      if (std::string_view(" +-\n").find(rest_[0]) == std::string_view::npos) {
        return Refuse("the hunk has fewer lines than its counts say");
      }
      const PatchLine line = TakeLine(rest_);
      const bool in_old = line.kind != '+', in_new = line.kind != '-';
      if ((in_old && --old_left < 0) || (in_new && --new_left < 0)) {
        return Refuse("the hunk has other lines than its counts say");
      }
      if ((in_old && old_ended) || (in_new && new_ended)) {
        return Refuse("a line follows the end of file (\"\\ No newline at end of file\")");
      }
      if (line.text.empty()) return Refuse("an empty line cannot lack its line end");
      const bool ended = !line.text.ends_with('\n');
      old_ended |= in_old && ended;
      new_ended |= in_new && ended;
      changes |= !in_old || !in_new;
      line_number_ += ended ? 2 : 1;
    }
    return changes ? absl::OkStatus() : Refuse("the hunk changes nothing");
  }

  std::string_view rest_;
  int64_t line_number_ = 1;
  std::vector<FilePatch> files_;
  FilePatch file_;  // being read
  bool kind_told_ = false;
  PatchHunk hunk_;  // being read
};

// A path may be written once and left once; both only when its file is moved away and another takes its place.
absl::Status CheckOncePerFile(const std::vector<FilePatch>& files) {
  const auto twice = [](std::string_view path) {
    return absl::InvalidArgumentError(absl::StrCat(FileInMessage(path), " is changed twice"));
  };
  std::map<std::string_view, PatchKind> written, left;
  for (const FilePatch& file : files) {
    const bool leaves = file.kind == PatchKind::kDelete || file.kind == PatchKind::kRename;
    if (leaves && !left.emplace(file.old_path, file.kind).second) return twice(file.old_path);
    if (file.kind != PatchKind::kDelete && !written.emplace(file.new_path, file.kind).second) {
      return twice(file.new_path);
    }
  }
  for (const auto& [path, kind] : left) {
    const auto again = written.find(path);
    if (again == written.end()) continue;
    if (kind == PatchKind::kDelete || again->second == PatchKind::kModify) return twice(path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<FilePatch>> ParseUnifiedDiff(std::string_view diff) {
  // git prints content with such bytes as a binary patch.
  if (diff.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError("it contains a NUL byte; push commits instead");
  }
  ASSIGN_OR_RETURN(std::vector<FilePatch> files, Parser(diff).Parse());
  if (files.empty()) {
    return absl::InvalidArgumentError("it has no \"diff --git\" line; make it with `git diff` (not `diff -u`)");
  }
  RETURN_IF_ERROR(CheckOncePerFile(files));
  return files;
}

PatchLine TakeLine(std::string_view& body) {
  const size_t size = body.find('\n') + 1;
  // Mailers strip the blank of an empty context line.
  const size_t mark = body[0] == '\n' ? 0 : 1;
  PatchLine line{.kind = mark == 0 ? ' ' : body[0], .text = body.substr(mark, size - mark)};
  body.remove_prefix(size);
  if (body.starts_with('\\')) {  // "\ No newline at end of file", in whatever language
    line.text.remove_suffix(1);
    const size_t end = body.find('\n');
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
  return line;
}

std::string FileInMessage(std::string_view path) {
  constexpr size_t kMaxShown = 200;
  const std::string_view shown = path.substr(0, kMaxShown);
  return absl::StrCat("file '", absl::CEscape(absl::string_view(shown.data(), shown.size())),
                      path.size() > kMaxShown ? "..." : "", "'");
}

}  // namespace mergegate::git
