#include "analyzers/source/suppressions.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <tuple>

namespace mergegate::source {
namespace {

constexpr std::string_view kNoLint = "NOLINT";

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool Contains(const LineRanges& lines, int line) {
  return std::any_of(lines.begin(), lines.end(), [line](const auto& r) { return r.first <= line && line <= r.second; });
}

// '*' matches any run of bytes, as in clang-tidy's lists of checks.
bool CheckGlobMatches(std::string_view glob, std::string_view check) {
  size_t g = 0, c = 0, star = std::string_view::npos, mark = 0;
  while (c < check.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      mark = c;
    } else if (g < glob.size() && glob[g] == check[c]) {
      ++g, ++c;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      c = ++mark;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

bool ListMatches(std::string_view list, std::string_view check) {
  if (list.empty()) return true;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view glob = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (!glob.empty() && glob.front() == ' ') glob.remove_prefix(1);
    while (!glob.empty() && glob.back() == ' ') glob.remove_suffix(1);
    if (CheckGlobMatches(glob, check)) return true;
  }
  return false;
}

// The end of `( ... )` that opens at `open`, past the closing parenthesis; `open` itself when it is not one.
size_t SkipParentheses(std::string_view text, size_t open) {
  if (open >= text.size() || text[open] != '(') return open;
  int depth = 0;
  for (size_t at = open; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at + 1;
  }
  return text.size();
}

// True when the byte at `at` lies in [[...]] or __attribute__((...)).
bool InAttribute(std::string_view text, size_t at) {
  constexpr size_t kReach = 256;  // attributes are short; what is further away is something else
  const size_t from = at > kReach ? at - kReach : 0;
  std::string_view before = text.substr(from, at - from);
  if (const size_t stop = before.find_last_of(";{}"); stop != std::string_view::npos) before.remove_prefix(stop + 1);
  const size_t brackets = before.rfind("[[");
  if (brackets != std::string_view::npos && before.find("]]", brackets) == std::string_view::npos) return true;
  return before.rfind("__attribute__") != std::string_view::npos;
}

void NeutralizeNoLints(const LineRanges& lines, std::string& text, std::vector<Suppression>& taken) {
  int line = 1;
  size_t counted = 0;
  // clang-tidy finds the word anywhere, in code and strings too, so it is looked for everywhere here as well.
  for (size_t at = text.find(kNoLint); at != std::string::npos; at = text.find(kNoLint, at + kNoLint.size())) {
    line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                        text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    if (!Contains(lines, line)) continue;
    size_t end = at + kNoLint.size();
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end]))) ++end;
    const std::string_view word = std::string_view(text).substr(at, end - at);
    Suppression found;
    found.line = line;
    if (word == "NOLINTNEXTLINE") found.kind = Suppression::Kind::kNextLine;
    if (word == "NOLINTBEGIN") found.kind = Suppression::Kind::kBegin;
    if (word == "NOLINTEND") found.kind = Suppression::Kind::kEnd;
    const size_t close = SkipParentheses(text, end);
    if (close > end + 1) found.checks = text.substr(end + 1, close - end - 2);
    taken.push_back(found);
    text[at + 2] = 'X';  // NOXINT...
  }
}

void NeutralizeAttributes(const LineRanges& lines, std::string& text, std::vector<Suppression>& taken) {
  constexpr std::string_view kSuppress = "suppress";
  int line = 1;
  size_t counted = 0;
  for (size_t at = text.find(kSuppress); at != std::string::npos; at = text.find(kSuppress, at + 1)) {
    line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                        text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    size_t begin = at, end = at + kSuppress.size();
    while (begin > 0 && text[begin - 1] == '_' && at - begin < 2) --begin;  // __suppress__
    while (end < text.size() && text[end] == '_' && end - at < kSuppress.size() + 2) ++end;
    if ((begin > 0 && IsWordByte(text[begin - 1])) || (end < text.size() && IsWordByte(text[end]))) continue;
    if (!Contains(lines, line) || !InAttribute(text, begin)) continue;
    if (begin >= 2 && text[begin - 1] == ':' && text[begin - 2] == ':') {  // clang::, gsl::, _Clang::
      begin -= 2;
      while (begin > 0 && IsWordByte(text[begin - 1])) --begin;
    }
    end = SkipParentheses(text, end);
    // An attribute list may be empty, so blanks leave valid code.
    std::replace_if(
        text.begin() + static_cast<std::ptrdiff_t>(begin), text.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return c != '\n'; }, ' ');
    taken.push_back({Suppression::Kind::kAttribute, line, ""});
  }
}

}  // namespace

std::vector<Suppression> NeutralizeSuppressions(const LineRanges& lines, std::string& text) {
  std::vector<Suppression> taken;
  NeutralizeNoLints(lines, text, taken);
  NeutralizeAttributes(lines, text, taken);
  std::sort(taken.begin(), taken.end(),
            [](const auto& a, const auto& b) { return std::tie(a.line, a.kind) < std::tie(b.line, b.kind); });
  return taken;
}

bool WouldHide(const std::vector<Suppression>& suppressions, int line, std::string_view check) {
  int open_blocks = 0;
  for (const Suppression& s : suppressions) {
    if (!ListMatches(s.checks, check)) continue;
    switch (s.kind) {
      case Suppression::Kind::kLine:
        if (s.line == line) return true;
        break;
      case Suppression::Kind::kNextLine:
        if (s.line + 1 == line) return true;
        break;
      case Suppression::Kind::kBegin:
        if (s.line <= line) ++open_blocks;
        break;
      case Suppression::Kind::kEnd:
        if (s.line < line) --open_blocks;
        break;
      case Suppression::Kind::kAttribute:
        break;
    }
  }
  return open_blocks > 0;
}

}  // namespace mergegate::source
