// Findings as comments on lines of a pull or merge request, and as annotations of a status.
//
//   Comments comments = PlaceComments(verdict, diff, {});
//   comments.inside[0].body   // "**major** ... ```suggestion ...``` <!-- mergegate:0123456789abcdef -->"
//   comments.outside          // findings whose lines the host does not show: it refuses comments there
//
// Every comment ends with a hidden mark that holds the finding's key: what was written is found again by it.
// Pure. Pointers are into the verdict.
#ifndef MERGEGATE_SERVER_PUBLICATION_LINE_COMMENTS_H_
#define MERGEGATE_SERVER_PUBLICATION_LINE_COMMENTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/change.h"
#include "server/domain/host.h"
#include "server/domain/verdict.h"

namespace mergegate::publication {

struct LineComment {
  std::string key = {};       // of the finding: 16 hex digits
  std::string path = {};      // at the head
  std::string old_path = {};  // at the base; the same for an added file
  int first_line = 0;         // at the head; before `line` where a suggestion replaces several
  int line = 0;
  int old_line = 0;  // what `line` was at the base; 0: it was added
  std::string body = {};
  bool operator==(const LineComment&) const = default;
};

struct Comments {
  std::vector<LineComment> inside = {};
  std::vector<const Finding*> outside = {};
  size_t left_out = 0;  // inside the diff, but over the bound
};

struct CommentOptions {
  HostKind host = HostKind::kGitHub;
  Severity least = Severity::kMinor;
  size_t most = 30;
};

Comments PlaceComments(const Verdict& verdict, const Diff& diff, const CommentOptions& options);

// What stands above the comments of a review.
std::string ReviewBody(const Verdict& verdict, const Comments& comments);

std::string KeyOf(const Finding& finding);
// "<!-- mergegate:KEY -->"
std::string HiddenMark(std::string_view key);
// The key of the last mark in a text; empty when there is none.
std::string FindMark(std::string_view text);

// The lines that a fix replaces, and what it makes of them.
struct Suggestion {
  LineRange lines = {};
  std::string text = {};  // with line ends
};
// nullopt unless all edits lie on adjacent added lines of one file that include `line`.
std::optional<Suggestion> SuggestionOf(const Fix& fix, const Diff& diff, const std::string& path, int line);

// GitHub's bounds: a path in the repository, lines from 1, columns in one line only, 255 characters of title.
struct Annotation {
  enum class Level { kNotice, kWarning, kFailure };
  std::string path = {};
  int first_line = 0;
  int last_line = 0;
  int first_column = 0;  // 0: the whole line
  int last_column = 0;
  Level level = Level::kNotice;
  std::string title = {};
  std::string message = {};
  bool operator==(const Annotation&) const = default;
};

inline constexpr size_t kMostAnnotations = 200;

// The worst ones first, at most kMostAnnotations. The same verdict gives the same list.
std::vector<Annotation> Annotations(const Verdict& verdict);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_LINE_COMMENTS_H_
