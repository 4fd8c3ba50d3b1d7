// Policy + facts -> verdict. Pure: no I/O, no clock, no randomness; same inputs, same verdict.
#ifndef MERGEGATE_SERVER_GATE_EVALUATE_H_
#define MERGEGATE_SERVER_GATE_EVALUATE_H_

#include <functional>

#include "server/domain/policy.h"
#include "server/domain/verdict.h"

namespace mergegate::gate {

// Version of the evaluation rules, kept in every verdict.
inline constexpr int kRulesVersion = 1;

// How Q follows from facts (server/scoring's QualityOfChange; the gate does not depend on it).
using QualityFunction = std::function<Metric(const Facts&)>;

// Condition results and the three-way answer. A missing fact is undecided, never satisfied: a missing base or an
// unreadable policy makes the verdict inconclusive, a failed unit makes the conditions that need it undecided unless
// they are unsatisfied already. The verdict carries the facts that people look at; counterfactual is left empty.
Verdict Evaluate(const Policy& policy, const Facts& facts, const QualityFunction& quality);

// The smallest set of actions (fix a finding, bring a function down, remove a duplicate, remove a suppression, ...)
// that makes Evaluate answer pass, found by calling Evaluate. Exhaustive by size while that takes at most
// `budget` evaluations, then greedy and made irreducible (except among thousands of steps; `reason` says which it is).
// Where no set helps (a change that is too large, a missing base), `reachable` is false and `reason` says what remains.
Counterfactual FindCounterfactual(const Policy& policy, const Facts& facts, const QualityFunction& quality,
                                  int budget = 2000);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_EVALUATE_H_
