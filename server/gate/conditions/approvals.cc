// approvals: every piece of the change has at least min approvals that hold for it as it is now, and nobody wants
// changes. A change without a review is a missing fact, so the condition is undecided then.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/gate/approved.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

struct Tally {
  int least = 0;                     // approvals of the piece that has fewest
  std::vector<std::string> lacking;  // pieces with too few
};

Tally Count(const Condition& condition, const Facts& facts) {
  Tally tally{.least = static_cast<int>(facts.review->approvals.size()), .lacking = {}};
  for (size_t i = 0; i < facts.pieces.size(); ++i) {
    const int approvals = ApprovalsOf(facts, i);
    tally.least = std::min(tally.least, approvals);
    if (approvals < condition.threshold) tally.lacking.push_back(NameOf(facts.pieces[i]));
  }
  return tally;
}

std::vector<std::string> Names(const std::vector<Handle>& people) {
  std::vector<std::string> names;
  for (const Handle& person : people) names.push_back(person.value());
  return names;
}

// The first approval that no longer holds, and why.
std::string FirstLoss(const Facts& facts) {
  for (const ApprovalFact& approval : facts.review->approvals) {
    if (!approval.reasons.empty()) {
      return absl::StrCat("; that of ", approval.person.value(), " no longer holds: ", approval.reasons.front());
    }
  }
  return "";
}

}  // namespace

Outcome JudgeApprovals(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Outcome outcome{.actual = {},
                  .threshold = absl::StrCat(">= ", Number(condition.threshold)),
                  .reason = "no review of the change is known; submit it under a key of its own (--change KEY)",
                  .fingerprints = {}};
  if (!facts.review) return outcome;
  const Tally tally = Count(condition, facts);
  outcome.state = ConditionState::kUnsatisfied;
  outcome.actual = gate::Count(tally.least, "approval");
  if (const auto& wanting = facts.review->changes_requested; !wanting.empty()) {
    outcome.actual = "changes requested";
    outcome.reason = absl::StrCat(ListNames(Names(wanting)), wanting.size() == 1 ? " wants" : " want", " changes");
  } else if (tally.least < condition.threshold) {
    outcome.reason = absl::StrCat(outcome.actual, " where ", Number(condition.threshold), " is needed",
                                  tally.lacking.empty() ? "" : ": ", ListNames(tally.lacking), FirstLoss(facts));
  } else {
    std::vector<Handle> people;
    for (const ApprovalFact& approval : facts.review->approvals) people.push_back(approval.person);
    outcome.state = ConditionState::kSatisfied;
    outcome.reason = people.empty() ? "nobody wants changes"
                                    : absl::StrCat("approved by ", ListNames(Names(people)), "; nobody wants changes");
  }
  return outcome;
}

Proposal ProposeForApprovals(const Condition& condition, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Proposal proposal;
  if (!facts.review) return proposal;
  for (const Handle& person : WhoCouldApprove(facts)) proposal.remedies.push_back(Approve(facts, person));
  const double lacking = condition.threshold - Count(condition, facts).least;
  proposal.at_least = std::max(facts.review->changes_requested.size(), static_cast<size_t>(std::max(lacking, 0.0)));
  return proposal;
}

}  // namespace mergegate::gate
