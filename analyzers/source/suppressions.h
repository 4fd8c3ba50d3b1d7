// Takes the effect away from suppressions (NOLINT comments, suppress attributes) on given lines of a text.
//
//   std::string text = "int* p = 0; *p = 1;  // NOLINT(clang-analyzer-*)\n";
//   auto taken = NeutralizeSuppressions({{1, 1}}, text);   // the comment now says NOXINT; same length
//   WouldHide(taken, 1, "clang-analyzer-core.NullDereference")   // true
//
// A change cannot accept findings for itself: the server names the lines that it adds, and what stands there is read
// without its suppressions. Offsets, lines and columns stay what they are.
// Thread safety: pure functions.
#ifndef MERGEGATE_ANALYZERS_SOURCE_SUPPRESSIONS_H_
#define MERGEGATE_ANALYZERS_SOURCE_SUPPRESSIONS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mergegate::source {

// Inclusive ranges of 1-based lines.
using LineRanges = std::vector<std::pair<int, int>>;

struct Suppression {
  enum class Kind { kLine, kNextLine, kBegin, kEnd, kAttribute };
  Kind kind = Kind::kLine;
  int line = 0;        // 1-based
  std::string checks;  // comma-separated globs in its parentheses; empty = every check
};

// Rewrites `text` in place and returns what was taken away, in order.
std::vector<Suppression> NeutralizeSuppressions(const LineRanges& lines, std::string& text);

// True when one of `suppressions` would have hidden a finding of `check` at `line`. Attributes hide what follows them
// in their declaration; how far that reaches is not known here, so they are not taken into account.
bool WouldHide(const std::vector<Suppression>& suppressions, int line, std::string_view check);

}  // namespace mergegate::source

#endif  // MERGEGATE_ANALYZERS_SOURCE_SUPPRESSIONS_H_
