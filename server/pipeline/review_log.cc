#include "server/pipeline/review_log.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/wire/review_convert.h"

namespace mergegate::pipeline {
namespace {

constexpr int kPage = 1000;

}  // namespace

absl::StatusOr<ReviewLog> ReviewLog::Read(storage::Store& store, const ProjectId& project, const std::string& change) {
  ReviewLog log(store, project, change);
  while (true) {
    const auto after = static_cast<int64_t>(log.events_.size());
    ASSIGN_OR_RETURN(const std::vector<std::string> page, store.ListReviewEvents(project, change, after, kPage));
    for (const std::string& bytes : page) {
      ASSIGN_OR_RETURN(log.events_.emplace_back(), wire::ParseEvent(bytes));
      log.events_.back().number = static_cast<int64_t>(log.events_.size());
    }
    if (page.size() < kPage) break;
  }
  log.state_ = reviewers::StateOf(log.events_);
  return log;
}

absl::Status ReviewLog::Append(std::vector<ReviewEvent> added) {
  if (added.empty()) return absl::OkStatus();
  std::vector<ReviewEvent> all = events_;
  std::vector<storage::NewReviewEvent> stored;
  for (ReviewEvent& event : added) {
    event.number = static_cast<int64_t>(all.size()) + 1;
    stored.push_back({.kind = event.kind,
                      .actor = event.actor,
                      .at = event.at,
                      .source = event.source,
                      .source_id = event.source_id,
                      .event = wire::SerializeEvent(event)});
    all.push_back(std::move(event));
  }
  reviewers::ReviewState state = reviewers::StateOf(all);
  storage::StoredReview review{.project = project_,
                               .change = change_,
                               .open = state.open,
                               .author = state.author,
                               .reviewers = {},
                               .updated = state.updated,
                               .events = static_cast<int64_t>(events_.size())};
  for (const reviewers::ReviewerState& reviewer : state.reviewers) {
    if (reviewer.stance != ReviewerStance::kDeclined) review.reviewers.push_back(reviewer.person);
  }
  std::ranges::sort(review.reviewers);
  RETURN_IF_ERROR(store_->AppendReviewEvents(review, stored).status());
  events_ = std::move(all);
  state_ = std::move(state);
  return absl::OkStatus();
}

bool IsReviewed(const Submission& submission) {
  return submission.change != submission.head.value() && !submission.change.starts_with(kQueuePrefix);
}

ReviewFacts FactsOf(const reviewers::ReviewState& state, const std::vector<Piece>& pieces, ReviewFacts known) {
  known.events = state.events;
  known.author = state.author;
  known.reviewers.clear();
  for (const reviewers::ReviewerState& reviewer : state.reviewers) {
    if (reviewer.stance != ReviewerStance::kDeclined) known.reviewers.push_back(reviewer.person);
  }
  for (const ChosenReviewer& stand_in : state.stand_ins) {
    if (state.Find(stand_in.person) == nullptr) known.reviewers.push_back(stand_in.person);
  }
  known.approvals = reviewers::ApprovalsFor(state, pieces);
  known.changes_requested = reviewers::WhoWantsChanges(state);
  return known;
}

}  // namespace mergegate::pipeline
