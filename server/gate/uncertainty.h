// What failures leave open. The rules, for everything that the conditions count:
//
// - A failure at the head may hide something: what was counted stands, but "nothing more" cannot be claimed. So an
//   unsatisfied condition stays unsatisfied, and a satisfied one becomes undecided. Changed lines that no unit parsed
//   are such a failure even where none is recorded.
// - A failure at the base may make old things look new. A new or caused finding whose unit failed there (the whole
// unit,
//   or the finding's analyzer), and a function without a measurement at the base while some unit failed there, are
//   uncertain: where only they break a condition, it is undecided. Imported findings are never uncertain: without a
//   baseline of their tool only those on added lines count.
// - A failure of the duplication analyzer concerns duplication, one of "code-metrics" complexity, and any other
// findings;
//   one without an analyzer lost the whole unit. Q rests on all of them.
//
// Pure.
#ifndef MERGEGATE_SERVER_GATE_UNCERTAINTY_H_
#define MERGEGATE_SERVER_GATE_UNCERTAINTY_H_

#include <string>
#include <vector>

#include "server/domain/verdict.h"
#include "server/gate/remedy.h"

namespace mergegate::gate {

enum class Subject { kFindings, kComplexity, kDuplication, kEverything };

// True when a failure bears on the subject.
bool Concerns(const AnalysisFailure& failure, Subject subject);

// Findings that may be old, by index in facts.findings.
std::vector<bool> UncertainFindings(const Facts& facts);
// True when functions without a measurement at the base may be old.
bool NewFunctionsAreUncertain(const Facts& facts);

// What may be hidden at the head, in a sentence that names units and the first failure; empty when nothing is.
std::string WhatMayBeHidden(const Facts& facts, Subject subject);
// Which units failed at the base, in a sentence; empty when none.
std::string WhatFailedAtBase(const Facts& facts);

// One AnalyzeUnit for everything that failed at the head or was missed, and for base failures that leave findings
// uncertain.
std::vector<Remedy> AnalyzeWhatFailed(const Facts& facts, Subject subject);

// "a.cc, b.cc, c.cc and 4 more".
std::string ListNames(const std::vector<std::string>& names);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_UNCERTAINTY_H_
