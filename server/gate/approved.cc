#include "server/gate/approved.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace mergegate::gate {

bool Covers(const ApprovalFact& approval, const Facts& facts, std::string_view path) {
  return std::ranges::none_of(approval.uncovered, [&](int index) {
    return path.empty() || facts.pieces[static_cast<size_t>(index)].path == path;
  });
}

int ApprovalsOf(const Facts& facts, size_t index) {
  return static_cast<int>(std::ranges::count_if(facts.review->approvals, [&](const ApprovalFact& approval) {
    return !std::ranges::binary_search(approval.uncovered, static_cast<int>(index));
  }));
}

std::string NameOf(const Piece& piece) {
  return piece.declaration.empty() ? piece.path : absl::StrCat(piece.declaration, " (", piece.path, ")");
}

std::vector<Handle> WhoCouldApprove(const Facts& facts) {
  const ReviewFacts& review = *facts.review;
  std::vector<Handle> people;
  const auto add = [&](const Handle& person) {
    const auto approval = std::ranges::find(review.approvals, person, &ApprovalFact::person);
    const bool wants_changes = std::ranges::find(review.changes_requested, person) != review.changes_requested.end();
    const bool done = !wants_changes && approval != review.approvals.end() && approval->uncovered.empty();
    if (!done && person != review.author && std::ranges::find(people, person) == people.end()) {
      people.push_back(person);
    }
  };
  for (const Handle& person : review.changes_requested) add(person);
  for (const ApprovalFact& approval : review.approvals) add(approval.person);
  for (const Handle& person : review.reviewers) add(person);
  for (const OwnerDemand& demand : review.owners) {
    for (const Handle& owner : demand.owners) add(owner);
  }
  return people;
}

}  // namespace mergegate::gate
