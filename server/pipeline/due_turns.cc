#include "server/pipeline/due_turns.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/config/policy_file.h"
#include "server/domain/names.h"
#include "server/pipeline/panel.h"

namespace mergegate::pipeline {

reviewers::GateView GateViewOf(const Verdict& verdict, absl::Time decided) {
  std::vector<std::string> open;
  for (const ConditionResult& condition : verdict.conditions) {
    const bool about_review =
        condition.kind == Name(ConditionKind::kApprovals) || condition.kind == Name(ConditionKind::kOwners);
    const bool holds = condition.state != ConditionState::kUnsatisfied && condition.state != ConditionState::kUndecided;
    if (condition.level != ConditionLevel::kBlock || about_review || holds) continue;
    open.push_back(
        absl::StrCat(condition.name, condition.actual.empty() ? "" : absl::StrCat(" (", condition.actual, ")")));
  }
  // Nothing compared, or no readable policy.
  if (open.empty() && verdict.conditions.empty() && verdict.state == VerdictState::kInconclusive) {
    open.push_back(verdict.summary);
  }
  return {.state = verdict.state, .open = absl::StrJoin(open, ", "), .at = decided};
}

absl::Duration RespondTime(const std::string& policy_text) {
  return absl::Hours(config::ParsePolicy(policy_text).policy.reviewers.respond_hours);
}

absl::StatusOr<std::vector<DueTurn>> DueTurns(storage::Store& store, const reviewers::ReviewState& state,
                                              const reviewers::GateView& gate, absl::Duration respond, absl::Time now) {
  std::vector<Handle> away;
  for (const ChosenReviewer& stand_in : state.stand_ins) {
    ASSIGN_OR_RETURN(const reviewers::Calendar calendar, CalendarFor(store, stand_in.person));
    if (reviewers::AwayUntil(calendar, now)) away.push_back(stand_in.person);
  }
  const std::vector<Piece> pieces = state.pushes.empty() ? std::vector<Piece>() : state.pushes.back().push.pieces;
  std::vector<DueTurn> turns;
  for (reviewers::Turn& turn : reviewers::WhoseTurn(state, pieces, gate)) {
    DueTurn& due = turns.emplace_back(DueTurn{.turn = std::move(turn)});
    if (!due.turn.reviewer) continue;
    ASSIGN_OR_RETURN(const reviewers::Calendar calendar, CalendarFor(store, due.turn.person));
    due.zone = calendar.zone;
    due.away = reviewers::AwayUntil(calendar, now).has_value();
    due.deadline = reviewers::DeadlineOf(due.turn, calendar, respond, now);
    if (due.deadline.hand_over.empty()) continue;
    const Handle next = reviewers::StandInFor(state, due.turn.person, away);
    const auto chosen = std::ranges::find(state.stand_ins, next, &ChosenReviewer::person);
    if (chosen != state.stand_ins.end()) due.next = *chosen;
  }
  return turns;
}

}  // namespace mergegate::pipeline
