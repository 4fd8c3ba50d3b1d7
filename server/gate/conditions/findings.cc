// findings: the number of findings that match the filter is at most max. Findings under guessed flags do not count.
// Which failures leave it undecided: uncertainty.h.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/domain/glob.h"
#include "server/domain/names.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

bool Wants(const FindingFilter& filter, BaselineState state) {
  return filter.states.empty() || std::ranges::find(filter.states, state) != filter.states.end();
}

bool Matches(const FindingFilter& filter, const Finding& finding) {
  // A finding without a severity is not known to be harmless.
  const bool severe = finding.severity >= filter.min_severity || finding.severity == Severity::kUnspecified;
  return severe && Wants(filter, finding.state) &&
         (filter.checks.empty() || AnyGlobMatches(filter.checks, finding.check)) &&
         (filter.paths.empty() || AnyGlobMatches(filter.paths, finding.path)) &&
         !AnyGlobMatches(filter.exclude_paths, finding.path);
}

struct Tally {
  std::vector<size_t> certain;    // indices of findings
  std::vector<size_t> uncertain;  // may be old, which the filter does not want
  int guessed = 0;
};

Tally CountMatching(const FindingFilter& filter, const Facts& facts) {
  Tally tally;
  const std::vector<bool> uncertain = UncertainFindings(facts);
  const bool old_counts_too = Wants(filter, BaselineState::kUnchanged);
  for (size_t i = 0; i < facts.findings.size(); ++i) {
    if (!Matches(filter, facts.findings[i])) continue;
    if (facts.findings[i].guessed) {
      ++tally.guessed;
    } else {
      (uncertain[i] && !old_counts_too ? tally.uncertain : tally.certain).push_back(i);
    }
  }
  return tally;
}

bool Within(const Condition& condition, size_t count) { return static_cast<double>(count) <= condition.threshold; }

// "new or caused findings of severity major or worse".
std::string What(const FindingFilter& filter) {
  std::string states;
  for (const BaselineState state : filter.states) {
    absl::StrAppend(&states, states.empty() ? "" : " or ", std::string(Name(state)));
  }
  return absl::StrCat(states, states.empty() ? "" : " ", "findings of severity ",
                      std::string(Name(filter.min_severity)), " or worse");
}

}  // namespace

Outcome JudgeFindings(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const Tally tally = CountMatching(condition.filter, facts);
  const size_t count = tally.certain.size() + tally.uncertain.size();
  Outcome outcome{.actual = Count(static_cast<int64_t>(count), "finding"),
                  .threshold = absl::StrCat("<= ", Number(condition.threshold)),
                  .reason = {},
                  .fingerprints = {}};
  for (const size_t i : tally.certain) outcome.fingerprints.push_back(facts.findings[i].fingerprint);
  for (const size_t i : tally.uncertain) outcome.fingerprints.push_back(facts.findings[i].fingerprint);

  const std::string hidden = WhatMayBeHidden(facts, Subject::kFindings);
  outcome.reason =
      absl::StrCat(count, " ", What(condition.filter), ", at most ", Number(condition.threshold), " allowed");
  if (!Within(condition, tally.certain.size())) {
    outcome.state = ConditionState::kUnsatisfied;
  } else if (!Within(condition, count)) {
    absl::StrAppend(&outcome.reason, "; ", tally.uncertain.size(), " of them may be old: ", WhatFailedAtBase(facts));
  } else if (!hidden.empty()) {
    absl::StrAppend(&outcome.reason, "; there may be more: ", hidden);
  } else {
    outcome.state = ConditionState::kSatisfied;
  }
  if (tally.guessed > 0) {
    absl::StrAppend(&outcome.reason, "; ", tally.guessed, " more under guessed flags do not count");
  }
  return outcome;
}

Proposal ProposeForFindings(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const Tally tally = CountMatching(condition.filter, facts);
  Proposal proposal{.remedies = AnalyzeWhatFailed(facts, Subject::kFindings)};
  for (const size_t i : tally.certain) proposal.remedies.push_back(FixFinding(facts, i));
  for (const size_t i : tally.uncertain) proposal.remedies.push_back(FixFinding(facts, i));
  while (!Within(condition, tally.certain.size() - proposal.at_least) && proposal.at_least < tally.certain.size()) {
    ++proposal.at_least;
  }
  return proposal;
}

}  // namespace mergegate::gate
