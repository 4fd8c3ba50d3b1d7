// test_coverage: tests ran at least min (0 to 1) of the changed executable C and C++ lines, as reports of coverage that
// came with the change say. Without a readable report, or with changed sources that none tells of, a share that would
// do is undecided: what nobody measured is no pass. A change without executable lines satisfies it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"

namespace mergegate::gate {

Outcome JudgeTestCoverage(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const std::string bound = absl::StrCat(Number(condition.threshold * 100), "%");
  Outcome outcome{.actual = {},
                  .threshold = absl::StrCat(">= ", bound),
                  .reason = "no readable report of coverage came with the change (--coverage FILE)",
                  .fingerprints = {}};
  if (!facts.tests) return outcome;
  int executable = 0, uncovered = 0;
  std::string first;  // where to begin
  for (const TestedFile& file : facts.tests->files) {
    executable += file.executable;
    uncovered += static_cast<int>(file.uncovered.size());
    if (first.empty() && !file.uncovered.empty()) first = absl::StrCat(file.path, ":", ShowLines(file.uncovered));
  }
  const int covered = executable - uncovered;
  outcome.reason = executable == 0
                       ? "no changed line is executable"
                       : absl::StrCat("tests ran ", covered, " of ", Count(executable, "changed executable line"),
                                      ", at least ", bound, " wanted");
  if (covered < condition.threshold * executable - 1e-9) {
    outcome.state = ConditionState::kUnsatisfied;
    outcome.actual = Percent(covered, executable);
    absl::StrAppend(&outcome.reason, "; not ", first);
  } else if (!facts.tests->unreported.empty()) {
    absl::StrAppend(&outcome.reason, "; no report tells of ", absl::StrJoin(facts.tests->unreported, ", "));
  } else {
    outcome.state = ConditionState::kSatisfied;
    outcome.actual = executable == 0 ? "100%" : Percent(covered, executable);
  }
  return outcome;
}

Proposal ProposeForTestCoverage(const Condition&, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Proposal proposal;
  if (!facts.tests || !facts.tests->unreported.empty()) proposal.remedies.push_back(ReportCoverage(facts));
  for (size_t i = 0; facts.tests && i < facts.tests->files.size(); ++i) {
    if (!facts.tests->files[i].uncovered.empty()) proposal.remedies.push_back(CoverLines(facts, i));
  }
  return proposal;
}

}  // namespace mergegate::gate
