#include "server/risk/content.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string_view>

namespace mergegate::risk {
namespace {

constexpr std::string_view kBlank = " \t\r\f\v";

constexpr std::array<std::string_view, 9> kControl = {"if",   "else", "for",   "while", "switch",
                                                      "case", "goto", "catch", "break"};
constexpr std::string_view kContinue = "continue";
// Names that stand before a parenthesis and call nothing.
constexpr std::array<std::string_view, 4> kNoCall = {"return", "sizeof", "defined", "decltype"};
constexpr std::array<std::string_view, 8> kMemory = {"new",     "delete", "malloc", "calloc",
                                                     "realloc", "free",   "memcpy", "memset"};

template <size_t N>
bool IsOneOf(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsNamePart(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The first of the marks of comments, "/*", "*/" and "//", from `at` on, strings and characters left out; npos: none.
size_t FindMark(std::string_view line, size_t at) {
  const auto is = [&](size_t i, char c) { return i < line.size() && line[i] == c; };
  for (; (at = line.find_first_of("/*\"'", at)) != std::string_view::npos; ++at) {
    const std::string_view two = line.substr(at, 2);
    if (two == "/*" || two == "*/" || two == "//") return at;
    // An apostrophe may stand in a number, or in prose.
    const bool character = line[at] == '\'' && (is(at + 1, '\\') || is(at + 2, '\''));
    if (line[at] != '"' && !character) continue;
    size_t end = at + 1;
    while (end < line.size() && line[end] != line[at]) end += line[end] == '\\' ? 2 : 1;
    if (end < line.size()) at = end;
  }
  return std::string_view::npos;
}

// Whether lines that follow one another begin within a comment: its end comes before any beginning.
bool BeginsInside(const std::vector<std::string>& lines) {
  for (const std::string_view line : lines) {
    if (const size_t mark = FindMark(line, 0); mark != std::string_view::npos) return line.substr(mark, 2) == "*/";
  }
  return false;
}

// The code of a line. `inside`: it begins within a comment; then, whether the next one does.
std::string StripLine(std::string_view line, bool& inside) {
  if (!inside && Trim(line).starts_with('*')) return "";  // a comment of which no other mark is in sight
  std::string code;
  for (size_t at = 0; at < line.size();) {
    if (inside) {
      const size_t close = line.find("*/", at);
      if (close == std::string_view::npos) return code;
      inside = false;
      at = close + 2;
      code += ' ';
      continue;
    }
    const size_t mark = std::min(FindMark(line, at), line.size());
    code += line.substr(at, mark - at);
    const std::string_view two = line.substr(mark, 2);
    if (two == "//") return code;
    inside = two == "/*";
    if (two == "*/") code += two;
    at = mark + 2;
  }
  return code;
}

void Count(std::string_view line, Content& content) {
  for (size_t i = 0; i < line.size();) {
    if (line.substr(i).starts_with("->")) {
      ++content.memory;
      i += 2;
      continue;
    }
    if (!IsNameStart(line[i])) {
      i += IsNamePart(line[i]) ? std::ranges::find_if_not(line.substr(i), IsNamePart) - line.substr(i).begin() : 1;
      continue;
    }
    size_t end = i;
    while (end < line.size() && IsNamePart(line[end])) ++end;
    const std::string_view word = line.substr(i, end - i);
    const bool control = IsOneOf(word, kControl) || word == kContinue;
    if (control) ++content.control;
    if (IsOneOf(word, kMemory)) ++content.memory;
    if (!control && end < line.size() && line[end] == '(' && !IsOneOf(word, kNoCall)) ++content.calls;
    i = end;
  }
}

int64_t Indentation(std::string_view line) {
  int64_t columns = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') return columns;
    columns += c == '\t' ? 8 - columns % 8 : 1;
  }
  return 0;  // a blank line has none
}

void AppendVisible(const std::string& line, std::string& text) {
  for (const char c : line) {
    if (!std::isspace(static_cast<unsigned char>(c))) text += c;
  }
}

// Adds what a file of code says, and what of it is visible to `added` and `removed`.
void AddCode(const ChangedFile& file, Content& content, std::string& added, std::string& removed) {
  for (const Hunk& hunk : file.hunks) {
    const auto lines = static_cast<int64_t>(hunk.added.size());
    ++content.hunks;
    content.code_added += lines;
    content.code_deleted += static_cast<int64_t>(hunk.removed.size());
    content.largest_hunk = std::max(content.largest_hunk, lines);
    for (const std::string& line : WithoutComments(hunk.added)) {
      Count(line, content);
      content.depth += Indentation(line);
      AppendVisible(line, added);
    }
    Content old;
    for (const std::string& line : WithoutComments(hunk.removed)) {
      Count(line, old);
      AppendVisible(line, removed);
    }
    content.control_deleted += old.control;
    if (IsCppHeader(file.path())) content.header_added += lines;
    if (IsTest(file.path())) content.test_added += lines;
  }
}

}  // namespace

std::vector<std::string> WithoutComments(const std::vector<std::string>& lines) {
  bool inside = BeginsInside(lines);
  std::vector<std::string> code;
  for (const std::string& line : lines) code.push_back(StripLine(line, inside));
  return code;
}

Content ContentOf(const Diff& diff) {
  Content content;
  std::string added, removed;
  bool new_file = false;
  for (const ChangedFile& file : diff.files) {
    for (const Hunk& hunk : file.hunks) {
      content.lines_added += static_cast<int64_t>(hunk.added.size());
      content.lines_deleted += static_cast<int64_t>(hunk.removed.size());
    }
    if (!IsCode(file.path())) continue;
    new_file |= file.change == FileChange::kAdded;
    AddCode(file, content, added, removed);
  }
  content.comment_only = added == removed && !new_file;
  return content;
}

}  // namespace mergegate::risk
