// The decision without its trimmings: Evaluate wraps it in a verdict, the counterfactual asks it again and again.
#ifndef MERGEGATE_SERVER_GATE_JUDGEMENT_H_
#define MERGEGATE_SERVER_GATE_JUDGEMENT_H_

#include <vector>

#include "server/domain/policy.h"
#include "server/domain/verdict.h"
#include "server/gate/conditions/condition.h"

namespace mergegate::gate {

// One condition: not applicable, undecided for want of a base, or what its kind says.
ConditionResult JudgeCondition(const Condition& condition, const Evidence& evidence);

// True unless the condition only warns.
bool Blocks(const Condition& condition);

// True for the states that let a change through.
bool LetsPass(ConditionState state);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_JUDGEMENT_H_
