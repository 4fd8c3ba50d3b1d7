// size: the change adds at most max lines, all text files. The diff always tells, so with a base it is never undecided;
// nothing short of splitting the change helps, so nothing is proposed.
#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"

namespace mergegate::gate {

Outcome JudgeSize(const Condition& condition, const Evidence& evidence) {
  const int added = evidence.facts().lines_added;
  const bool small_enough = added <= condition.threshold;
  Outcome outcome{
      .state = small_enough ? ConditionState::kSatisfied : ConditionState::kUnsatisfied,
      .actual = Count(added, "line"),
      .threshold = absl::StrCat("<= ", Number(condition.threshold)),
      .reason = absl::StrCat(Count(added, "line"), " added, at most ", Number(condition.threshold), " allowed"),
      .fingerprints = {}};
  if (!small_enough) absl::StrAppend(&outcome.reason, "; split the change");
  return outcome;
}

Proposal ProposeForSize(const Condition&, const Evidence&) { return {}; }

}  // namespace mergegate::gate
