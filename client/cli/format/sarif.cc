#include "client/cli/format/sarif.h"

#include <map>
#include <nlohmann/json.hpp>

#include "client/cli/format/escape.h"
#include "client/cli/format/json.h"
#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

using Json = nlohmann::ordered_json;

std::string_view Level(v1::Severity severity) {
  if (severity >= v1::SEVERITY_MAJOR) return "error";
  return severity == v1::SEVERITY_MINOR ? "warning" : "note";
}

std::string_view Baseline(v1::BaselineState state) {
  if (state == v1::BASELINE_STATE_UNCHANGED) return "unchanged";
  return state == v1::BASELINE_STATE_FIXED ? "absent" : "new";
}

Json Artifact(const std::string& path) { return {{"uri", PathToUri(path)}, {"uriBaseId", "SRCROOT"}}; }

Json Region(int line, int column, int end_line, int end_column) {
  Json region = {{"startLine", line}};
  if (column > 0) region["startColumn"] = column;
  if (end_line >= line) region["endLine"] = end_line;
  if (end_column > 0 && end_line >= line) region["endColumn"] = end_column;
  return region;
}

Json Location(const std::string& path, const Json& region) {
  Json place = {{"artifactLocation", Artifact(path)}};
  if (!region.is_null()) place["region"] = region;
  return {{"physicalLocation", place}};
}

Json LocationOf(const v1::Finding& finding) {
  const Json region = finding.line() > 0
                          ? Region(finding.line(), finding.column(), finding.end_line(), finding.end_column())
                          : Json(nullptr);
  Json location = Location(finding.path(), region);
  if (!finding.function().empty()) {
    location["logicalLocations"] = Json::array({{{"fullyQualifiedName", finding.function()}}});
  }
  return location;
}

Json RelatedLocation(const v1::Note& note) {
  Json location = Json::object();
  if (!note.path().empty()) {
    location = Location(note.path(), note.line() > 0 ? Region(note.line(), note.column(), 0, 0) : Json(nullptr));
  }
  location["message"] = {{"text", note.message()}};
  return location;
}

Json FixOf(const v1::Fix& fix) {
  std::map<std::string, Json> replacements;  // by path
  for (const v1::Edit& edit : fix.edits()) {
    Json replacement = {
        {"deletedRegion", Region(edit.start_line(), edit.start_column(), edit.end_line(), edit.end_column())}};
    if (!edit.replacement().empty()) replacement["insertedContent"] = {{"text", edit.replacement()}};
    replacements.try_emplace(edit.path(), Json::array()).first->second.push_back(replacement);
  }
  Json changes = Json::array();
  for (const auto& [path, list] : replacements) {
    changes.push_back({{"artifactLocation", Artifact(path)}, {"replacements", list}});
  }
  Json json = Json::object();
  if (!fix.description().empty()) json["description"] = {{"text", fix.description()}};
  json["artifactChanges"] = changes;
  return json;
}

Json ResultOf(const v1::Finding& finding, size_t rule_index) {
  Json result = {{"ruleId", finding.check()},
                 {"ruleIndex", rule_index},
                 {"level", Level(finding.severity())},
                 {"message", {{"text", finding.message()}}},
                 {"locations", Json::array({LocationOf(finding)})},
                 {"baselineState", Baseline(finding.state())}};
  if (!finding.fingerprint().empty()) {
    result["partialFingerprints"] = {{"mergegateFingerprint/v1", finding.fingerprint()}};
  }
  if (!finding.notes().empty()) {
    Json related = Json::array();
    for (const v1::Note& note : finding.notes()) related.push_back(RelatedLocation(note));
    result["relatedLocations"] = related;
  }
  if (!finding.fixes().empty()) {
    Json fixes = Json::array();
    for (const v1::Fix& fix : finding.fixes()) fixes.push_back(FixOf(fix));
    result["fixes"] = fixes;
  }
  Json properties = {
      {"analyzer", finding.analyzer()}, {"severity", Word(finding.severity())}, {"state", Word(finding.state())}};
  if (!finding.caused_by().empty()) properties["causedBy"] = finding.caused_by();
  if (finding.guessed()) properties["guessedCompileCommand"] = true;
  result["properties"] = properties;
  return result;
}

Json Notification(const v1::AnalysisFailure& failure) {
  Json notification = {{"level", "error"},
                       {"message", {{"text", failure.message()}}},
                       {"descriptor", {{"id", Word(failure.kind())}}},
                       {"properties", {{"analyzer", failure.analyzer()}, {"atBase", failure.at_base()}}}};
  if (!failure.unit().empty()) notification["locations"] = Json::array({Location(failure.unit(), nullptr)});
  return notification;
}

}  // namespace

std::string FormatSarif(const v1::GetVerdictResponse& response) {
  const v1::Verdict& verdict = response.verdict();
  Json rules = Json::array();
  Json results = Json::array();
  std::map<std::string, size_t> rule_index;
  for (const v1::Finding& finding : verdict.findings()) {
    const auto [rule, added] = rule_index.try_emplace(finding.check(), rules.size());
    if (added) {
      Json description = {{"id", finding.check()}};
      if (!finding.url().empty()) description["helpUri"] = finding.url();
      description["properties"] = {{"analyzer", finding.analyzer()}};
      rules.push_back(description);
    }
    results.push_back(ResultOf(finding, rule->second));
  }
  Json notifications = Json::array();
  for (const v1::AnalysisFailure& failure : verdict.failures()) notifications.push_back(Notification(failure));
  const bool decided = verdict.state() == v1::VERDICT_STATE_PASS || verdict.state() == v1::VERDICT_STATE_FAIL;
  Json invocation = {{"executionSuccessful", decided}, {"toolExecutionNotifications", notifications}};
  if (!verdict.summary().empty()) invocation["properties"] = {{"summary", verdict.summary()}};
  const Json run = {
      {"tool", {{"driver", {{"name", "mergegate"}, {"rules", rules}}}}},
      {"automationDetails", {{"id", "mergegate/"}}},
      {"originalUriBaseIds", {{"SRCROOT", {{"description", {{"text", "The root of the repository."}}}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"invocations", Json::array({invocation})},
      {"results", results},
      {"properties",
       {{"verdict", Word(verdict.state())}, {"base", verdict.base_commit()}, {"head", verdict.head_commit()}}}};
  return DumpJson(
      {{"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
       {"version", "2.1.0"},
       {"runs", Json::array({run})}});
}

}  // namespace mergegate::client
