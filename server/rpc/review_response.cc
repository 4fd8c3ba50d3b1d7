#include "server/rpc/review_response.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"
#include "server/reviewers/attention.h"
#include "server/rpc/grpc_status.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

constexpr size_t kLongestText = 64 << 10;
constexpr size_t kLongestRequestId = 64;

absl::Status Invalid(std::string_view field, std::string_view problem, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", std::string(problem))),
                    "FIELD_INVALID", field, hint);
}

absl::Status Refused(std::string message, std::string_view hint) {
  return WithDetail(absl::FailedPreconditionError(std::move(message)), "NOT_POSSIBLE", "action", hint);
}

ReviewEventKind KindOf(v1::ReviewAction action) {
  switch (action) {
    case v1::REVIEW_ACTION_REQUEST:
      return ReviewEventKind::kRequested;
    case v1::REVIEW_ACTION_ACCEPT:
      return ReviewEventKind::kAccepted;
    case v1::REVIEW_ACTION_DECLINE:
      return ReviewEventKind::kDeclined;
    case v1::REVIEW_ACTION_COMMENT:
      return ReviewEventKind::kCommented;
    case v1::REVIEW_ACTION_APPROVE:
      return ReviewEventKind::kApproved;
    case v1::REVIEW_ACTION_REQUEST_CHANGES:
      return ReviewEventKind::kChangesRequested;
    case v1::REVIEW_ACTION_CLOSE:
      return ReviewEventKind::kClosed;
    case v1::REVIEW_ACTION_REOPEN:
      return ReviewEventKind::kReopened;
    default:
      return ReviewEventKind::kUnspecified;
  }
}

absl::Status CheckText(const v1::RespondToReviewRequest& request, ReviewEventKind kind) {
  if (kind == ReviewEventKind::kUnspecified) return Invalid("action", "is not known", "approve, comment, decline, ...");
  if (request.text().size() > kLongestText) return Invalid("text", "over 64 KiB", "say it in fewer words");
  if (request.request_id().size() > kLongestRequestId) {
    return Invalid("request_id", "longer than 64 bytes", "use a UUID");
  }
  const bool must_say = kind == ReviewEventKind::kCommented || kind == ReviewEventKind::kChangesRequested;
  if (must_say && request.text().empty()) return Invalid("text", "is empty", "say it: -m TEXT");
  return absl::OkStatus();
}

// The state lets the caller do it.
absl::Status CheckState(ReviewEventKind kind, const Handle& caller, const reviewers::ReviewState& state) {
  if (!state.open && kind != ReviewEventKind::kReopened && kind != ReviewEventKind::kCommented) {
    return Refused("the review is closed", "reopen it first");
  }
  if (state.open && kind == ReviewEventKind::kReopened) return Refused("the review is open", "");
  const bool reviewing = kind == ReviewEventKind::kAccepted || kind == ReviewEventKind::kApproved ||
                         kind == ReviewEventKind::kChangesRequested;
  if (reviewing && caller == state.author) {
    return Refused("you are the author: somebody else must review it",
                   "ask somebody: mergegate request CHANGE --to PERSON");
  }
  const reviewers::ReviewerState* there = state.Find(caller);
  if (kind == ReviewEventKind::kDeclined && (there == nullptr || there->stance == ReviewerStance::kDeclined)) {
    return Refused("you are not asked to review this", "");
  }
  return absl::OkStatus();
}

absl::StatusOr<Handle> SubjectOf(const v1::RespondToReviewRequest& request, ReviewEventKind kind, const Handle& caller,
                                 const reviewers::ReviewState& state) {
  if (kind != ReviewEventKind::kRequested && kind != ReviewEventKind::kDeclined) return Handle();
  if (request.to().empty()) {
    if (kind == ReviewEventKind::kRequested) return Invalid("to", "is empty", "whom do you ask?");
    return reviewers::StandInFor(state, caller, {});
  }
  ASSIGN_OR_RETURN(Handle to, wire::ParseHandle(request.to(), "to"));
  if (to == state.author) return Refused(absl::StrCat(to.value(), " is the author"), "ask somebody else");
  const reviewers::ReviewerState* known = state.Find(to);
  if (to == caller && kind == ReviewEventKind::kDeclined) return Refused("that is you", "hand it to somebody else");
  if (kind == ReviewEventKind::kRequested && known != nullptr && known->stance == ReviewerStance::kAsked) {
    return Refused(absl::StrCat(to.value(), " is asked already"), "");
  }
  return to;
}

}  // namespace

absl::StatusOr<ReviewEvent> EventOf(const v1::RespondToReviewRequest& request, const Handle& caller,
                                    const pipeline::ReviewLog& log, absl::Time now) {
  const ReviewEventKind kind = KindOf(request.action());
  const reviewers::ReviewState& state = log.state();
  RETURN_IF_ERROR(CheckText(request, kind));
  RETURN_IF_ERROR(CheckState(kind, caller, state));
  ReviewEvent event{.kind = kind, .actor = caller, .text = request.text(), .at = now};
  ASSIGN_OR_RETURN(event.subject, SubjectOf(request, kind, caller, state));
  if (!state.pushes.empty()) event.head = state.pushes.back().push.head;
  if (kind == ReviewEventKind::kApproved || kind == ReviewEventKind::kChangesRequested) {
    if (!request.head_commit().empty()) event.head = CommitId(request.head_commit());
    if (state.FindPush(event.head) == nullptr) {
      return Refused(absl::StrCat("head ", event.head.value().substr(0, 12), " was not reviewed here"),
                     "look at the newest one: mergegate diff CHANGE");
    }
  }
  absl::BitGen random;
  event.source_id = request.request_id().empty() ? absl::StrFormat("rpc/%016x", absl::Uniform<uint64_t>(random))
                                                 : absl::StrCat("rpc/", caller.value(), "/", request.request_id());
  return event;
}

absl::Status Respond(const pipeline::PipelineParts& parts, const v1::RespondToReviewRequest& request,
                     const Handle& caller) {
  ASSIGN_OR_RETURN(const wire::ReviewName name, wire::ParseReviewName(request.name()));
  return pipeline::RetryAborted([&]() -> absl::Status {
    ASSIGN_OR_RETURN(pipeline::ReviewLog log, pipeline::ReviewLog::Read(parts.store, name.project, name.change));
    if (log.events().empty()) return absl::NotFoundError(absl::StrCat(request.name(), " does not exist"));
    if (!request.request_id().empty()) {
      const std::string id = absl::StrCat("rpc/", caller.value(), "/", request.request_id());
      ASSIGN_OR_RETURN(const bool done, parts.store.HasReviewEvent("mergegate", id));
      if (done) return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(ReviewEvent event, EventOf(request, caller, log, parts.clock.Now()));
    return log.Append({std::move(event)});
  });
}

}  // namespace mergegate::rpc
