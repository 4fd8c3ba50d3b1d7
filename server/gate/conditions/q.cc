// q: Q of the change is at least min. Q rests on everything that analyzers see, so any failure at the head leaves a
// satisfied one undecided; an unsatisfied one is undecided when Q without the uncertain findings and functions
// (uncertainty.h) would suffice.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

// What an added function is to come down to: the limit of SonarSource's rule on cognitive complexity.
constexpr int kUsualCognitiveLimit = 15;

bool Suffices(const Condition& condition, const Metric& quality) {
  return quality.value >= std::llround(condition.threshold * 10000);
}

// The facts if all that is uncertain were old.
Facts WithoutUncertain(const Facts& facts) {
  const std::vector<bool> uncertain = UncertainFindings(facts);
  Facts kinder = facts;
  for (size_t i = 0; i < uncertain.size(); ++i) {
    if (uncertain[i]) kinder.findings[i].state = BaselineState::kUnchanged;
  }
  if (NewFunctionsAreUncertain(facts)) {
    for (FunctionChange& function : kinder.functions) {
      if (!function.before) function.before = function.after;
    }
  }
  return kinder;
}

}  // namespace

Outcome JudgeQuality(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const Metric& quality = evidence.quality();
  const std::string shown = Number(quality.value / 10000.0);
  Outcome outcome{.actual = absl::StrCat("Q ", shown),
                  .threshold = absl::StrCat(">= ", Number(condition.threshold)),
                  .reason = {},
                  .fingerprints = {}};
  std::string missing;
  for (const std::string& part : quality.missing) absl::StrAppend(&missing, missing.empty() ? "" : "; ", part);
  if (quality.ledger.empty()) {
    outcome.reason = absl::StrCat("Q could not be computed: ", missing);
    return outcome;
  }
  outcome.reason = absl::StrCat("Q is ", shown, ", at least ", Number(condition.threshold), " wanted");
  if (!missing.empty() && !Suffices(condition, quality)) absl::StrAppend(&outcome.reason, "; without ", missing);
  const std::string hidden = WhatMayBeHidden(facts, Subject::kEverything);
  const std::string failed_at_base = WhatFailedAtBase(facts);
  if (!Suffices(condition, quality)) {
    if (!failed_at_base.empty() && Suffices(condition, evidence.Score(WithoutUncertain(facts)))) {
      absl::StrAppend(&outcome.reason, "; it would be enough if what looks new is old: ", failed_at_base);
    } else {
      outcome.state = ConditionState::kUnsatisfied;
    }
  } else if (!hidden.empty()) {
    absl::StrAppend(&outcome.reason, "; it may be less: ", hidden);
  } else {
    outcome.state = ConditionState::kSatisfied;
  }
  return outcome;
}

Proposal ProposeForQuality(const Condition&, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Proposal proposal{.remedies = AnalyzeWhatFailed(facts, Subject::kEverything)};
  for (size_t i = 0; i < facts.findings.size(); ++i) {
    const Finding& finding = facts.findings[i];
    const bool looks_new = finding.state == BaselineState::kNew || finding.state == BaselineState::kCaused;
    if (looks_new && !finding.guessed) proposal.remedies.push_back(FixFinding(facts, i));
  }
  for (size_t i = 0; i < facts.functions.size(); ++i) {
    const FunctionChange& function = facts.functions[i];
    const int target = function.before ? function.before->cognitive : kUsualCognitiveLimit;
    if (function.after.cognitive > target) proposal.remedies.push_back(LowerFunction(facts, i, target));
  }
  for (size_t i = 0; i < facts.duplicates.size(); ++i) proposal.remedies.push_back(RemoveDuplicate(facts, i));
  for (size_t i = 0; facts.tests && i < facts.tests->files.size(); ++i) {
    if (!facts.tests->files[i].uncovered.empty()) proposal.remedies.push_back(CoverLines(facts, i));
  }
  return proposal;
}

}  // namespace mergegate::gate
