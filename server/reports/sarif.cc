#include "server/reports/sarif.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/reports/artifact_path.h"
#include "server/reports/json_view.h"

namespace mergegate::reports {
namespace {

using nlohmann::json;

constexpr size_t kMaxMessageBytes = 4096;  // of a finding
constexpr size_t kMaxNotes = 100;
constexpr size_t kMaxRoots = 64;
constexpr size_t kMaxIdBytes = 1024;  // ids of rules, messages and bases; longer ones name nothing
constexpr int kMaxBaseIds = 8;        // length of a chain of uriBaseIds

std::optional<Severity> SeverityOfScore(std::optional<double> score) {
  if (!score.has_value()) return std::nullopt;
  if (*score >= 9) return Severity::kCritical;
  if (*score >= 7) return Severity::kMajor;
  if (*score >= 4) return Severity::kMinor;
  return Severity::kInfo;
}

std::optional<Severity> SeverityOfLevel(const JsonView& level) {
  const std::string_view text = level.Text();
  if (text.empty()) return std::nullopt;
  if (text == "error") return Severity::kMajor;
  if (text == "warning") return Severity::kMinor;
  if (text == "note" || text == "none") return Severity::kInfo;
  level.Complain("one of error, warning, note, none was expected");
  return std::nullopt;
}

// One run of a report.
class RunReader {
 public:
  RunReader(const JsonView& run, ParsedReport& report) : run_(run), report_(report) {}

  void Read() {
    driver_ = run_.Get("tool").Get("driver").Get("name").Text();
    if (driver_.empty()) {
      run_.Get("tool").Get("driver").Get("name").Complain("the tool's name is missing");
      return;
    }
    report_.tools.push_back(driver_);
    const JsonView external = run_.Get("externalPropertyFileReferences").Get("results");
    if (external.size() > 0) external.Complain("results in further files are not read");
    FindRoots();
    const JsonView rules = run_.Get("tool").Get("driver").Get("rules");
    for (size_t i = 0; i < rules.size(); ++i) rule_index_.emplace(rules.At(i).Get("id").Text(), i);
    const JsonView results = run_.Get("results");
    for (size_t i = 0; i < results.size(); ++i) ReadResult(results.At(i));
  }

 private:
  // Directories that stand for the repository root: base URIs that do not hang on another, the working directories and
  // where the report says that the repository was checked out.
  void FindRoots() {
    const JsonView bases = run_.Get("originalUriBaseIds");
    if (const json* object = bases.raw(); object != nullptr && object->is_object()) {
      for (const auto& [name, value] : object->items()) {
        const JsonView base = bases.Get(name);
        if (base.Get("uriBaseId").Text().empty()) AddRoot(base.Get("uri").Text());
      }
    }
    const JsonView invocations = run_.Get("invocations");
    for (size_t i = 0; i < invocations.size(); ++i)
      AddRoot(invocations.At(i).Get("workingDirectory").Get("uri").Text());
    const JsonView checkouts = run_.Get("versionControlProvenance");
    for (size_t i = 0; i < checkouts.size(); ++i) AddRoot(checkouts.At(i).Get("mappedTo").Get("uri").Text());
  }

  void AddRoot(std::string_view uri) {
    const std::optional<std::string> root = DecodeUri(uri);
    if (root.has_value() && root->starts_with('/') && roots_.size() < kMaxRoots) roots_.push_back(*root);
  }

  void ReadResult(const JsonView& result) {
    const std::string_view kind = result.Get("kind").Text();
    if (kind == "pass" || kind == "notApplicable" || result.Get("baselineState").Text() == "absent" ||
        IsSuppressed(result)) {
      ++report_.dropped;
      return;
    }
    Finding finding;
    finding.analyzer = driver_;
    const JsonView location = result.Get("locations").At(0);
    if (!ReadPlace(location, finding)) {
      ++report_.dropped;
      return;
    }
    const JsonView rule = FindRule(result);
    finding.check = OneLine(result.Get("ruleId").Text());
    if (finding.check.empty()) finding.check = OneLine(result.Get("rule").Get("id").Text());
    if (finding.check.empty()) finding.check = OneLine(rule.Get("id").Text());
    if (finding.check.empty()) finding.check = driver_;
    finding.message = Message(result.Get("message"), rule);
    if (finding.message.empty()) finding.message = OneLine(rule.Get("shortDescription").Get("text").Text());
    if (finding.message.empty()) finding.message = finding.check;
    finding.severity = FindSeverity(result, rule, kind);
    const std::string_view url = rule.Get("helpUri").Text();
    if (url.starts_with("https://") || url.starts_with("http://")) finding.url = OneLine(url);
    finding.function = Function(location);
    ReadNotes(result, rule, finding);
    report_.findings.push_back(std::move(finding));
  }

  // Suppressed when it has suppressions and none of them is still under review or was rejected (SARIF 3.27.23).
  static bool IsSuppressed(const JsonView& result) {
    const JsonView suppressions = result.Get("suppressions");
    bool suppressed = suppressions.size() > 0;
    for (size_t i = 0; i < suppressions.size(); ++i) {
      const std::string_view status = suppressions.At(i).Get("status").Text();
      suppressed = suppressed && (status.empty() || status == "accepted");
    }
    return suppressed;
  }

  JsonView FindRule(const JsonView& result) const {
    const JsonView reference = result.Get("rule");
    JsonView component = run_.Get("tool").Get("driver");
    const std::optional<int> extension = reference.Get("toolComponent").Get("index").Number();
    if (extension.has_value()) component = run_.Get("tool").Get("extensions").At(static_cast<size_t>(*extension));
    const JsonView rules = component.Get("rules");
    // -1 is SARIF's word for "none".
    for (const JsonView& index : {result.Get("ruleIndex"), reference.Get("index")}) {
      if (index.raw() != nullptr && *index.raw() == -1) continue;
      if (const std::optional<int> at = index.Number()) return rules.At(static_cast<size_t>(*at));
    }
    std::string_view id = result.Get("ruleId").Text();
    if (id.empty()) id = reference.Get("id").Text();
    id = id.substr(0, kMaxIdBytes);
    // "CA1000/sub" is a case of the rule "CA1000".
    while (!id.empty()) {
      if (const auto found = rule_index_.find(id); found != rule_index_.end()) return rules.At(found->second);
      const size_t slash = id.rfind('/');
      id = id.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
    return rules.At(rules.size());
  }

  static Severity FindSeverity(const JsonView& result, const JsonView& rule, std::string_view kind) {
    if (const auto own = SeverityOfScore(result.Get("properties").Get("security-severity").Decimal())) return *own;
    if (const auto own = SeverityOfLevel(result.Get("level"))) return *own;
    if (kind == "informational") return Severity::kInfo;
    if (const auto score = SeverityOfScore(rule.Get("properties").Get("security-severity").Decimal())) return *score;
    if (const auto level = SeverityOfLevel(rule.Get("defaultConfiguration").Get("level"))) return *level;
    return Severity::kMinor;  // SARIF's default is "warning"
  }

  // The value that a "{0}" at the start of `text` stands for, and the length of the placeholder; 0 when there is none.
  static std::pair<std::string_view, size_t> Placeholder(std::string_view text, const JsonView& arguments) {
    if (text.size() < 3 || text[0] != '{') return {"", 0};
    size_t index = 0;
    for (size_t i = 1; i < std::min<size_t>(text.size(), 5); ++i) {
      if (text[i] == '}' && i > 1 && index < arguments.size()) return {arguments.At(index).Text(), i + 1};
      if (text[i] < '0' || text[i] > '9') return {"", 0};
      index = index * 10 + static_cast<size_t>(text[i] - '0');
    }
    return {"", 0};
  }

  // The text, or the rule's or tool's text of that id with its arguments filled in.
  std::string Message(const JsonView& message, const JsonView& rule) const {
    std::string_view text = message.Get("text").Text();
    const std::string_view id = message.Get("id").Text();
    if (text.empty() && !id.empty() && id.size() <= kMaxIdBytes) {
      text = rule.Get("messageStrings").Get(id).Get("text").Text();
      if (text.empty()) {
        text = run_.Get("tool").Get("driver").Get("globalMessageStrings").Get(id).Get("text").Text();
      }
    }
    const JsonView arguments = message.Get("arguments");
    std::string filled;
    for (size_t i = 0; i < text.size() && filled.size() <= kMaxMessageBytes; ++i) {
      if (const auto [value, length] = Placeholder(text.substr(i), arguments); length > 0) {
        filled += value.substr(0, kMaxMessageBytes);
        i += length - 1;
        continue;
      }
      filled += text[i];
    }
    return OneLine(filled);
  }

  // Path of an artifactLocation; empty when it is not in the repository.
  std::string Path(const JsonView& place) const {
    JsonView location = place;
    if (place.Get("uri").Text().empty()) {
      const JsonView index = place.Get("index");
      if (!index.exists() || *index.raw() == -1) return "";
      location = run_.Get("artifacts").At(static_cast<size_t>(index.Number().value_or(0))).Get("location");
    }
    std::string uri(location.Get("uri").Text());
    // Relative bases add their part; the absolute one at the end of the chain is the root.
    std::string_view base_id = location.Get("uriBaseId").Text();
    for (int hops = 0; !base_id.empty() && base_id.size() <= kMaxIdBytes && hops < kMaxBaseIds; ++hops) {
      const JsonView base = run_.Get("originalUriBaseIds").Get(base_id);
      const std::string base_uri = OneLine(base.Get("uri").Text());
      base_id = base.Get("uriBaseId").Text();
      if (!base_id.empty() && !base_uri.empty()) uri = absl::StrCat(base_uri, base_uri.ends_with('/') ? "" : "/", uri);
    }
    return RelativePath(uri, roots_).value_or("");
  }

  // Path, region and text of a location; false when it is not in the repository.
  bool ReadPlace(const JsonView& location, Finding& finding) const {
    const JsonView physical = location.Get("physicalLocation");
    finding.path = Path(physical.Get("artifactLocation"));
    if (finding.path.empty()) return false;
    const JsonView region = physical.Get("region");
    finding.line = region.Get("startLine").Number().value_or(0);
    if (finding.line == 0) return true;
    finding.column = region.Get("startColumn").Number().value_or(0);
    finding.end_line = region.Get("endLine").Number().value_or(finding.line);
    finding.end_column = region.Get("endColumn").Number().value_or(0);
    if (finding.end_line < finding.line ||
        (finding.end_line == finding.line && finding.end_column != 0 && finding.end_column < finding.column)) {
      finding.end_line = finding.end_column = 0;
    }
    const std::string_view snippet = region.Get("snippet").Get("text").Text();
    finding.line_text = OneLine(snippet.substr(0, snippet.find('\n')));
    return true;
  }

  std::string Function(const JsonView& location) const {
    const JsonView logical = location.Get("logicalLocations").At(0);
    std::string_view name = logical.Get("fullyQualifiedName").Text();
    const JsonView index = logical.Get("index");
    if (name.empty() && index.exists() && *index.raw() != -1) {
      const auto at = static_cast<size_t>(index.Number().value_or(0));
      name = run_.Get("logicalLocations").At(at).Get("fullyQualifiedName").Text();
    }
    return OneLine(name);
  }

  void AddNote(const JsonView& location, const std::string& prefix, const JsonView& rule, Finding& finding) const {
    if (finding.notes.size() >= kMaxNotes) return;
    Finding place;
    ReadPlace(location, place);
    std::string message = Message(location.Get("message"), rule);
    if (message.empty() && place.path.empty()) return;
    finding.notes.push_back({place.path, place.line, place.column, prefix + message});
  }

  void ReadNotes(const JsonView& result, const JsonView& rule, Finding& finding) const {
    const JsonView locations = result.Get("locations");
    for (size_t i = 1; i < std::min(locations.size(), kMaxNotes); ++i) AddNote(locations.At(i), "", rule, finding);
    const JsonView steps = result.Get("codeFlows").At(0).Get("threadFlows").At(0).Get("locations");
    for (size_t i = 0; i < std::min(steps.size(), kMaxNotes); ++i) {
      AddNote(steps.At(i).Get("location"), "", rule, finding);
    }
    const JsonView related = result.Get("relatedLocations");
    for (size_t i = 0; i < std::min(related.size(), kMaxNotes); ++i) AddNote(related.At(i), "", rule, finding);
    // Replacements count columns of a text that is not here; what the fix does can still be said.
    const JsonView fixes = result.Get("fixes");
    for (size_t i = 0; i < std::min(fixes.size(), kMaxNotes); ++i) {
      const std::string description = Message(fixes.At(i).Get("description"), rule);
      if (!description.empty() && finding.notes.size() < kMaxNotes) {
        finding.notes.push_back({finding.path, finding.line, finding.column, "suggested fix: " + description});
      }
    }
  }

  JsonView run_;
  ParsedReport& report_;
  std::string driver_;
  std::vector<std::string> roots_;
  std::map<std::string_view, size_t> rule_index_;
};

}  // namespace

absl::StatusOr<ParsedReport> ParseSarif(std::string_view text) {
  ASSIGN_OR_RETURN(const json document, ParseJsonObject(text, "SARIF"));
  std::string error;
  const JsonView root(&document, "", &error);
  const std::string_view version = root.Get("version").Text();
  if (!version.starts_with("2.1.")) {
    return absl::InvalidArgumentError(
        absl::StrCat("version: SARIF 2.1.0 was expected, not \"", OneLine(version), "\""));
  }
  const JsonView runs = root.Get("runs");
  if (!runs.exists()) return absl::InvalidArgumentError("runs: missing");
  ParsedReport report;
  for (size_t i = 0; i < runs.size() && error.empty(); ++i) RunReader(runs.At(i), report).Read();
  if (!error.empty()) return absl::InvalidArgumentError(error);
  return report;
}

}  // namespace mergegate::reports
