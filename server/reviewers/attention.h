// Whose turn it is, why, and since when; when an answer is due, and who could take over before it is late.
//
//   std::vector<Turn> turns = WhoseTurn(state, pieces, gate);
//   Deadline deadline = DeadlineOf(turns[0], calendar, absl::Hours(8), now);
//
// Only who has a turn may ever be reminded. Pure.
#ifndef MERGEGATE_SERVER_REVIEWERS_ATTENTION_H_
#define MERGEGATE_SERVER_REVIEWERS_ATTENTION_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/verdict.h"
#include "server/reviewers/review_state.h"
#include "server/reviewers/working_time.h"

namespace mergegate::reviewers {

// The newest run of the change.
struct GateView {
  VerdictState state = VerdictState::kUnspecified;  // unspecified while it is pending
  std::string open = {};  // blocking conditions that do not hold for the code itself, in words; reviews aside
  absl::Time at = {};     // when it was decided
};

struct Turn {
  Handle person = {};
  std::string reason = {};
  absl::Time since = {};
  bool reviewer = false;  // false: the author, for whom nothing is ever due
  bool operator==(const Turn&) const = default;
};

// Nobody's while a verdict is awaited or the review is closed. While the gate fails for the code, it is the author's
// alone; a reviewer's time runs from the last push at the earliest. When nobody else is to do anything, the author's.
// The responsible reviewer comes first, then reviewers by arrival, the author last.
std::vector<Turn> WhoseTurn(const ReviewState& state, const std::vector<Piece>& pieces, const GateView& gate);

struct Deadline {
  absl::Time due = absl::InfiniteFuture();
  absl::Time remind = absl::InfiniteFuture();  // when to tell them, if it is still their turn
  bool late = false;
  bool leave_comes = false;    // before it is due
  std::string hand_over = {};  // why somebody else should take over, a sentence without its end; empty when nobody need
};

// For a reviewer's turn: due after `respond` of their working time. A hand-over is proposed once half of it is gone, or
// when leave to come keeps them from answering in time; to know the latter, `calendar` without that leave is what "in
// time" is. They are reminded when a quarter of the time is left (of the usual 8 hours: 2), for whoever is at work by
// then still can answer, and so can a stand-in; when such leave is known, at once.
Deadline DeadlineOf(const Turn& turn, const Calendar& calendar, absl::Duration respond, absl::Time now);

// Who could take over from a reviewer: the best stand-in who is there and has not been asked yet; an owner for an
// owner. Empty when nobody can (what the policy requires of a person nobody else can do).
Handle StandInFor(const ReviewState& state, const Handle& reviewer, const std::vector<Handle>& away);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_ATTENTION_H_
