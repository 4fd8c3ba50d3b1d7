#include "tests/analyzers/case_file.h"

#include <regex>
#include <sstream>

namespace mergegate::testing {
namespace {

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

const std::regex& DirectivePattern() {
  static const std::regex pattern(
      "// (CHECKS|ANALYZERS|ARGS|FINDING|NOTE|FIXED|METRIC|IN|REFERS|INSTANTIATIONS|FAILURE|SUPPRESSED|INPUT|ABSENT|"
      "NO-INPUT|CHANGE-ADDS)(@[+-][0-9]+)?(:|$| )");
  return pattern;
}

void ParseDirectives(const std::string& line, const std::string& path, int number, std::vector<Directive>& out) {
  const std::sregex_iterator begin(line.begin(), line.end(), DirectivePattern()), end;
  for (auto match = begin; match != end; ++match) {
    const auto next = std::next(match);
    const auto from = static_cast<size_t>(match->position() + match->length());
    const size_t to = next == end ? line.size() : static_cast<size_t>(next->position());
    const int offset = (*match)[2].matched ? std::stoi((*match)[2].str().substr(1)) : 0;
    out.push_back({(*match)[1], Trimmed(line.substr(from, to - from)), path, number + offset});
  }
}

}  // namespace

std::string CaseFile::Get(const std::string& word, const std::string& otherwise) const {
  for (const Directive& directive : directives) {
    if (directive.word == word) return directive.text;
  }
  return otherwise;
}

CaseFile ParseCase(const std::string& text) {
  CaseFile parsed;
  std::string path = "case.cc", *content = &parsed.files[path];
  int number = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kMark = "//--- ";
    if (line.starts_with(kMark)) {
      const std::string name = Trimmed(line.substr(kMark.size()));
      number = 0;
      if (name.starts_with("base:")) {
        path = name.substr(5);
        content = &parsed.base_files[path];
      } else if (name.starts_with("link:")) {
        const size_t space = name.find(' ');
        parsed.links[name.substr(5, space - 5)] = name.substr(space + 1);
      } else {
        path = name;
        content = &parsed.files[path];
      }
      continue;
    }
    ParseDirectives(line, path, ++number, parsed.directives);
    *content += line + "\n";
  }
  return parsed;
}

}  // namespace mergegate::testing
