#include "server/rpc/review_view.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/due_turns.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

// Without its findings, which can be many.
Verdict BriefOf(const v1::Verdict& proto) {
  Verdict verdict;
  verdict.state = static_cast<VerdictState>(proto.state());
  verdict.summary = proto.summary();
  for (const v1::ConditionResult& condition : proto.conditions()) {
    verdict.conditions.push_back({.name = condition.name(),
                                  .kind = condition.kind(),
                                  .level = static_cast<ConditionLevel>(condition.level()),
                                  .state = static_cast<ConditionState>(condition.state()),
                                  .actual = condition.actual(),
                                  .threshold = "",
                                  .reason = "",
                                  .fingerprints = {}});
  }
  return verdict;
}

}  // namespace

absl::StatusOr<ReviewView> ReviewView::Read(const pipeline::PipelineParts& parts, const ProjectId& project,
                                            const std::string& change) {
  ASSIGN_OR_RETURN(pipeline::ReviewLog log, pipeline::ReviewLog::Read(parts.store, project, change));
  if (log.events().empty()) {
    return absl::NotFoundError(absl::StrCat("change ", change, " of project ", project.value(), " has no review"));
  }
  ReviewView view(std::move(log));
  RETURN_IF_ERROR(view.LookAtRuns(parts));
  view.Write();
  RETURN_IF_ERROR(view.WriteAttention(parts));
  return view;
}

absl::Status ReviewView::LookAtRuns(const pipeline::PipelineParts& parts) {
  ASSIGN_OR_RETURN(const auto runs, parts.store.ListRuns(log_.project(), log_.change(), 1, ""));
  if (runs.items.empty()) return absl::OkStatus();
  const Run& run = runs.items[0];
  proto_.set_run(wire::FormatRunName(log_.project(), run.id));
  if (run.state != RunState::kDone) return absl::OkStatus();
  decided_ = run.finished;
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, parts.store.GetVerdict(run.id));
  if (!verdict_.emplace().ParseFromString(record.verdict))
    return absl::DataLossError("a stored verdict is not readable");
  ASSIGN_OR_RETURN(const Facts facts, wire::ParseFacts(record.facts));
  respond_ = pipeline::RespondTime(facts.policy_text);
  return absl::OkStatus();
}

void ReviewView::Write() {
  const reviewers::ReviewState& state = log_.state();
  proto_.set_name(wire::FormatReviewName(log_.project(), log_.change()));
  proto_.set_change(log_.change());
  proto_.set_open(state.open);
  proto_.set_author(state.author.value());
  std::vector<Piece> pieces;
  if (!state.pushes.empty()) {
    Push push = state.pushes.back().push;
    pieces = std::exchange(push.pieces, {});
    proto_.set_title(push.title);
    *proto_.mutable_push() = wire::ToProto(push);
  }
  proto_.set_pushes(static_cast<int>(state.pushes.size()));
  proto_.set_pieces(static_cast<int>(pieces.size()));
  const std::vector<ApprovalFact> approvals = reviewers::ApprovalsFor(state, pieces);
  for (const reviewers::ReviewerState& reviewer : state.reviewers) {
    v1::Reviewer& out = *proto_.add_reviewers();
    out.set_person(reviewer.person.value());
    out.set_role(static_cast<v1::ReviewerRole>(reviewer.role));
    out.set_responsible(reviewer.responsible);
    out.mutable_reasons()->Assign(reviewer.reasons.begin(), reviewer.reasons.end());
    out.set_stance(static_cast<v1::ReviewerStance>(reviewer.stance));
    *out.mutable_asked_time() = wire::ToTimestamp(reviewer.asked);
    *out.mutable_stance_time() = wire::ToTimestamp(reviewer.since);
    out.set_head_commit(reviewer.head.value());
    const auto approval = std::ranges::find(approvals, reviewer.person, &ApprovalFact::person);
    if (approval == approvals.end()) continue;
    out.set_pieces_approved(static_cast<int>(pieces.size() - approval->uncovered.size()));
    out.mutable_lost()->Assign(approval->reasons.begin(), approval->reasons.end());
  }
  for (const ChosenReviewer& stand_in : state.stand_ins) {
    if (state.Find(stand_in.person) == nullptr) *proto_.add_stand_ins() = wire::ToProto(stand_in);
  }
  proto_.mutable_problems()->Assign(state.problems.begin(), state.problems.end());
  if (verdict_) {
    proto_.set_verdict(verdict_->state());
    proto_.set_verdict_summary(verdict_->summary());
  }
  *proto_.mutable_create_time() = wire::ToTimestamp(state.created);
  *proto_.mutable_update_time() = wire::ToTimestamp(state.updated);
  proto_.set_events(state.events);
}

absl::Status ReviewView::WriteAttention(const pipeline::PipelineParts& parts) {
  const reviewers::ReviewState& state = log_.state();
  reviewers::GateView gate;
  if (verdict_) gate = pipeline::GateViewOf(BriefOf(*verdict_), decided_);
  ASSIGN_OR_RETURN(const std::vector<pipeline::DueTurn> turns,
                   pipeline::DueTurns(parts.store, state, gate, respond_, parts.clock.Now()));
  for (const auto& [turn, deadline, zone, away, next] : turns) {
    v1::Attention& out = *proto_.add_attention();
    out.set_person(turn.person.value());
    out.set_reason(turn.reason);
    *out.mutable_since() = wire::ToTimestamp(turn.since);
    if (!turn.reviewer) continue;
    if (deadline.due != absl::InfiniteFuture()) *out.mutable_due() = wire::ToTimestamp(deadline.due);
    out.set_late(deadline.late);
    if (!next.person.empty()) {
      out.set_hand_over_to(next.person.value());
      out.set_hand_over_reason(deadline.hand_over);
    }
  }
  return absl::OkStatus();
}

}  // namespace mergegate::rpc
