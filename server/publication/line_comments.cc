#include "server/publication/line_comments.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/digest.h"
#include "server/domain/names.h"
#include "server/publication/escape.h"
#include "server/publication/telling.h"

namespace mergegate::publication {
namespace {

constexpr std::string_view kMarkStart = "<!-- mergegate:";
constexpr std::string_view kMarkEnd = " -->";
constexpr size_t kMostNotes = 4;
constexpr int kContext = 3;  // unchanged lines that hosts show around a change
constexpr int kMostSuggestedLines = 20;

// Whether the host shows the line at the head.
bool Shows(const ChangedFile& file, int line) {
  return std::ranges::any_of(file.hunks, [line](const Hunk& hunk) {
    const int first = hunk.new_count > 0 ? hunk.new_start : hunk.new_start + 1;
    const int last = hunk.new_start + std::max(hunk.new_count, 1) - 1;
    return line >= first - kContext && line <= last + kContext;
  });
}

// The number at the base of a line of the head; 0 for an added one.
int OldLine(const ChangedFile& file, int line) {
  int moved = 0;
  for (const Hunk& hunk : file.hunks) {
    const int last = hunk.new_count > 0 ? hunk.new_start + hunk.new_count - 1 : hunk.new_start;
    if (hunk.new_count > 0 && line >= hunk.new_start && line <= last) return 0;
    if (last >= line) break;
    moved += hunk.new_count - hunk.old_count;
  }
  return line - moved;
}

// An inside-the-repository path that hosts take.
bool IsPlain(std::string_view path) {
  return !path.empty() && path.front() != '/' && OneLine(path, 4096) == path &&
         !absl::StrContains(std::string(path), "//") &&
         std::ranges::none_of(std::vector<std::string>(absl::StrSplit(std::string(path), '/')),
                              [](const std::string& part) { return part == ".." || part == "."; });
}

// Without those that say again what the finding says: the end of an analyzer's path.
std::vector<const Note*> NotesOf(const Finding& finding) {
  std::vector<const Note*> notes;
  for (const Note& note : finding.notes) {
    if (note.path != finding.path || note.line != finding.line || note.message != finding.message) {
      notes.push_back(&note);
    }
  }
  return notes;
}

std::string Body(const Finding& finding, const std::optional<Suggestion>& suggestion, HostKind host) {
  std::string body = absl::StrCat("**", std::string(Name(finding.severity)), "**: ", Inline(finding.message, 1000),
                                  " (", Link(Code(finding.check, 100), finding.url), ")\n");
  if (finding.state == BaselineState::kCaused) {
    absl::StrAppend(&body, "\nThis line did not change; it is caused by the change",
                    finding.caused_by.empty() ? "" : absl::StrCat(" of ", Code(finding.caused_by)), ".\n");
  }
  const std::vector<const Note*> notes = NotesOf(finding);
  for (size_t i = 0; i < std::min(notes.size(), kMostNotes); ++i) {
    absl::StrAppend(&body, i == 0 ? "\n" : "", "- ", Code(absl::StrCat(notes[i]->path, ":", notes[i]->line)), " ",
                    Inline(notes[i]->message, 300), "\n");
  }
  if (notes.size() > kMostNotes) absl::StrAppend(&body, "- … and ", notes.size() - kMostNotes, " more\n");
  if (suggestion) {
    const std::string info = host == HostKind::kGitLab
                                 ? absl::StrCat("suggestion:-", suggestion->lines.last - suggestion->lines.first, "+0")
                                 : "suggestion";
    absl::StrAppend(&body, "\n", Fenced(suggestion->text, info));
  } else if (!finding.fixes.empty() && !finding.fixes.front().description.empty()) {
    absl::StrAppend(&body, "\nFix: ", Inline(finding.fixes.front().description, 300), "\n");
  }
  return absl::StrCat(body, "\n", HiddenMark(KeyOf(finding)));
}

}  // namespace

std::string KeyOf(const Finding& finding) { return Sha256Hex(finding.fingerprint).substr(0, 16); }

std::string HiddenMark(std::string_view key) {
  return absl::StrCat(std::string(kMarkStart), std::string(key), std::string(kMarkEnd));
}

std::string FindMark(std::string_view text) {
  const size_t start = text.rfind(kMarkStart);
  if (start == std::string_view::npos) return "";
  const size_t from = start + kMarkStart.size();
  const size_t end = text.find(kMarkEnd, from);
  return end == std::string_view::npos ? "" : std::string(text.substr(from, end - from));
}

std::optional<Suggestion> SuggestionOf(const Fix& fix, const Diff& diff, const std::string& path, int line) {
  if (fix.edits.empty()) return std::nullopt;
  LineRange lines{.first = line, .last = line};
  for (const Edit& edit : fix.edits) {
    if (edit.path != path || edit.start_line < 1 || edit.start_column < 1 || edit.end_column < 1 ||
        std::tie(edit.end_line, edit.end_column) < std::tie(edit.start_line, edit.start_column)) {
      return std::nullopt;
    }
    // A text that ends at the start of a line leaves that line alone; it is still the one that is joined to.
    lines.first = std::min(lines.first, edit.start_line);
    lines.last = std::max(lines.last, edit.end_line);
  }
  const ChangedFile* file = diff.FindNew(path);
  if (file == nullptr || lines.last - lines.first >= kMostSuggestedLines) return std::nullopt;
  const auto hunk = std::ranges::find_if(file->hunks, [&](const Hunk& h) {
    return lines.first >= h.new_start && lines.last < h.new_start + static_cast<int>(h.added.size());
  });
  if (hunk == file->hunks.end()) return std::nullopt;
  std::vector<std::string> text;
  for (int i = lines.first; i <= lines.last; ++i) text.push_back(hunk->added[static_cast<size_t>(i - hunk->new_start)]);

  std::vector<const Edit*> edits;
  for (const Edit& edit : fix.edits) edits.push_back(&edit);
  std::ranges::sort(edits, [](const Edit* a, const Edit* b) {
    return std::tie(b->start_line, b->start_column, b) < std::tie(a->start_line, a->start_column, a);
  });
  for (const Edit* edit : edits) {  // from the last to the first, so that places stay right
    const auto first = static_cast<size_t>(edit->start_line - lines.first);
    const auto last = static_cast<size_t>(edit->end_line - lines.first);
    const auto from = static_cast<size_t>(edit->start_column - 1), to = static_cast<size_t>(edit->end_column - 1);
    if (last >= text.size() || from > text[first].size() || to > text[last].size()) return std::nullopt;
    text[first] = absl::StrCat(text[first].substr(0, from), edit->replacement, text[last].substr(to));
    text.erase(text.begin() + static_cast<std::ptrdiff_t>(first) + 1,
               text.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  }
  Suggestion suggestion{.lines = lines};
  for (const std::string& changed : text) absl::StrAppend(&suggestion.text, changed, "\n");
  if (suggestion.text == "\n") suggestion.text.clear();  // nothing is left of the line
  return suggestion;
}

Comments PlaceComments(const Verdict& verdict, const Diff& diff, const CommentOptions& options) {
  Comments comments;
  for (const Finding* finding : Introduced(verdict)) {
    if (finding->severity < options.least) continue;
    const ChangedFile* file = finding->line > 0 && IsPlain(finding->path) ? diff.FindNew(finding->path) : nullptr;
    if (file == nullptr || !Shows(*file, finding->line)) {
      comments.outside.push_back(finding);
      continue;
    }
    if (comments.inside.size() == options.most) {
      ++comments.left_out;
      continue;
    }
    std::optional<Suggestion> suggestion;
    if (!finding->fixes.empty()) {
      suggestion = SuggestionOf(finding->fixes.front(), diff, finding->path, finding->line);
    }
    LineComment comment{.key = KeyOf(*finding),
                        .path = finding->path,
                        .old_path = file->old_path.empty() ? finding->path : file->old_path,
                        .first_line = finding->line,
                        .line = finding->line,
                        .old_line = OldLine(*file, finding->line),
                        .body = Body(*finding, suggestion, options.host)};
    if (suggestion) {
      comment.first_line = suggestion->lines.first;
      comment.line = suggestion->lines.last;
      comment.old_line = 0;
    }
    comments.inside.push_back(std::move(comment));
  }
  return comments;
}

std::string ReviewBody(const Verdict& verdict, const Comments& comments) {
  std::string body = absl::StrCat("**", std::string(Name(verdict.state)), "**: ", comments.inside.size(),
                                  comments.inside.size() == 1 ? " comment" : " comments", " on changed lines.");
  const size_t elsewhere = comments.outside.size() + comments.left_out;
  if (elsewhere > 0) {
    absl::StrAppend(&body, " ", elsewhere, elsewhere == 1 ? " more finding is" : " more findings are",
                    " told in the summary only.");
  }
  return body;
}

std::vector<Annotation> Annotations(const Verdict& verdict) {
  std::vector<Annotation> annotations;
  for (const Finding* finding : Introduced(verdict)) {
    if (annotations.size() == kMostAnnotations) break;
    if (finding->line < 1 || !IsPlain(finding->path)) continue;
    Annotation annotation{
        .path = finding->path,
        .first_line = finding->line,
        .last_line = std::max(finding->line, finding->end_line),
        .level = finding->severity >= Severity::kMajor   ? Annotation::Level::kFailure
                 : finding->severity == Severity::kMinor ? Annotation::Level::kWarning
                                                         : Annotation::Level::kNotice,
        .title = OneLine(absl::StrCat(std::string(Name(finding->severity)), ": ", finding->check), 255),
        .message = OneLine(finding->message, 4000)};
    if (annotation.message.empty()) annotation.message = annotation.title;
    if (annotation.first_line == annotation.last_line && finding->column > 0) {
      annotation.first_column = finding->column;
      annotation.last_column = std::max(finding->column, finding->end_column);
    }
    annotations.push_back(std::move(annotation));
  }
  return annotations;
}

}  // namespace mergegate::publication
