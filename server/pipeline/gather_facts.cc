#include "server/pipeline/gather_facts.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/domain/glob.h"
#include "server/reports/sarif.h"
#include "server/tracking/pieces.h"
#include "server/tracking/track.h"

namespace mergegate::pipeline {
namespace {

// Text of the findings' lines, which reports seldom carry and tracking needs.
class LineTexts {
 public:
  explicit LineTexts(const Tree& tree) : tree_(tree) {}

  void Fill(Finding& finding) {
    if (!finding.line_text.empty() || finding.line <= 0) return;
    auto [it, added] = lines_.try_emplace(finding.path);
    if (added) {
      if (auto text = tree_.ReadFile(finding.path); text.ok()) it->second = absl::StrSplit(*text, '\n');
    }
    if (static_cast<size_t>(finding.line) <= it->second.size()) {
      finding.line_text = std::string(absl::StripAsciiWhitespace(it->second[finding.line - 1]));
    }
  }

 private:
  const Tree& tree_;
  std::map<std::string, std::vector<std::string>> lines_;
};

bool IsInHeadTree(const PatchSet& patch_set, const Finding& finding) {
  return patch_set.head_tree->FindBlob(finding.path).has_value();
}

bool Overlaps(const std::vector<LineRange>& ranges, int first, int last) {
  return std::ranges::any_of(ranges, [&](const LineRange& r) { return r.first <= last && first <= r.last; });
}

// Main files that only the head's plan has.
std::set<std::string, std::less<>> UnitsWithoutBase(const Diff& diff, const planning::Plan& plan) {
  std::set<std::string, std::less<>> units;
  for (const UnitTask& unit : plan.head) units.insert(unit.main_file);
  for (const UnitTask& unit : plan.base) {
    if (const auto at_head = diff.NewPath(unit.main_file)) units.erase(*at_head);
  }
  return units;
}

void MarkIgnoredSuppressions(const std::vector<Relaxation>& relaxations, std::vector<Finding>& findings) {
  std::set<std::pair<std::string, int>> ignored;
  for (const Relaxation& relaxation : relaxations) {
    if (relaxation.kind != "nolint") continue;
    const bool next_line = relaxation.text.find("NOLINTNEXTLINE") != std::string::npos;
    ignored.emplace(relaxation.path, relaxation.line + (next_line ? 1 : 0));
  }
  for (Finding& finding : findings) {
    finding.suppressed_by_change =
        finding.state != BaselineState::kFixed && ignored.contains({finding.path, finding.line});
  }
}

template <typename T>
void Append(std::vector<T>& to, std::vector<T> from) {
  std::ranges::move(from, std::back_inserter(to));
}

}  // namespace

ImportedFindings ReadReports(const PatchSet& patch_set, const std::vector<ImportedReport>& reports) {
  ImportedFindings imported;
  std::set<std::string> base_tools, head_tools;
  LineTexts base_texts(*patch_set.base_tree), head_texts(*patch_set.head_tree);
  for (const ImportedReport& report : reports) {
    if (report.kind != ReportKind::kSarif) continue;
    auto parsed = reports::ParseSarif(report.text);
    if (!parsed.ok()) {
      imported.failures.push_back({.analyzer = "",
                                   .unit = report.name,
                                   .kind = FailureKind::kInternal,
                                   .message = std::string(parsed.status().message()),
                                   .at_base = report.at_base});
      continue;
    }
    (report.at_base ? base_tools : head_tools).insert(parsed->tools.begin(), parsed->tools.end());
    for (Finding& finding : parsed->findings) (report.at_base ? base_texts : head_texts).Fill(finding);
    Append(report.at_base ? imported.base : imported.head, std::move(parsed->findings));
  }
  std::erase_if(imported.head, [&](const Finding& finding) { return !IsInHeadTree(patch_set, finding); });
  for (const Finding& finding : imported.head) {
    if (base_tools.contains(finding.analyzer) || patch_set.diff.IsAdded(finding.path, finding.line)) continue;
    Finding at_base = finding;
    if (const ChangedFile* file = patch_set.diff.FindNew(finding.path); file != nullptr && !file->old_path.empty()) {
      at_base.path = file->old_path;
    }
    imported.base.push_back(std::move(at_base));
  }
  imported.tools.assign(head_tools.begin(), head_tools.end());
  return imported;
}

Facts FactsWithoutComparison(const Submission& submission, const PolicyInForce& policy, std::string why) {
  Facts facts;
  facts.head_commit = submission.head;
  facts.missing_base = std::move(why);
  facts.policy_text = policy.text;
  facts.policy_source = policy.source;
  facts.policy_problems = policy.problems;
  return facts;
}

std::vector<FunctionChange> ChangedFunctions(const Diff& diff, const std::vector<TaskResult>& base,
                                             const std::vector<TaskResult>& head) {
  // A USR names one function; internal ones of two files may share it, so the head's path tells them apart.
  std::map<std::pair<std::string, std::string>, FunctionMeasurement> before;
  for (const TaskResult& result : base) {
    for (const FunctionMeasurement& measurement : result.measurements) {
      const auto path = diff.NewPath(measurement.path);
      if (path) before.try_emplace({measurement.usr, *path}, measurement);
    }
  }
  std::map<std::string, std::vector<LineRange>> changed_lines;
  for (const ChangedFile& file : diff.files) {
    if (!file.new_path.empty()) changed_lines[file.new_path] = diff.ChangedLines(file, true);
  }
  std::map<std::tuple<std::string, int, std::string>, FunctionChange> changes;
  for (const TaskResult& result : head) {
    for (const FunctionMeasurement& measurement : result.measurements) {
      const auto lines = changed_lines.find(measurement.path);
      if (lines == changed_lines.end() || !Overlaps(lines->second, measurement.start_line, measurement.end_line)) {
        continue;
      }
      FunctionChange change{.function = measurement.function,
                            .path = measurement.path,
                            .line = measurement.start_line,
                            .before = std::nullopt,
                            .after = measurement};
      const auto it = before.find({measurement.usr, measurement.path});
      if (it != before.end()) change.before = it->second;
      changes.try_emplace({measurement.path, measurement.start_line, measurement.usr}, std::move(change));
    }
  }
  std::vector<FunctionChange> ordered;
  for (auto& [key, change] : changes) ordered.push_back(std::move(change));
  return ordered;
}

Facts GatherFacts(const PatchSet& patch_set, const PolicyInForce& policy, const planning::Plan& plan,
                  AnalysisResults results, ImportedFindings imported, ImportedCoverage coverage, TouchedTests touched,
                  std::vector<AnalysisFailure> other_failures) {
  const Diff& diff = patch_set.diff;
  Facts facts;
  facts.base_commit = patch_set.base;
  facts.head_commit = patch_set.head;
  facts.policy_text = policy.text;
  facts.policy_source = policy.source;
  facts.policy_problems = policy.problems;
  facts.relaxations = plan.relaxations;
  facts.tier = results.tier;
  facts.coverage = planning::MeasureCoverage(diff, plan, results.head, policy.policy.analysis);
  facts.functions = ChangedFunctions(diff, results.base, results.head);
  facts.duplicates = std::move(results.duplicates);
  facts.imported_tools = imported.tools;

  facts.failures = plan.failures;
  Append(facts.failures, std::move(other_failures));
  Append(facts.failures, std::move(imported.failures));
  Append(facts.failures, std::move(coverage.failures));
  facts.tests = std::move(coverage.tests);
  facts.touched_tests = touched;
  Append(facts.failures, std::move(results.duplication_failures));
  tracking::TrackInput track{
      .diff = diff, .base = std::move(imported.base), .head = std::move(imported.head), .head_declarations = {}};
  std::vector<std::vector<Declaration>> declarations, base_declarations;
  for (TaskResult& result : results.head) {
    Append(track.head, std::move(result.findings));
    Append(facts.failures, std::move(result.failures));
    declarations.push_back(std::move(result.declarations));
  }
  for (TaskResult& result : results.base) {
    Append(track.base, std::move(result.findings));
    Append(facts.failures, std::move(result.failures));
    base_declarations.push_back(std::move(result.declarations));
  }
  track.head_declarations = tracking::MergeDeclarations(declarations);
  facts.pieces = tracking::PiecesOf(diff, track.head_declarations, tracking::MergeDeclarations(base_declarations),
                                    *patch_set.head_tree);
  track.units_without_base = UnitsWithoutBase(diff, plan);
  facts.findings = tracking::Track(std::move(track));
  MarkIgnoredSuppressions(facts.relaxations, facts.findings);

  facts.lines_added = diff.LinesAdded();
  facts.lines_removed = diff.LinesRemoved();
  for (const ChangedFile& file : diff.files) {
    facts.changed_paths.push_back(file.path());
    if (!IsCpp(file.path()) || AnyGlobMatches(policy.policy.analysis.exclude_paths, file.path())) continue;
    for (const Hunk& hunk : file.hunks) facts.cpp_lines_added += hunk.new_count;
  }
  return facts;
}

}  // namespace mergegate::pipeline
