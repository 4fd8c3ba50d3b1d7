// analysis_coverage: the share of changed C and C++ lines that were parsed, under known or guessed flags, is at least
// min. Too little is a missing fact, so the condition is undecided then, never unsatisfied.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {

Outcome JudgeAnalysisCoverage(const Condition& condition, const Evidence& evidence) {
  const Coverage& coverage = evidence.facts().coverage;
  Outcome outcome{.actual = {},
                  .threshold = absl::StrCat(">= ", Number(condition.threshold * 100), "%"),
                  .reason = {},
                  .fingerprints = {}};
  if (coverage.changed_lines <= 0) {
    outcome.state = ConditionState::kSatisfied;
    outcome.actual = "nothing to analyze";
    outcome.reason = "the change has no C or C++ lines to analyze";
    return outcome;
  }
  const int seen = coverage.parsed_lines + coverage.guessed_lines;
  outcome.reason = absl::StrCat(seen, " of ", Count(coverage.changed_lines, "changed line"), " analyzed");
  if (coverage.guessed_lines > 0)
    absl::StrAppend(&outcome.reason, " (", coverage.guessed_lines, " under guessed flags)");
  if (seen >= condition.threshold * coverage.changed_lines - 1e-9) {
    outcome.state = ConditionState::kSatisfied;
    outcome.actual = Percent(seen, coverage.changed_lines);
  } else {
    const std::string hidden = WhatMayBeHidden(evidence.facts(), Subject::kEverything);
    absl::StrAppend(&outcome.reason, ", at least ", Number(condition.threshold * 100), "% wanted",
                    hidden.empty() ? "" : "; ", hidden);
  }
  return outcome;
}

Proposal ProposeForAnalysisCoverage(const Condition&, const Evidence& evidence) {
  Proposal proposal;
  for (const FileCoverage& file : evidence.facts().coverage.files) {
    if (file.units.empty() && file.changed_lines > 0) {
      proposal.remedies.push_back(AnalyzeUnit(evidence.facts(), file.path));
    }
  }
  return proposal;
}

}  // namespace mergegate::gate
