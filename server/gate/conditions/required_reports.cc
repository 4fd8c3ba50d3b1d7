// required_reports: a report of each named tool about the head was imported. One that did not arrive is a missing fact,
// so the condition is undecided then, never unsatisfied.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

std::vector<std::string> MissingTools(const Condition& condition, const Facts& facts) {
  std::vector<std::string> missing;
  for (const std::string& tool : condition.tools) {
    if (std::ranges::find(facts.imported_tools, tool) == facts.imported_tools.end()) missing.push_back(tool);
  }
  return missing;
}

}  // namespace

Outcome JudgeRequiredReports(const Condition& condition, const Evidence& evidence) {
  const std::vector<std::string> missing = MissingTools(condition, evidence.facts());
  Outcome outcome{.actual = {},
                  .threshold = absl::StrCat("reports of ", absl::StrJoin(condition.tools, ", ")),
                  .reason = {},
                  .fingerprints = {}};
  if (missing.empty()) {
    outcome.state = ConditionState::kSatisfied;
    outcome.actual = Count(static_cast<int64_t>(condition.tools.size()), "report");
    outcome.reason = absl::StrCat("all required reports arrived: ", absl::StrJoin(condition.tools, ", "));
  } else {
    outcome.reason = absl::StrCat("no report of ", ListNames(missing),
                                  " about the head commit arrived; submit its SARIF file together with the change");
  }
  return outcome;
}

Proposal ProposeForRequiredReports(const Condition& condition, const Evidence& evidence) {
  Proposal proposal;
  for (const std::string& tool : MissingTools(condition, evidence.facts())) {
    proposal.remedies.push_back(ImportReport(tool));
  }
  proposal.at_least = proposal.remedies.size();
  return proposal;
}

}  // namespace mergegate::gate
