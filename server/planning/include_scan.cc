#include "server/planning/include_scan.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>

#include "absl/strings/ascii.h"

namespace mergegate::planning {
namespace {

bool IsIdentifier(char c) { return c == '_' || absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// What a scan tells besides the includes; unset functions are not called.
struct Listener {
  std::function<void(std::string_view word, size_t end)> on_word = nullptr;  // identifier and where it ends
  std::function<void(std::string_view word, size_t at, std::string_view rest)> on_directive =
      nullptr;                                        // rest of its line
  std::function<void(size_t at)> on_token = nullptr;  // that stands in no directive other than #define
};

class Scanner {
 public:
  explicit Scanner(std::string_view text, Listener listener = {}) : text_(text), listener_(std::move(listener)) {}

  std::vector<Include> Run() {
    bool line_start = true;  // nothing but blanks and comments so far
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        line_start = true;
        in_directive_ = false;
        ++at_;
      } else if (SkipBlank()) {
        continue;
      } else if (c == '#' && line_start) {
        ++at_;
        Directive();
        line_start = false;
      } else {
        line_start = false;
        SkipToken();
      }
    }
    return std::move(includes_);
  }

 private:
  bool StartsWith(std::string_view prefix) const { return text_.substr(at_).starts_with(prefix); }

  // Skips one blank, continuation or comment; false when there is none. Stays in front of a line end.
  bool SkipBlank() {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
      ++at_;
      return true;
    }
    if (SkipContinuation()) return true;
    if (StartsWith("//")) {
      SkipLine();
      return true;
    }
    if (StartsWith("/*")) {
      const size_t end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
      return true;
    }
    return false;
  }

  bool SkipContinuation() {
    if (StartsWith("\\\n")) {
      at_ += 2;
    } else if (StartsWith("\\\r\n")) {
      at_ += 3;
    } else {
      return false;
    }
    return true;
  }

  // To the end of the logical line, the line end left in place.
  void SkipLine() {
    while (at_ < text_.size()) {
      const size_t end = text_.find('\n', at_);
      if (end == std::string_view::npos) {
        at_ = text_.size();
        return;
      }
      size_t before = end;
      if (before > at_ && text_[before - 1] == '\r') --before;
      if (before == at_ || text_[before - 1] != '\\') {
        at_ = end;
        return;
      }
      at_ = end + 1;
    }
  }

  void SkipBlanks() {
    while (at_ < text_.size() && text_[at_] != '\n' && SkipBlank()) {
    }
  }

  void Directive() {
    SkipBlanks();
    const size_t begin = at_;
    while (at_ < text_.size() && IsIdentifier(text_[at_])) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    in_directive_ = word != "define";
    if (listener_.on_directive) listener_.on_directive(word, begin, text_.substr(at_, text_.find('\n', at_) - at_));
    if (word == "include" || word == "include_next" || word == "import") {
      SkipBlanks();
      Operand();
    } else if (word == "error" || word == "warning") {
      SkipLine();  // free text: an apostrophe in it opens no literal
    }
  }

  void Operand() {
    if (at_ >= text_.size()) return;
    const char open = text_[at_];
    if (open != '"' && open != '<') return;
    const size_t end = text_.find_first_of(open == '<' ? ">\n" : "\"\n", at_ + 1);
    if (end == std::string_view::npos || text_[end] == '\n') return;
    Include include{std::string(text_.substr(at_ + 1, end - at_ - 1)), open == '<'};
    at_ = end + 1;
    constexpr size_t kLongestName = 1024;
    if (include.name.empty() || include.name.size() > kLongestName) return;
    if (seen_.insert(open + include.name).second) includes_.push_back(std::move(include));
  }

  // Skips one literal, identifier or other character.
  void SkipToken() {
    const char c = text_[at_];
    if (listener_.on_token && !in_directive_) listener_.on_token(at_);
    if (c == '"' || c == '\'') {
      SkipLiteral(c);
    } else if (IsIdentifier(c)) {
      SkipWord();
    } else {
      ++at_;
    }
  }

  // An identifier, a number with its digit separators, or the prefix of a literal.
  void SkipWord() {
    const size_t begin = at_;
    const bool number = absl::ascii_isdigit(static_cast<unsigned char>(text_[at_]));
    while (at_ < text_.size() && (IsIdentifier(text_[at_]) || (number && text_[at_] == '\'' && at_ + 1 < text_.size() &&
                                                               IsIdentifier(text_[at_ + 1])))) {
      ++at_;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (at_ < text_.size() && text_[at_] == '"' &&
        (word == "R" || word == "LR" || word == "uR" || word == "UR" || word == "u8R")) {
      SkipRawString();
    } else if (listener_.on_word && !number) {
      listener_.on_word(word, at_);
    }
  }

  void SkipRawString() {
    constexpr size_t kLongestDelimiter = 16;
    const size_t open = text_.find('(', at_);
    if (open == std::string_view::npos || open - at_ - 1 > kLongestDelimiter) {
      SkipLiteral('"');
      return;
    }
    std::string close(1, ')');
    close += text_.substr(at_ + 1, open - at_ - 1);
    close += '"';
    const size_t end = text_.find(close, open + 1);
    at_ = end == std::string_view::npos ? text_.size() : end + close.size();
  }

  // A literal ends with its line: an unbalanced apostrophe in a disabled branch swallows no more than that.
  void SkipLiteral(char quote) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (SkipContinuation()) continue;
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
        at_ += 2;
        continue;
      }
      ++at_;
      if (c == quote) return;
    }
  }

  std::string_view text_;
  Listener listener_;
  size_t at_ = 0;
  bool in_directive_ = false;
  std::unordered_set<std::string> seen_;  // with the opening quote or bracket in front
  std::vector<Include> includes_;
};

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  Scanner(text, {.on_word = [&](std::string_view word, size_t) { words.emplace_back(word); }}).Run();
  return words;
}

// Between the < at `open` and its >, without blanks; "" when it is rather a comparison.
std::string ArgumentsAt(std::string_view text, size_t open) {
  constexpr size_t kLongest = 400;
  std::string arguments;
  int angles = 0;
  int brackets = 0;
  for (const char c : text.substr(open, kLongest)) {
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
    if (c == ';' || c == '{' || c == '"' || c == '\'' || c == '#') return "";
    if (c == '(' || c == '[') ++brackets;
    if ((c == ')' || c == ']') && --brackets < 0) return "";
    if (c == '<' && brackets == 0) ++angles;
    if (c == '>' && brackets == 0 && --angles == 0) return arguments.substr(1);
    arguments += c;
  }
  return "";
}

// True when a name in the arguments is declared in this very text, as a parameter or as a type of its own.
bool MeansSomethingHereOnly(std::string_view text, std::string_view arguments) {
  for (const std::string& word : WordsOf(arguments)) {
    for (const std::string_view keyword : {"typename ", "class ", "struct ", "using ", "typename... ", "auto "}) {
      if (text.find(std::string(keyword) + word) != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Include> ScanIncludes(std::string_view text) { return Scanner(text).Run(); }

uint64_t IdentifierDigest(std::string_view name) {  // FNV-1a
  uint64_t digest = 0xcbf29ce484222325;
  for (const char c : name) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return digest;
}

std::vector<uint64_t> ScanIdentifiers(std::string_view text) {
  std::vector<uint64_t> found;
  Scanner(text, {.on_word = [&](std::string_view word, size_t) { found.push_back(IdentifierDigest(word)); }}).Run();
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  found.shrink_to_fit();
  return found;
}

Mentions ScanMentions(std::string_view text, std::string_view name) {
  Mentions mentions;
  const auto on_word = [&](std::string_view word, size_t end) {
    if (word != name) return;
    const size_t next = text.find_first_not_of(" \t\r\n", end);
    std::string arguments = next != std::string_view::npos && text[next] == '<' ? ArgumentsAt(text, next) : "";
    if (arguments.empty() || MeansSomethingHereOnly(text, arguments)) {
      mentions.bare = true;
    } else {
      mentions.arguments.insert(std::move(arguments));
    }
  };
  Scanner(text, {.on_word = on_word}).Run();
  return mentions;
}

ConditionalText ScanConditionals(std::string_view text) {
  struct Open {
    std::string condition;
    std::vector<ConditionalBranch> branches;
    std::set<std::string> names;
    int first = 0;  // of the current branch
    bool guard = false;
  };
  ConditionalText found;
  std::vector<Open> open;
  int groups = 0;
  std::string ifndef;  // name of the #ifndef just before
  size_t counted = 0;
  int line = 1;
  const auto line_of = [&](size_t at) {  // scanned forwards
    line += static_cast<int>(std::ranges::count(text.substr(counted, at - counted), '\n'));
    counted = at;
    return line;
  };
  const auto end_branch = [&](Open& group, int last) {
    if (group.first > last) return;
    group.branches.push_back({group.condition, 0, group.first, last, {}});
  };
  const auto on_directive = [&](std::string_view word, size_t at, std::string_view rest) {
    const int here = line_of(at);
    const std::vector<std::string> names = WordsOf(rest);
    if (word == "define") {
      found.code_lines.insert(here);
      if (!open.empty() && !names.empty() && names.front() == ifndef) open.back().guard = true;
    }
    ifndef = word == "ifndef" && !names.empty() ? names.front() : "";
    const std::string directive =
        "#" + std::string(word) +
        std::string(absl::StripTrailingAsciiWhitespace(absl::string_view(rest.data(), rest.size())));
    if (word == "if" || word == "ifdef" || word == "ifndef") {
      open.push_back({.condition = directive, .branches = {}, .names = {}, .first = here + 1});
      open.back().names.insert(names.begin(), names.end());
    } else if (open.empty()) {
      return;
    } else if (word == "elif" || word == "elifdef" || word == "elifndef" || word == "else") {
      end_branch(open.back(), here - 1);
      open.back().names.insert(names.begin(), names.end());
      const std::string& first = open.back().condition;
      open.back().condition = word == "else" && !first.starts_with("#else") ? "#else of " + first : directive;
      open.back().first = here + 1;
    } else if (word == "endif") {
      end_branch(open.back(), here - 1);
      ++groups;
      for (ConditionalBranch& branch : open.back().branches) {
        if (open.back().guard) break;
        branch.group = groups;
        branch.names = open.back().names;
        found.branches.push_back(std::move(branch));
      }
      open.pop_back();
    }
  };
  const auto on_token = [&](size_t at) {
    ifndef.clear();
    found.code_lines.insert(line_of(at));
  };
  Scanner(text, {.on_directive = on_directive, .on_token = on_token}).Run();
  return found;
}

}  // namespace mergegate::planning
