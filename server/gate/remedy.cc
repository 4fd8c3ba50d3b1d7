#include "server/gate/remedy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/names.h"
#include "server/gate/approved.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

using Target = Remedy::Target;

template <typename T>
void EraseIndices(std::vector<T>& list, const std::set<size_t>& indices) {
  size_t index = 0;
  std::erase_if(list, [&](const T&) { return indices.contains(index++); });
}

void AnalyzeUnits(Facts& facts, const std::set<std::string>& names) {
  std::erase_if(facts.failures, [&](const AnalysisFailure& failure) { return names.contains(failure.unit); });
  for (FileCoverage& file : facts.coverage.files) {
    if (!file.units.empty() || !names.contains(file.path)) continue;
    const int lines = std::min(file.changed_lines, facts.coverage.missed_lines);
    facts.coverage.missed_lines -= lines;
    facts.coverage.parsed_lines += lines;
    file.units = {file.path};
    file.reason.clear();
  }
}

}  // namespace

Remedy FixFinding(const Facts& facts, size_t index) {
  const Finding& finding = facts.findings[index];
  return {.target = Target::kFinding,
          .index = index,
          .name = {},
          .action = {.kind = "fix-finding",
                     .subject = finding.fingerprint,
                     .description = absl::StrCat("fix ", finding.check, " (", std::string(Name(finding.severity)),
                                                 ") at ", finding.path, ":", finding.line, ": ", finding.message)}};
}

Remedy LowerFunction(const Facts& facts, size_t index, int cognitive) {
  const FunctionChange& function = facts.functions[index];
  return {.target = Target::kFunction,
          .index = index,
          .cognitive = cognitive,
          .name = {},
          .action = {.kind = "reduce-complexity",
                     .subject = function.function,
                     .description = absl::StrCat("bring ", function.function, " (", function.path, ":", function.line,
                                                 ") from cognitive complexity ", function.after.cognitive, " down to ",
                                                 cognitive)}};
}

Remedy RemoveDuplicate(const Facts& facts, size_t index) {
  const DuplicateBlock& block = facts.duplicates[index];
  const std::string place = absl::StrCat(block.path, ":", block.start_line, "-", block.end_line);
  return {.target = Target::kDuplicate,
          .index = index,
          .name = {},
          .action = {.kind = "remove-duplicate",
                     .subject = place,
                     .description = absl::StrCat("share the code of ", place, " with ", block.other_path, ":",
                                                 block.other_start_line, "-", block.other_end_line)}};
}

Remedy RemoveSuppression(const Facts& facts, size_t index) {
  const Relaxation& relaxation = facts.relaxations[index];
  const std::string place = absl::StrCat(relaxation.path, ":", relaxation.line);
  return {.target = Target::kSuppression,
          .index = index,
          .name = {},
          .action = {.kind = "remove-suppression",
                     .subject = place,
                     .description = absl::StrCat("remove the suppression at ", place, ": ", relaxation.text)}};
}

Remedy ImportReport(std::string_view tool) {
  return {.target = Target::kReport,
          .name = std::string(tool),
          .action = {.kind = "import-report",
                     .subject = std::string(tool),
                     .description = absl::StrCat("submit a SARIF report of ", std::string(tool),
                                                 " about the head commit with the change")}};
}

Remedy AnalyzeUnit(const Facts& facts, std::string_view name) {
  std::string why;
  for (const AnalysisFailure& failure : facts.failures) {
    if (why.empty() && failure.unit == name) {
      why = absl::StrCat(failure.at_base ? " at the base commit" : "", ": ", failure.message);
    }
  }
  for (const FileCoverage& file : facts.coverage.files) {
    if (why.empty() && file.path == name && !file.reason.empty()) why = absl::StrCat(": ", file.reason);
  }
  return {.target = Target::kUnit,
          .name = std::string(name),
          .action = {.kind = "analyze-unit",
                     .subject = std::string(name),
                     .description = absl::StrCat("make ", std::string(name.empty() ? "the whole change" : name),
                                                 " analyzable", why)}};
}

Remedy Approve(const Facts& facts, const Handle& person) {
  const auto& approvals = facts.review->approvals;
  const auto known = std::ranges::find(approvals, person, &ApprovalFact::person);
  std::string why;
  if (std::ranges::find(facts.review->changes_requested, person) != facts.review->changes_requested.end()) {
    why = ", who wants changes";
  } else if (known != approvals.end() && !known->reasons.empty()) {
    why = absl::StrCat(" again: ", known->reasons.front());
  }
  const std::vector<Handle> people = WhoCouldApprove(facts);
  return {.target = Target::kApproval,
          .index = static_cast<size_t>(std::ranges::find(people, person) - people.begin()),  // the likelier first
          .name = person.value(),
          .action = {.kind = "get-approval",
                     .subject = person.value(),
                     .description = absl::StrCat("get the approval of ", person.value(), why)}};
}

Remedy CoverLines(const Facts& facts, size_t index) {
  const TestedFile& file = facts.tests->files[index];
  const std::string lines = ShowLines(file.uncovered);
  return {.target = Target::kTestedFile,
          .index = index,
          .name = {},
          .action = {.kind = "cover-lines",
                     .subject = absl::StrCat(file.path, ":", lines),
                     .description = absl::StrCat("let a test run ", file.path, ":", lines)}};
}

Remedy ReportCoverage(const Facts& facts) {
  std::string of = "of the tests";
  if (facts.tests) of = absl::StrCat("that tells of ", absl::StrJoin(facts.tests->unreported, ", "));
  return {
      .target = Target::kTestReport,
      .name = {},
      .action = {.kind = "report-coverage",
                 .subject = "",
                 .description = absl::StrCat("give a report of coverage ", of, " with the change (--coverage FILE)")}};
}

Facts Apply(const Facts& facts, const std::vector<Remedy>& remedies) {
  Facts after = facts;
  std::set<size_t> findings, duplicates, relaxations;
  std::set<std::string> units;
  for (const Remedy& remedy : remedies) {
    switch (remedy.target) {
      case Target::kFinding:
        findings.insert(remedy.index);
        break;
      case Target::kFunction: {
        int& cognitive = after.functions[remedy.index].after.cognitive;
        cognitive = std::min(cognitive, remedy.cognitive);
        break;
      }
      case Target::kDuplicate:
        duplicates.insert(remedy.index);
        break;
      case Target::kSuppression:
        relaxations.insert(remedy.index);
        break;
      case Target::kReport:
        after.imported_tools.insert(std::ranges::upper_bound(after.imported_tools, remedy.name), remedy.name);
        break;
      case Target::kApproval: {
        ReviewFacts& review = *after.review;
        const Handle person(remedy.name);
        std::erase(review.changes_requested, person);
        std::erase_if(review.approvals, [&](const ApprovalFact& approval) { return approval.person == person; });
        review.approvals.insert(std::ranges::upper_bound(review.approvals, person, {}, &ApprovalFact::person),
                                {.person = person, .head = after.head_commit, .uncovered = {}, .reasons = {}});
        break;
      }
      case Target::kUnit:
        units.insert(remedy.name);
        break;
      case Target::kTestedFile:
        after.tests->files[remedy.index].uncovered.clear();
        break;
      case Target::kTestReport:
        if (!after.tests) after.tests.emplace();
        after.tests->unreported.clear();
        break;
    }
  }
  if (!units.empty()) {
    const std::vector<bool> uncertain = UncertainFindings(facts);
    for (size_t i = 0; i < uncertain.size(); ++i) {
      if (uncertain[i] && units.contains(facts.findings[i].unit)) findings.insert(i);
    }
    AnalyzeUnits(after, units);
  }
  EraseIndices(after.findings, findings);
  EraseIndices(after.duplicates, duplicates);
  EraseIndices(after.relaxations, relaxations);
  return after;
}

}  // namespace mergegate::gate
