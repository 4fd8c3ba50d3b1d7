// owners: for every changed path that an owner rule covers, as many of its owners as the rule wants approved all of
// what the change does there. The author is no owner of their own change; where nobody else is one, any approval
// counts. Rules that cannot be read and groups without known members are missing facts.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/gate/approved.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/text.h"
#include "server/gate/uncertainty.h"

namespace mergegate::gate {
namespace {

// The author is the only owner.
bool Orphaned(const OwnerDemand& demand) { return demand.owners.empty() && demand.unknown.empty(); }

bool Owns(const OwnerDemand& demand, const Handle& person) {
  return Orphaned(demand) || std::ranges::find(demand.owners, person) != demand.owners.end();
}

int Wanted(const OwnerDemand& demand) {
  if (Orphaned(demand)) return 1;
  return demand.unknown.empty() ? std::min(demand.required, static_cast<int>(demand.owners.size())) : demand.required;
}

// How many approvals of owners the path lacks that lacks most.
int Lacking(const OwnerDemand& demand, const Facts& facts) {
  int lacking = 0;
  for (const std::string& path : demand.paths) {
    const auto counts = [&](const ApprovalFact& approval) {
      return Owns(demand, approval.person) && Covers(approval, facts, path);
    };
    const int has = static_cast<int>(std::ranges::count_if(facts.review->approvals, counts));
    lacking = std::max(lacking, Wanted(demand) - has);
  }
  return lacking;
}

std::string Describe(const OwnerDemand& demand, int lacking) {
  std::vector<std::string> names;
  for (const Handle& owner : demand.owners) names.push_back(owner.value());
  const std::string who = names.empty()
                              ? "anybody but the author, its only owner"
                              : absl::StrCat(lacking == 1 ? "" : absl::StrCat(lacking, " of "),
                                             names.size() > 1 && lacking == 1 ? "one of " : "", ListNames(names));
  return absl::StrCat(ListNames(demand.paths), " needs the approval of ", who, " (", demand.rule, ")");
}

}  // namespace

Outcome JudgeOwners(const Condition&, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Outcome outcome{.actual = {},
                  .threshold = "all owner rules",
                  .reason = "no review of the change is known; submit it under a key of its own (--change KEY)",
                  .fingerprints = {}};
  if (!facts.review) return outcome;
  int rules = 0, met = 0;
  std::vector<std::string> open;
  std::vector<std::string> unknown = facts.review->problems;
  for (const OwnerDemand& demand : facts.review->owners) {
    if (demand.optional) continue;
    ++rules;
    const int lacking = Lacking(demand, facts);
    if (lacking <= 0) {
      ++met;
    } else if (!demand.unknown.empty()) {
      unknown.push_back(absl::StrCat(demand.rule, ": ", demand.unknown));
    } else {
      open.push_back(Describe(demand, lacking));
    }
  }
  outcome.actual = rules == 0 ? "no rule" : absl::StrCat(met, " of ", Count(rules, "rule"));
  if (!open.empty()) {
    outcome.state = ConditionState::kUnsatisfied;
    outcome.reason = absl::StrJoin(open, "; ");
  } else if (!unknown.empty()) {
    outcome.reason = absl::StrCat("owners are not known: ", ListNames(unknown));
  } else {
    outcome.state = ConditionState::kSatisfied;
    outcome.reason = rules == 0 ? "no owner rule covers a changed path" : "owners approved every path that has some";
  }
  return outcome;
}

Proposal ProposeForOwners(const Condition&, const Evidence& evidence) {
  const Facts& facts = evidence.facts();
  Proposal proposal;
  if (!facts.review) return proposal;
  const std::vector<Handle> people = WhoCouldApprove(facts);
  std::vector<bool> helps(people.size());
  for (const OwnerDemand& demand : facts.review->owners) {
    const int lacking = Lacking(demand, facts);
    if (demand.optional || lacking <= 0) continue;
    proposal.at_least = std::max(proposal.at_least, static_cast<size_t>(lacking));
    for (size_t i = 0; i < people.size(); ++i) helps[i] = helps[i] || Owns(demand, people[i]);
  }
  for (size_t i = 0; i < people.size(); ++i) {
    if (helps[i]) proposal.remedies.push_back(Approve(facts, people[i]));
  }
  return proposal;
}

}  // namespace mergegate::gate
