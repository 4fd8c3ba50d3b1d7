// CODEOWNERS as GitHub and GitLab document it.
#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/domain/glob.h"
#include "server/reviewers/owners.h"
#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

constexpr size_t kMostRules = 20'000;
constexpr size_t kLongestPattern = 1'000;
constexpr size_t kMostOwners = 200;

// Words at unescaped blanks; '#' begins a comment at the start of a word. "\ " and "\#" stand for themselves.
std::vector<std::string> WordsOf(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '#' && word.empty()) break;
    if (c == '\\' && i + 1 < line.size() && (line[i + 1] == ' ' || line[i + 1] == '#')) {
      word += line[++i];
    } else if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      end();
    } else {
      word += c;
    }
  }
  end();
  return words;
}

struct Heading {
  CodeOwnersSection section;
  std::vector<std::string> owners;  // of rules that name none
};

// "[Name]", "^[Name]", "[Name][2]", each with default owners behind; nullopt for any other line.
std::optional<Heading> ReadHeading(std::string_view line) {
  Heading heading;
  if (line.starts_with('^')) {
    heading.section.required = 0;
    line.remove_prefix(1);
  }
  if (!line.starts_with('[')) return std::nullopt;
  const size_t close = line.find(']');
  if (close == std::string_view::npos || close == 1) return std::nullopt;
  heading.section.name = std::string(line.substr(1, close - 1));
  line.remove_prefix(close + 1);
  if (line.starts_with('[')) {
    int count = 0;
    const size_t end = line.find(']');
    if (end == std::string_view::npos || !absl::SimpleAtoi(std::string(line.substr(1, end - 1)), &count)) {
      return std::nullopt;
    }
    if (heading.section.required != 0) heading.section.required = std::clamp(count, 1, 100);
    line.remove_prefix(end + 1);
  }
  if (!line.empty() && !absl::ascii_isspace(static_cast<unsigned char>(line.front()))) return std::nullopt;
  heading.owners = WordsOf(line);
  return heading;
}

bool IsOwner(std::string_view word) { return word.size() > 1 && word.find('@') != std::string_view::npos; }

}  // namespace

bool CodeOwnersMatches(std::string_view pattern, std::string_view path) {
  const bool folder = pattern.ends_with('/');
  if (folder) pattern.remove_suffix(1);
  const bool anchored = pattern.find('/') != std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (pattern.empty()) return folder;  // "/" is everything
  const std::string whole = anchored ? std::string(pattern) : absl::StrCat("**/", std::string(pattern));
  const std::string below = absl::StrCat(whole, "/**");
  const bool children_only = pattern == "*" || pattern.ends_with("/*");
  if (children_only && anchored) return !folder && GlobMatches(whole, path);
  return (!folder && GlobMatches(whole, path)) || GlobMatches(below, path);
}

std::vector<CodeOwnersSection> ParseCodeOwners(std::string_view path, std::string_view text,
                                               std::vector<std::string>& problems) {
  std::vector<CodeOwnersSection> sections(1);
  std::vector<std::string> default_owners;
  size_t current = 0, rules = 0;
  int number = 0;
  for (const std::string_view raw : Split(text, '\n')) {
    ++number;
    const auto problem = [&](std::string_view what) {
      problems.push_back(absl::StrCat(std::string(path), ":", number, ": ", std::string(what)));
    };
    const std::string line(Strip(raw));
    if (line.empty() || line.starts_with('#')) continue;
    if (line.find('\0') != std::string::npos) {
      problem("holds a NUL byte; the line is skipped");
      continue;
    }
    if (std::optional<Heading> heading = ReadHeading(line)) {
      // The same name again goes on with the section; its first heading says what is required.
      const auto known = std::ranges::find_if(sections, [&](const CodeOwnersSection& section) {
        return absl::EqualsIgnoreCase(section.name, heading->section.name);
      });
      current = static_cast<size_t>(known - sections.begin());
      if (known == sections.end()) sections.push_back(std::move(heading->section));
      default_owners = std::move(heading->owners);
      continue;
    }
    if (++rules > kMostRules) {
      problem(absl::StrCat("more than ", kMostRules, " rules; the rest is skipped"));
      break;
    }
    std::vector<std::string> words = WordsOf(line);
    if (words.empty()) continue;
    CodeOwnersRule rule{.pattern = words.front(), .owners = {}, .line = number};
    if (rule.pattern.starts_with('!')) {
      rule.excludes = true;
      rule.pattern.erase(0, 1);
    }
    if (rule.pattern.empty() || rule.pattern.size() > kLongestPattern || words.size() > kMostOwners) {
      problem("pattern or list of owners is empty or too long; the line is skipped");
      continue;
    }
    for (size_t i = 1; i < words.size(); ++i) {
      if (IsOwner(words[i])) {
        rule.owners.push_back(std::move(words[i]));
      } else {
        problem(absl::StrCat("\"", words[i].substr(0, 60), "\" is neither @name nor a mail address; it is skipped"));
      }
    }
    if (words.size() == 1) rule.owners = default_owners;
    sections[current].rules.push_back(std::move(rule));
  }
  return sections;
}

}  // namespace mergegate::reviewers
