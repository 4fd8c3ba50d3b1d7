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

std::string StripLine(std::string_view line) {
  const std::string_view trimmed = Trim(line);
  if (trimmed.starts_with('*')) return "";
  std::string text(line);
  for (size_t open = 0; (open = text.find("/*", open)) != std::string::npos;) {
    const size_t close = text.find("*/", open + 2);
    if (close == std::string::npos) break;
    text.replace(open, close + 2 - open, " ");
    ++open;
  }
  text.resize(std::min(text.find("//"), text.size()));
  text.resize(std::min(text.find("/*"), text.size()));
  return text;
}

// "/*", lines in between, "*/" and nothing else.
bool IsOneComment(const std::vector<std::string>& lines) {
  const auto full = [](const std::string& line) { return !Trim(line).empty(); };
  const auto first = std::ranges::find_if(lines, full);
  if (first == lines.end() || !Trim(*first).starts_with("/*")) return false;
  const auto last = std::find_if(lines.rbegin(), lines.rend(), full);
  if (!Trim(*last).ends_with("*/")) return false;
  for (auto line = first; line != last.base(); ++line) {
    const size_t close = line->find("*/", line == first ? line->find("/*") + 2 : 0);
    if (close == std::string::npos) continue;
    return line + 1 == last.base() && Trim(std::string_view(*line).substr(close + 2)).empty();
  }
  return false;
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
  std::vector<std::string> code(lines.size());
  if (IsOneComment(lines)) return code;
  std::ranges::transform(lines, code.begin(), StripLine);
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
