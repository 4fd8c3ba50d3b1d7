#include "server/reviewers/attention.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace mergegate::reviewers {
namespace {

// The author's last push or word after `since`; the infinite past when there was none.
absl::Time Answered(const ReviewState& state, absl::Time since) {
  absl::Time last = state.author_spoke;
  if (!state.pushes.empty()) last = std::max(last, state.pushes.back().at);
  return last > since ? last : absl::InfinitePast();
}

// Appends the turn that a reviewer's stance gives to them or to the author.
void AddTurnOf(const ReviewState& state, const ReviewerState& reviewer, const std::vector<ApprovalFact>& approvals,
               std::vector<Turn>& reviewers, std::vector<Turn>& author) {
  const auto theirs = [&](std::string reason, absl::Time since) {
    reviewers.push_back({.person = reviewer.person, .reason = std::move(reason), .since = since, .reviewer = true});
  };
  const auto authors = [&](std::string reason) {
    author.push_back({.person = state.author, .reason = std::move(reason), .since = reviewer.since});
  };
  const absl::Time answered = Answered(state, reviewer.since);
  switch (reviewer.stance) {
    case ReviewerStance::kAsked:
      return theirs("asked to review", reviewer.asked);
    case ReviewerStance::kAccepted:
      return theirs("took the review on", reviewer.since);
    case ReviewerStance::kCommented:
      if (answered == absl::InfinitePast()) return authors(absl::StrCat("answer ", reviewer.person.value()));
      return theirs("the author answered", answered);
    case ReviewerStance::kChangesRequested:
      if (answered == absl::InfinitePast()) return authors(absl::StrCat(reviewer.person.value(), " wants changes"));
      return theirs("look again: you wanted changes, the author answered", answered);
    case ReviewerStance::kApproved: {
      const auto approval = std::ranges::find(approvals, reviewer.person, &ApprovalFact::person);
      if (approval == approvals.end() || approval->uncovered.empty()) return;
      const size_t more = approval->reasons.size() - 1;
      return theirs(absl::StrCat("approve again: ", approval->reasons.front(),
                                 more == 0 ? "" : absl::StrCat(", and ", more, " more")),
                    std::max(reviewer.lost_since, reviewer.since));
    }
    case ReviewerStance::kDeclined:
    case ReviewerStance::kUnspecified:
      return;
  }
}

Turn NothingElseToDo(const ReviewState& state, const GateView& gate) {
  const bool asked = std::ranges::any_of(
      state.reviewers, [](const ReviewerState& reviewer) { return reviewer.stance != ReviewerStance::kDeclined; });
  return {.person = state.author,
          .reason = gate.state == VerdictState::kPass ? "merge it: nothing is open"
                    : asked ? "ask somebody else to review: who was asked has answered, and it is not enough"
                            : "ask somebody to review: nobody is asked",
          .since = std::max(gate.at, state.updated)};
}

}  // namespace

std::vector<Turn> WhoseTurn(const ReviewState& state, const std::vector<Piece>& pieces, const GateView& gate) {
  if (!state.open || gate.state == VerdictState::kUnspecified) return {};
  std::vector<Turn> reviewers, author;
  if (!gate.open.empty()) {
    author.push_back(
        {.person = state.author,
         .reason = absl::StrCat(gate.state == VerdictState::kFail ? "the gate fails: " : "the gate cannot decide: ",
                                gate.open),
         .since = gate.at});
    if (gate.state == VerdictState::kFail) return author;
  }
  const std::vector<ApprovalFact> approvals = ApprovalsFor(state, pieces);
  std::vector<const ReviewerState*> order;
  for (const ReviewerState& reviewer : state.reviewers) order.push_back(&reviewer);
  std::ranges::sort(order, {},
                    [](const ReviewerState* reviewer) { return std::pair(!reviewer->responsible, reviewer); });
  for (const ReviewerState* reviewer : order) AddTurnOf(state, *reviewer, approvals, reviewers, author);
  // Their time runs from when there was something to look at.
  const absl::Time ready = state.pushes.empty() ? state.created : state.pushes.back().at;
  for (Turn& turn : reviewers) turn.since = std::max(turn.since, ready);
  if (!author.empty()) reviewers.push_back(author.front());
  if (reviewers.empty()) reviewers.push_back(NothingElseToDo(state, gate));
  return reviewers;
}

Deadline DeadlineOf(const Turn& turn, const Calendar& calendar, absl::Duration respond, absl::Time now) {
  Deadline deadline;
  if (!turn.reviewer) return deadline;
  deadline.due = AddWorkingTime(calendar, turn.since, respond);
  deadline.late = now > deadline.due;
  Calendar without_leave = calendar;
  std::erase_if(without_leave.absences, [now](const Absence& absence) { return absence.from > now; });
  deadline.leave_comes = deadline.due > AddWorkingTime(without_leave, turn.since, respond);
  deadline.remind = deadline.leave_comes ? turn.since : AddWorkingTime(calendar, turn.since, respond * 3 / 4);
  if (const auto until = AwayUntil(calendar, now)) {
    deadline.hand_over = absl::StrCat("away until ", absl::FormatTime("%Y-%m-%d %H:%M", *until, calendar.zone));
  } else if (deadline.leave_comes) {
    deadline.hand_over = "leave comes before the answer is due";
  } else if (WorkingTimeBetween(calendar, turn.since, now) * 2 >= respond) {
    deadline.hand_over = deadline.late ? "no answer in time" : "half of the time for an answer is gone";
  }
  return deadline;
}

Handle StandInFor(const ReviewState& state, const Handle& reviewer, const std::vector<Handle>& away) {
  const ReviewerState* from = state.Find(reviewer);
  if (from == nullptr || from->role == ReviewerRole::kRequired) return {};
  for (const ChosenReviewer& stand_in : state.stand_ins) {
    const bool fits = from->role != ReviewerRole::kOwner || stand_in.role == ReviewerRole::kOwner;
    if (fits && state.Find(stand_in.person) == nullptr && std::ranges::find(away, stand_in.person) == away.end()) {
      return stand_in.person;
    }
  }
  return {};
}

}  // namespace mergegate::reviewers
