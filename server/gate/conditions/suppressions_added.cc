// suppressions_added: the change adds at most max NOLINT comments or attributes of that kind. Read off the diff, so
// with a base it is never undecided.
#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

std::vector<size_t> Suppressions(const Facts& facts) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < facts.relaxations.size(); ++i) {
    if (facts.relaxations[i].kind == "nolint") indices.push_back(i);
  }
  return indices;
}

bool Within(const Condition& condition, size_t count) { return static_cast<double>(count) <= condition.threshold; }

}  // namespace

Outcome JudgeSuppressionsAdded(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  const std::vector<size_t> suppressions = Suppressions(facts);
  std::vector<std::string> places;
  for (const size_t i : suppressions) {
    places.push_back(absl::StrCat(facts.relaxations[i].path, ":", facts.relaxations[i].line));
  }
  const std::string count = Count(static_cast<int64_t>(suppressions.size()), "suppression");
  return {.state = Within(condition, suppressions.size()) ? ConditionState::kSatisfied : ConditionState::kUnsatisfied,
          .actual = count,
          .threshold = absl::StrCat("<= ", Number(condition.threshold)),
          .reason = absl::StrCat(count, " added", places.empty() ? "" : ": ", ListNames(places), "; at most ",
                                 Number(condition.threshold), " allowed"),
          .fingerprints = {}};
}

Proposal ProposeForSuppressionsAdded(const Condition& condition, const Evidence& evidence) {
  const std::vector<size_t> suppressions = Suppressions(evidence.facts());
  Proposal proposal;
  for (const size_t i : suppressions) proposal.remedies.push_back(RemoveSuppression(evidence.facts(), i));
  while (!Within(condition, suppressions.size() - proposal.at_least) && proposal.at_least < suppressions.size()) {
    ++proposal.at_least;
  }
  return proposal;
}

}  // namespace mergegate::gate
