// complexity: no changed function has a cognitive complexity above max, unless it had at least that much before. Which
// failures leave it undecided: uncertainty.h.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

bool Violates(const Condition& condition, const FunctionChange& function) {
  const bool grew = !function.before || function.after.cognitive > function.before->cognitive;
  return grew && !(function.after.cognitive <= condition.threshold);
}

}  // namespace

Outcome JudgeComplexity(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const bool added_are_uncertain = NewFunctionsAreUncertain(facts);
  int most = 0;
  bool certain = false;
  std::vector<std::string> violators;
  for (const FunctionChange& function : facts.functions) {
    most = std::max(most, function.after.cognitive);
    if (!Violates(condition, function)) continue;
    violators.push_back(absl::StrCat(function.function, " (", function.after.cognitive, ")"));
    certain = certain || function.before || !added_are_uncertain;
  }
  const std::string bound = Number(condition.threshold);
  Outcome outcome{.actual = absl::StrCat("at most ", most),
                  .threshold = absl::StrCat("<= ", bound),
                  .reason = {},
                  .fingerprints = {}};
  const std::string hidden = WhatMayBeHidden(facts, Subject::kComplexity);
  if (!violators.empty()) {
    outcome.actual = absl::StrCat(Count(static_cast<int64_t>(violators.size()), "function"), " above ", bound);
    outcome.reason = absl::StrCat("added or grown beyond cognitive complexity ", bound, ": ", ListNames(violators));
    if (certain) {
      outcome.state = ConditionState::kUnsatisfied;
    } else {
      absl::StrAppend(&outcome.reason, "; they may be old: ", WhatFailedAtBase(facts));
    }
  } else if (!hidden.empty()) {
    outcome.reason = absl::StrCat("no function seen grew beyond ", bound, "; others may: ", hidden);
  } else {
    outcome.state = ConditionState::kSatisfied;
    outcome.reason = absl::StrCat("none of ", Count(static_cast<int64_t>(facts.functions.size()), "changed function"),
                                  " was added or grew beyond cognitive complexity ", bound);
  }
  return outcome;
}

Proposal ProposeForComplexity(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Proposal proposal{.remedies = AnalyzeWhatFailed(facts, Subject::kComplexity)};
  for (size_t i = 0; i < facts.functions.size(); ++i) {
    const FunctionChange& function = facts.functions[i];
    if (!Violates(condition, function)) continue;
    const int before = function.before ? function.before->cognitive : 0;
    proposal.remedies.push_back(LowerFunction(facts, i, std::max(before, static_cast<int>(condition.threshold))));
    ++proposal.at_least;
  }
  return proposal;
}

}  // namespace mergegate::gate
