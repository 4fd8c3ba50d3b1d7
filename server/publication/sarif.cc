#include "server/publication/sarif.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "server/publication/escape.h"
#include "server/publication/telling.h"

namespace mergegate::publication {

std::string SarifOf(const Verdict& verdict) {
  using nlohmann::json;
  std::map<std::string, size_t> rule_numbers;
  json rules = json::array(), results = json::array();
  for (const Finding* finding : Introduced(verdict)) {
    if (results.size() == kMostSarifResults) break;
    const auto [rule, fresh] = rule_numbers.try_emplace(finding->check, rules.size());
    if (fresh) rules.push_back({{"id", finding->check}});
    const char* level = finding->severity >= Severity::kMajor   ? "error"
                        : finding->severity == Severity::kMinor ? "warning"
                                                                : "note";
    json place = {{"artifactLocation", {{"uri", UrlPath(finding->path)}, {"uriBaseId", "%SRCROOT%"}}}};
    if (finding->line > 0) {
      place["region"] = {{"startLine", finding->line}, {"endLine", std::max(finding->line, finding->end_line)}};
      if (finding->column > 0) place["region"]["startColumn"] = finding->column;
    }
    results.push_back({{"ruleId", finding->check},
                       {"ruleIndex", rule->second},
                       {"level", level},
                       {"message", {{"text", finding->message.empty() ? finding->check : finding->message}}},
                       {"baselineState", "new"},
                       {"partialFingerprints", {{"mergegate/v1", finding->fingerprint}}},
                       {"locations", {{{"physicalLocation", place}}}}});
  }
  const json sarif = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", {{{"tool", {{"driver", {{"name", "mergegate"}, {"rules", rules}}}}}, {"results", results}}}}};
  return sarif.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace mergegate::publication
