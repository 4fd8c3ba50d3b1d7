// duplication: the share of added C and C++ lines that are copies is at most max (0 to 1).
#include "server/domain/duplication.h"

#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {

Outcome JudgeDuplication(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const int added = facts.cpp_lines_added;
  const int copied = DuplicatedLines(facts);
  const std::string bound = absl::StrCat(Number(condition.threshold * 100), "%");
  Outcome outcome{.actual = added > 0 ? Percent(copied, added) : "0%",
                  .threshold = absl::StrCat("<= ", bound),
                  .reason = absl::StrCat(copied, " of ", Count(added, "added C or C++ line"), " are copies, at most ",
                                         bound, " allowed"),
                  .fingerprints = {}};
  const std::string hidden = WhatMayBeHidden(facts, Subject::kDuplication);
  if (!(copied <= condition.threshold * added + 1e-9)) {
    outcome.state = ConditionState::kUnsatisfied;
  } else if (!hidden.empty()) {
    absl::StrAppend(&outcome.reason, "; there may be more: ", hidden);
  } else {
    outcome.state = ConditionState::kSatisfied;
  }
  return outcome;
}

Proposal ProposeForDuplication(const Condition&, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Proposal proposal{.remedies = AnalyzeWhatFailed(facts, Subject::kDuplication)};
  for (size_t i = 0; i < facts.duplicates.size(); ++i) proposal.remedies.push_back(RemoveDuplicate(facts, i));
  return proposal;
}

}  // namespace mergegate::gate
