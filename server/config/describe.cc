#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/config/policy_file.h"
#include "server/domain/names.h"

namespace mergegate::config {
namespace {

std::string Any(const std::vector<std::string>& texts) { return absl::StrJoin(texts, " or "); }

std::string DescribeFindings(const Condition& condition) {
  const FindingFilter& filter = condition.filter;
  const std::string states =
      absl::StrJoin(filter.states, " or ", [](std::string* out, BaselineState state) { out->append(Name(state)); });
  std::string text = absl::StrFormat("at most %g %s findings of severity %s or worse", condition.threshold, states,
                                     std::string(Name(filter.min_severity)));
  if (!filter.checks.empty()) absl::StrAppend(&text, " of checks ", Any(filter.checks));
  if (!filter.paths.empty()) absl::StrAppend(&text, " in ", Any(filter.paths));
  if (!filter.exclude_paths.empty()) absl::StrAppend(&text, " outside ", Any(filter.exclude_paths));
  return text;
}

std::string Requirement(const Condition& condition) {
  switch (condition.kind) {
    case ConditionKind::kFindings:
      return DescribeFindings(condition);
    case ConditionKind::kQuality:
      return absl::StrFormat("Q of the change is at least %g", condition.threshold);
    case ConditionKind::kComplexity:
      return absl::StrFormat("no changed function is added with or grows to a cognitive complexity above %g",
                             condition.threshold);
    case ConditionKind::kDuplication:
      return absl::StrFormat("at most %g%% of the added C and C++ lines are copies", condition.threshold * 100);
    case ConditionKind::kSize:
      return absl::StrFormat("at most %g lines are added", condition.threshold);
    case ConditionKind::kAnalysisCoverage:
      return absl::StrFormat("at least %g%% of the changed C and C++ lines are analyzed, else it is undecided",
                             condition.threshold * 100);
    case ConditionKind::kSuppressionsAdded:
      return absl::StrFormat("at most %g suppressions are added", condition.threshold);
    case ConditionKind::kRequiredReports:
      return absl::StrCat("reports of ", absl::StrJoin(condition.tools, " and "), " arrive, else it is undecided");
    case ConditionKind::kApprovals:
      return absl::StrFormat("every changed declaration has at least %g approvals, and nobody wants changes",
                             condition.threshold);
    case ConditionKind::kOwners:
      return "owners of the changed paths (CODEOWNERS, OWNERS of the base commit) approved them";
    case ConditionKind::kTestCoverage:
      return absl::StrFormat(
          "tests run at least %g%% of the changed executable C and C++ lines, else or without a report "
          "of coverage it is not satisfied",
          condition.threshold * 100);
  }
  return "";
}

std::string Describe(const Condition& condition) {
  std::string text = absl::StrCat(condition.name, " (", condition.level == ConditionLevel::kWarn ? "warns" : "blocks",
                                  "): ", Requirement(condition));
  const AppliesWhen& when = condition.applies_when;
  if (!when.paths.empty()) absl::StrAppend(&text, "; only when a changed path matches ", Any(when.paths));
  if (when.min_lines_added) {
    absl::StrAppend(&text, when.paths.empty() ? "; only when" : " and", " at least ", *when.min_lines_added,
                    " lines are added");
  }
  if (!condition.override_roles.empty()) {
    absl::StrAppend(&text, "; may be overridden by: ", absl::StrJoin(condition.override_roles, ", "));
  }
  return text;
}

}  // namespace

std::vector<std::string> DescribeConditions(const Policy& policy) {
  std::vector<std::string> lines;
  for (const Condition& condition : policy.conditions) lines.push_back(Describe(condition));
  return lines;
}

}  // namespace mergegate::config
