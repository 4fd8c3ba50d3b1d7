#include "analyzers/registry.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "analyzers/severity.h"
#include "analyzers/tidy_modules.h"
#include "clang-tidy/ClangTidy.h"

namespace mergegate::analyzers {

std::span<const Analyzer* const> AllAnalyzers() {
  static const Analyzer* const table[] = {
      &ClangTidyAnalyzer(),
      &StaticAnalyzer(),
      &CodeMetricsAnalyzer(),
  };
  return table;
}

const Analyzer* FindAnalyzer(std::string_view name) {
  const auto all = AllAnalyzers();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Analyzer* a) { return a->name() == name; });
  return found == all.end() ? nullptr : *found;
}

std::string DescribeAnalyzers() {
  LinkTidyModules();
  clang::tidy::ClangTidyOptions everything;
  everything.Checks = "*";
  std::vector<std::string> checks = clang::tidy::getCheckNames(everything, false, false);
  checks.emplace_back("clang-diagnostic-error");
  checks.emplace_back("clang-diagnostic-*");
  std::sort(checks.begin(), checks.end());

  nlohmann::ordered_json catalogue = nlohmann::ordered_json::array();
  for (const Analyzer* analyzer : AllAnalyzers()) {
    nlohmann::ordered_json listed = nlohmann::ordered_json::array();
    for (const std::string& check : checks) {
      if (!analyzer->OwnsCheck(check)) continue;
      std::string severity = v1::Severity_Name(SeverityOf(check)).substr(sizeof("SEVERITY_") - 1);
      std::transform(severity.begin(), severity.end(), severity.begin(), [](char c) { return std::tolower(c); });
      listed.push_back({{"name", check}, {"severity", severity}, {"url", DocumentationOf(check)}});
    }
    catalogue.push_back({{"name", analyzer->name()}, {"summary", analyzer->summary()}, {"checks", listed}});
  }
  return nlohmann::ordered_json{{"analyzers", catalogue}}.dump(2);
}

}  // namespace mergegate::analyzers
