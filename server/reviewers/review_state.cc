#include "server/reviewers/review_state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/reviewers/approvals.h"

namespace mergegate::reviewers {
namespace {

bool IsThere(const ReviewerState& reviewer) { return reviewer.stance != ReviewerStance::kDeclined; }

class Fold {
 public:
  void Add(const ReviewEvent& event) {
    if (state_.events++ == 0) state_.created = event.at;
    state_.updated = event.at;
    switch (event.kind) {
      case ReviewEventKind::kPushed:
        if (!event.push) break;
        if (state_.pushes.empty()) state_.author = event.push->author;
        state_.pushes.push_back({*event.push, event.at});
        break;
      case ReviewEventKind::kAssigned:
        if (event.assignment) Assign(*event.assignment, event.at);
        break;
      case ReviewEventKind::kRequested:
        Ask(event.subject, event.at, {absl::StrCat("asked by ", event.actor.value())});
        break;
      case ReviewEventKind::kAccepted:
        Take(event, ReviewerStance::kAccepted);
        break;
      case ReviewEventKind::kDeclined:
        Decline(event);
        break;
      case ReviewEventKind::kCommented:
        Comment(event);
        break;
      case ReviewEventKind::kApproved:
        Take(event, ReviewerStance::kApproved);
        break;
      case ReviewEventKind::kChangesRequested:
        Take(event, ReviewerStance::kChangesRequested);
        break;
      case ReviewEventKind::kApprovalLost:
        if (ReviewerState* reviewer = Find(event.subject)) reviewer->lost_since = event.at;
        break;
      case ReviewEventKind::kClosed:
        state_.open = false;
        break;
      case ReviewEventKind::kReopened:
        state_.open = true;
        break;
      case ReviewEventKind::kUnspecified:
        break;
    }
  }

  ReviewState Take() { return std::move(state_); }

 private:
  ReviewerState* Find(const Handle& person) {
    const auto it = std::ranges::find(state_.reviewers, person, &ReviewerState::person);
    return it == state_.reviewers.end() ? nullptr : &*it;
  }

  ReviewerState& FindOrAdd(const Handle& person, absl::Time at) {
    if (ReviewerState* known = Find(person)) return *known;
    return state_.reviewers.emplace_back(ReviewerState{.person = person, .asked = at, .since = at});
  }

  ReviewerState& Ask(const Handle& person, absl::Time at, std::vector<std::string> reasons) {
    ReviewerState& reviewer = FindOrAdd(person, at);
    if (reviewer.stance == ReviewerStance::kDeclined || reviewer.reasons.empty()) reviewer.reasons = std::move(reasons);
    reviewer.stance = ReviewerStance::kAsked;
    reviewer.asked = reviewer.since = at;
    return reviewer;
  }

  void Assign(const Assignment& assignment, absl::Time at) {
    state_.stand_ins = assignment.stand_ins;
    state_.problems = assignment.problems;
    std::erase_if(state_.reviewers, [&](const ReviewerState& reviewer) {
      return reviewer.role != ReviewerRole::kAsked && reviewer.stance == ReviewerStance::kAsked &&
             std::ranges::find(assignment.reviewers, reviewer.person, &ChosenReviewer::person) ==
                 assignment.reviewers.end();
    });
    for (ReviewerState& reviewer : state_.reviewers) reviewer.responsible = false;
    for (const ChosenReviewer& chosen : assignment.reviewers) {
      ReviewerState& reviewer = FindOrAdd(chosen.person, at);
      if (!IsThere(reviewer)) reviewer.stance = ReviewerStance::kAsked;
      reviewer.role = chosen.role;
      reviewer.responsible = chosen.responsible;
      reviewer.reasons = chosen.reasons;
    }
  }

  void Take(const ReviewEvent& event, ReviewerStance stance) {
    if (event.actor == state_.author || event.actor.empty()) return;
    ReviewerState& reviewer = FindOrAdd(event.actor, event.at);
    if (reviewer.reasons.empty()) reviewer.reasons = {"came by themselves"};
    reviewer.stance = stance;
    reviewer.since = event.at;
    reviewer.head = stance == ReviewerStance::kAccepted ? CommitId() : event.head;
    reviewer.lost_since = absl::InfinitePast();
  }

  void Comment(const ReviewEvent& event) {
    if (event.actor == state_.author) {
      state_.author_spoke = event.at;
      return;
    }
    ReviewerState* reviewer = Find(event.actor);
    if (reviewer == nullptr || reviewer->stance == ReviewerStance::kApproved ||
        reviewer->stance == ReviewerStance::kChangesRequested || !IsThere(*reviewer)) {
      return;
    }
    reviewer->stance = ReviewerStance::kCommented;
    reviewer->since = event.at;
  }

  void Decline(const ReviewEvent& event) {
    ReviewerState* reviewer = Find(event.actor);
    if (reviewer == nullptr) return;
    reviewer->stance = ReviewerStance::kDeclined;
    reviewer->since = event.at;
    const bool was_responsible = std::exchange(reviewer->responsible, false);
    const ReviewerRole role = reviewer->role;
    if (!event.subject.empty()) {
      ReviewerState& next =
          Ask(event.subject, event.at,
              {absl::StrCat("handed over by ", event.actor.value(), event.text.empty() ? "" : ": ", event.text)});
      if (role == ReviewerRole::kOwner || role == ReviewerRole::kExpert) next.role = role;
      next.responsible = was_responsible;
    } else if (was_responsible) {
      const auto next = std::ranges::find_if(state_.reviewers, IsThere);
      if (next != state_.reviewers.end()) next->responsible = true;
    }
  }

  ReviewState state_;
};

}  // namespace

const ReviewerState* ReviewState::Find(const Handle& person) const {
  const auto it = std::ranges::find(reviewers, person, &ReviewerState::person);
  return it == reviewers.end() ? nullptr : &*it;
}

const PushedAt* ReviewState::FindPush(const CommitId& head) const {
  for (auto it = pushes.rbegin(); it != pushes.rend(); ++it) {
    if (it->push.head == head) return &*it;
  }
  return nullptr;
}

ReviewState StateOf(const std::vector<ReviewEvent>& events) {
  Fold fold;
  for (const ReviewEvent& event : events) fold.Add(event);
  return fold.Take();
}

std::vector<ApprovalFact> ApprovalsFor(const ReviewState& state, const std::vector<Piece>& pieces) {
  std::vector<ApprovalFact> approvals;
  for (const ReviewerState& reviewer : state.reviewers) {
    if (reviewer.stance != ReviewerStance::kApproved) continue;
    const PushedAt* seen = state.FindPush(reviewer.head);
    HeldApproval held = HoldAgainst(seen == nullptr ? std::vector<Piece>() : seen->push.pieces, pieces);
    approvals.push_back({.person = reviewer.person,
                         .head = reviewer.head,
                         .uncovered = std::move(held.uncovered),
                         .reasons = std::move(held.reasons)});
  }
  std::ranges::sort(approvals, {}, &ApprovalFact::person);
  return approvals;
}

std::vector<Handle> WhoWantsChanges(const ReviewState& state) {
  std::vector<Handle> people;
  for (const ReviewerState& reviewer : state.reviewers) {
    if (reviewer.stance == ReviewerStance::kChangesRequested) people.push_back(reviewer.person);
  }
  std::ranges::sort(people);
  return people;
}

}  // namespace mergegate::reviewers
