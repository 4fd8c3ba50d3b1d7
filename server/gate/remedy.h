// Steps that would change the facts for the better: what a counterfactual is made of.
//
//   Facts after = Apply(facts, {FixFinding(facts, 3), LowerFunction(facts, 0, 25)});
//
// Every remedy only takes badness away, so more remedies never turn a satisfied condition into another state; the
// search for the smallest set relies on it. Pure.
#ifndef MERGEGATE_SERVER_GATE_REMEDY_H_
#define MERGEGATE_SERVER_GATE_REMEDY_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/verdict.h"

namespace mergegate::gate {

struct Remedy {
  enum class Target {
    kFinding,
    kFunction,
    kDuplicate,
    kSuppression,
    kReport,
    kUnit,
    kApproval,
    kTestedFile,
    kTestReport
  };
  Target target = Target::kFinding;
  size_t index = 0;   // into the facts' findings, functions, duplicates, relaxations or tests.files
  int cognitive = 0;  // kFunction: complexity to come down to
  std::string name;   // kReport: tool; kUnit: path of the unit or file; kApproval: person
  Action action;
};

// The finding is gone.
Remedy FixFinding(const Facts& facts, size_t index);
// The function has at most this cognitive complexity.
Remedy LowerFunction(const Facts& facts, size_t index, int cognitive);
// The added copy is gone.
Remedy RemoveDuplicate(const Facts& facts, size_t index);
// The suppression is gone; what it would have hidden is reported with and without it.
Remedy RemoveSuppression(const Facts& facts, size_t index);
// A report of the tool arrived, and shows nothing new.
Remedy ImportReport(std::string_view tool);
// The unit or file was analyzed at head and base, showed nothing new, and what looked new for want of the base is old.
Remedy AnalyzeUnit(const Facts& facts, std::string_view name);

// The person approves all of the change, and no longer wants changes. Requires facts of a review.
Remedy Approve(const Facts& facts, const Handle& person);

// Tests run all changed lines of facts.tests->files[index].
Remedy CoverLines(const Facts& facts, size_t index);
// A report of coverage arrived that tells of every changed source; where one did already, only of `unreported`, and
// nothing in them is uncovered.
Remedy ReportCoverage(const Facts& facts);

// The facts after all of the remedies.
Facts Apply(const Facts& facts, const std::vector<Remedy>& remedies);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_REMEDY_H_
