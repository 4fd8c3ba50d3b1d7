#include "server/planning/include_scan.h"

#include <string>
#include <unordered_set>
#include <utility>

#include "absl/strings/ascii.h"

namespace mergegate::planning {
namespace {

bool IsIdentifier(char c) { return c == '_' || absl::ascii_isalnum(static_cast<unsigned char>(c)); }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Include> Run() {
    bool line_start = true;  // nothing but blanks and comments so far
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        line_start = true;
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
  size_t at_ = 0;
  std::unordered_set<std::string> seen_;  // with the opening quote or bracket in front
  std::vector<Include> includes_;
};

}  // namespace

std::vector<Include> ScanIncludes(std::string_view text) { return Scanner(text).Run(); }

}  // namespace mergegate::planning
