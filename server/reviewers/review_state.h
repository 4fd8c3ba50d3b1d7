// Where a review stands, as the sum of its events.
//
//   ReviewState state = StateOf(events);          // oldest first
//   state.Find(HandleOf("ann@example.org"))->stance == ReviewerStance::kApproved
//   std::vector<ApprovalFact> approvals = ApprovalsFor(state, pieces_now);
//
// Pure. Values.
#ifndef MERGEGATE_SERVER_REVIEWERS_REVIEW_STATE_H_
#define MERGEGATE_SERVER_REVIEWERS_REVIEW_STATE_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/review.h"

namespace mergegate::reviewers {

struct ReviewerState {
  Handle person = {};
  ReviewerRole role = ReviewerRole::kAsked;
  bool responsible = false;
  std::vector<std::string> reasons = {};
  ReviewerStance stance = ReviewerStance::kAsked;
  absl::Time asked = {};
  absl::Time since = {};                         // of the stance
  CommitId head = {};                            // that was approved or refused
  absl::Time lost_since = absl::InfinitePast();  // when a push last cost part of the approval
  bool operator==(const ReviewerState&) const = default;
};

struct PushedAt {
  Push push = {};
  absl::Time at = {};
  bool operator==(const PushedAt&) const = default;
};

struct ReviewState {
  bool open = true;
  Handle author = {};  // of the first patch set
  absl::Time created = {};
  absl::Time updated = {};
  int64_t events = 0;
  std::vector<PushedAt> pushes = {};          // by arrival
  std::vector<ReviewerState> reviewers = {};  // by arrival
  std::vector<ChosenReviewer> stand_ins = {};
  std::vector<std::string> problems = {};
  absl::Time author_spoke = absl::InfinitePast();  // last comment of the author

  // nullptr when there is none.
  const ReviewerState* Find(const Handle& person) const;
  // The last patch set with this head; nullptr when it was never pushed.
  const PushedAt* FindPush(const CommitId& head) const;
  bool operator==(const ReviewState&) const = default;
};

// Rules:
// - whom mergegate no longer chooses leaves, unless they have answered already; whom a person asked stays;
// - who declines hands role and responsibility on to the subject, or else the responsibility to the next one there;
// - the author neither approves nor refuses.
ReviewState StateOf(const std::vector<ReviewEvent>& events);

// What every standing approval is worth for these pieces, by person. An approval of a head that was never pushed here
// covers nothing.
std::vector<ApprovalFact> ApprovalsFor(const ReviewState& state, const std::vector<Piece>& pieces);

// Who wants changes, ordered.
std::vector<Handle> WhoWantsChanges(const ReviewState& state);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_REVIEW_STATE_H_
