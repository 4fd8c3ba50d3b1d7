// Approvals are bound to the content that they saw: after a push, those of changed declarations are lost, all others
// hold. A pure rebase changes no piece, so it costs no approval.
//
//   HeldApproval held = HoldAgainst(approved_pieces, pieces_now);
//   held.uncovered == {3};   held.reasons == {"the body of db::Get (db/db.cc) changed"}
//
// Pure.
#ifndef MERGEGATE_SERVER_REVIEWERS_APPROVALS_H_
#define MERGEGATE_SERVER_REVIEWERS_APPROVALS_H_

#include <string>
#include <vector>

#include "server/domain/review.h"

namespace mergegate::reviewers {

struct HeldApproval {
  std::vector<int> uncovered;        // indices into the pieces now, ascending
  std::vector<std::string> reasons;  // one for each, a sentence without its end
};

// What of an approval of `approved` holds for `now`. What the change no longer does needs no approval.
HeldApproval HoldAgainst(const std::vector<Piece>& approved, const std::vector<Piece>& now);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_APPROVALS_H_
