// What a kind of condition is: how it judges, and what could be done about it.
//
// To add one: conditions/<kind>.cc with a Judge and a Propose function, declared below, a row in registry.cc, a test
// that includes "the fact is missing".
//
// Pure. Evidence is for one thread: it computes Q on first use.
#ifndef MERGEGATE_SERVER_GATE_CONDITIONS_CONDITION_H_
#define MERGEGATE_SERVER_GATE_CONDITIONS_CONDITION_H_

#include <optional>
#include <string>
#include <vector>

#include "server/domain/policy.h"
#include "server/domain/verdict.h"
#include "server/gate/evaluate.h"
#include "server/gate/remedy.h"

namespace mergegate::gate {

// The facts, and Q as it follows from them. Keeps references: both must outlive it.
class Evidence {
 public:
  Evidence(const Facts& facts, const QualityFunction& score) : facts_(facts), score_(score) {}
  const Facts& facts() const { return facts_; }
  const Metric& quality() const {
    if (!quality_) quality_ = score_(facts_);
    return *quality_;
  }
  Metric Score(const Facts& other) const { return score_(other); }

 private:
  const Facts& facts_;
  const QualityFunction& score_;
  mutable std::optional<Metric> quality_;
};

// The part of a ConditionResult that its kind decides. `actual` stays empty when undecided.
struct Outcome {
  ConditionState state = ConditionState::kUndecided;
  std::string actual;
  std::string threshold;
  std::string reason;
  std::vector<std::string> fingerprints;
};

// What could bring an unsatisfied or undecided condition to satisfied.
struct Proposal {
  std::vector<Remedy> remedies;
  // No set with fewer remedies of the row's target satisfies the condition; 0 when nothing is known.
  size_t at_least = 0;
};

struct ConditionRow {
  ConditionKind kind;
  Remedy::Target target;  // what `at_least` counts
  Outcome (*judge)(const Condition&, const Evidence&);
  Proposal (*propose)(const Condition&, const Evidence&);
};

// The row of a kind; every kind has one.
const ConditionRow& RowOf(ConditionKind kind);

Outcome JudgeFindings(const Condition& condition, const Evidence& evidence);
Outcome JudgeQuality(const Condition& condition, const Evidence& evidence);
Outcome JudgeComplexity(const Condition& condition, const Evidence& evidence);
Outcome JudgeDuplication(const Condition& condition, const Evidence& evidence);
Outcome JudgeSize(const Condition& condition, const Evidence& evidence);
Outcome JudgeAnalysisCoverage(const Condition& condition, const Evidence& evidence);
Outcome JudgeSuppressionsAdded(const Condition& condition, const Evidence& evidence);
Outcome JudgeRequiredReports(const Condition& condition, const Evidence& evidence);
Outcome JudgeApprovals(const Condition& condition, const Evidence& evidence);
Outcome JudgeOwners(const Condition& condition, const Evidence& evidence);
Outcome JudgeTestCoverage(const Condition& condition, const Evidence& evidence);

Proposal ProposeForFindings(const Condition& condition, const Evidence& evidence);
Proposal ProposeForQuality(const Condition& condition, const Evidence& evidence);
Proposal ProposeForComplexity(const Condition& condition, const Evidence& evidence);
Proposal ProposeForDuplication(const Condition& condition, const Evidence& evidence);
Proposal ProposeForSize(const Condition& condition, const Evidence& evidence);
Proposal ProposeForAnalysisCoverage(const Condition& condition, const Evidence& evidence);
Proposal ProposeForSuppressionsAdded(const Condition& condition, const Evidence& evidence);
Proposal ProposeForRequiredReports(const Condition& condition, const Evidence& evidence);
Proposal ProposeForApprovals(const Condition& condition, const Evidence& evidence);
Proposal ProposeForOwners(const Condition& condition, const Evidence& evidence);
Proposal ProposeForTestCoverage(const Condition& condition, const Evidence& evidence);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_CONDITIONS_CONDITION_H_
