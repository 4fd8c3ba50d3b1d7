#include "server/gate/evaluate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "server/base/digest.h"
#include "server/domain/access.h"
#include "server/domain/glob.h"
#include "server/domain/names.h"
#include "server/gate/judgement.h"
#include "server/gate/text.h"

namespace mergegate::gate {
namespace {

// Why the condition does not apply; empty when it does.
std::string WhyNotApplicable(const AppliesWhen& when, const Facts& facts) {
  const auto matches = [&](const std::string& path) { return AnyGlobMatches(when.paths, path); };
  if (!when.paths.empty() && std::ranges::none_of(facts.changed_paths, matches)) {
    return absl::StrCat("no changed path matches ", absl::StrJoin(when.paths, ", "));
  }
  if (when.min_lines_added && facts.lines_added < *when.min_lines_added) {
    return absl::StrCat(Count(facts.lines_added, "line"), " added, it applies from ", *when.min_lines_added);
  }
  return "";
}

// "no-new-problems (3 findings; required: <= 0)", or the reason where there is no figure.
std::string InShort(const ConditionResult& result) {
  if (result.actual.empty()) return absl::StrCat(result.name, " (", result.reason, ")");
  return absl::StrCat(result.name, " (", result.actual, "; required: ", result.threshold, ")");
}

std::string InShort(const std::vector<const ConditionResult*>& results) {
  return absl::StrJoin(results, ", ",
                       [](std::string* out, const ConditionResult* result) { out->append(InShort(*result)); });
}

void Conclude(Verdict& verdict) {
  std::vector<const ConditionResult*> unsatisfied, undecided, warnings;
  int blocking = 0, applicable = 0;
  for (const ConditionResult& result : verdict.conditions) {
    if (result.level == ConditionLevel::kWarn) {
      if (!LetsPass(result.state)) warnings.push_back(&result);
      continue;
    }
    ++blocking;
    if (result.state != ConditionState::kNotApplicable) ++applicable;
    if (result.state == ConditionState::kUnsatisfied) unsatisfied.push_back(&result);
    if (result.state == ConditionState::kUndecided) undecided.push_back(&result);
  }
  const std::string of_blocking = absl::StrCat(" of ", Count(blocking, "blocking condition"));
  if (!unsatisfied.empty()) {
    verdict.state = VerdictState::kFail;
    verdict.summary = absl::StrCat("fail: ", unsatisfied.size(), of_blocking, " unsatisfied: ", InShort(unsatisfied));
    if (!undecided.empty())
      absl::StrAppend(&verdict.summary, "; ", undecided.size(), " undecided: ", InShort(undecided));
  } else if (!undecided.empty()) {
    verdict.state = VerdictState::kInconclusive;
    verdict.summary = absl::StrCat("inconclusive: ", undecided.size(), of_blocking, " undecided: ", InShort(undecided));
  } else {
    verdict.state = VerdictState::kPass;
    if (blocking == 0) {
      verdict.summary = "pass: the policy has no blocking condition, so it blocks nothing";
    } else if (applicable == 0) {
      verdict.summary = absl::StrCat("pass: none", of_blocking, " applies to this change");
    } else if (applicable < blocking) {
      verdict.summary = absl::StrCat("pass: ", applicable, of_blocking, " apply, and they hold");
    } else {
      verdict.summary =
          absl::StrCat("pass: ", Count(blocking, "blocking condition"), blocking == 1 ? " holds" : " hold");
    }
  }
  if (!warnings.empty()) {
    absl::StrAppend(&verdict.summary, "; ", Count(static_cast<int64_t>(warnings.size()), "warning"), ": ",
                    InShort(warnings));
  }
}

// The policy cannot be read: there is nothing to hold the change against.
void ConcludeWithoutPolicy(const Facts& facts, Verdict& verdict) {
  constexpr size_t kShown = 3;
  verdict.state = VerdictState::kInconclusive;
  verdict.summary = absl::StrCat("inconclusive: the policy (", facts.policy_source, ") cannot be read: ");
  for (size_t i = 0; i < std::min(kShown, facts.policy_problems.size()); ++i) {
    absl::StrAppend(&verdict.summary, i == 0 ? "" : "; ", facts.policy_problems[i]);
  }
  if (facts.policy_problems.size() > kShown) {
    absl::StrAppend(&verdict.summary, "; and ",
                    Count(static_cast<int64_t>(facts.policy_problems.size() - kShown), "more problem"));
  }
}

// The last one of a role that the condition names. What is undecided cannot be overridden: a missing fact is no pass.
const OverrideFact* FindOverride(const Condition& condition, const Facts& facts) {
  if (!facts.review) return nullptr;
  const OverrideFact* found = nullptr;
  for (const OverrideFact& fact : facts.review->overrides) {
    if (fact.condition == condition.name && FitsOneOf(fact.role, condition.override_roles)) found = &fact;
  }
  return found;
}

}  // namespace

bool Blocks(const Condition& condition) { return condition.level != ConditionLevel::kWarn; }

bool LetsPass(ConditionState state) {
  return state == ConditionState::kSatisfied || state == ConditionState::kOverridden ||
         state == ConditionState::kNotApplicable;
}

ConditionResult JudgeCondition(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  ConditionResult result{.name = condition.name,
                         .kind = std::string(Name(condition.kind)),
                         .level = Blocks(condition) ? ConditionLevel::kBlock : ConditionLevel::kWarn,
                         .state = ConditionState::kUndecided,
                         .actual = {},
                         .threshold = {},
                         .reason = {},
                         .fingerprints = {}};
  Outcome outcome = RowOf(condition.kind).judge(condition, evidence);
  result.threshold = std::move(outcome.threshold);
  if (!facts.missing_base.empty()) {
    // Without a base the change is unknown, and so is whether the condition applies to it.
    result.reason = facts.missing_base;
    return result;
  }
  if (std::string why = WhyNotApplicable(condition.applies_when, facts); !why.empty()) {
    result.state = ConditionState::kNotApplicable;
    result.reason = std::move(why);
    return result;
  }
  result.state = outcome.state;
  if (outcome.state != ConditionState::kUndecided) result.actual = std::move(outcome.actual);
  result.reason = std::move(outcome.reason);
  result.fingerprints = std::move(outcome.fingerprints);
  if (const OverrideFact* by = FindOverride(condition, facts);
      by != nullptr && result.state == ConditionState::kUnsatisfied) {
    result.state = ConditionState::kOverridden;
    result.reason = absl::StrCat("overridden by ", by->person.value(), " (", by->role, ") until ",
                                 absl::FormatTime("%Y-%m-%d %H:%M UTC", by->until, absl::UTCTimeZone()), ": ",
                                 by->reason, "; without that: ", result.reason);
  } else if (outcome.state == ConditionState::kUnsatisfied && !condition.override_roles.empty()) {
    absl::StrAppend(&result.reason, "; may be overridden by: ", absl::StrJoin(condition.override_roles, ", "));
  }
  return result;
}

Verdict Evaluate(const Policy& policy, const Facts& facts, const QualityFunction& quality) {
  const Evidence evidence(facts, quality);
  Verdict verdict;
  verdict.base_commit = facts.base_commit;
  verdict.head_commit = facts.head_commit;
  verdict.tier = facts.tier;
  verdict.policy = {.source = facts.policy_source, .digest = Sha256Hex(facts.policy_text)};
  verdict.findings = facts.findings;
  verdict.failures = facts.failures;
  verdict.coverage = facts.coverage;
  verdict.quality = evidence.quality();
  verdict.relaxations = facts.relaxations;
  verdict.functions = facts.functions;
  verdict.duplicates = facts.duplicates;
  verdict.rules_version = kRulesVersion;
  if (facts.policy_problems.empty()) {
    for (const Condition& condition : policy.conditions) {
      verdict.conditions.push_back(JudgeCondition(condition, evidence));
    }
  }
  if (!facts.missing_base.empty()) {
    verdict.state = VerdictState::kInconclusive;
    verdict.summary = absl::StrCat("inconclusive: nothing to compare with: ", facts.missing_base);
  } else if (!facts.policy_problems.empty()) {
    ConcludeWithoutPolicy(facts, verdict);
  } else {
    Conclude(verdict);
  }
  return verdict;
}

}  // namespace mergegate::gate
