// The events of one review, as read at one moment, and what follows from them.
//
//   ASSIGN_OR_RETURN(ReviewLog log, ReviewLog::Read(store, project, "pr-7"));
//   RETURN_IF_ERROR(log.Append({event}));          // kAborted: somebody else was faster, read again
//
// Thread safety: none; the store behind it has its own. Borrows the store.
#ifndef MERGEGATE_SERVER_PIPELINE_REVIEW_LOG_H_
#define MERGEGATE_SERVER_PIPELINE_REVIEW_LOG_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/review.h"
#include "server/domain/run.h"
#include "server/reviewers/review_state.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

class ReviewLog {
 public:
  // Without any event for a change that has no review yet.
  static absl::StatusOr<ReviewLog> Read(storage::Store& store, const ProjectId& project, const std::string& change);

  const std::vector<ReviewEvent>& events() const { return events_; }
  const reviewers::ReviewState& state() const { return state_; }
  const ProjectId& project() const { return project_; }
  const std::string& change() const { return change_; }

  // Durable when it returns OK; the log then holds them, numbered.
  absl::Status Append(std::vector<ReviewEvent> added);

 private:
  ReviewLog(storage::Store& store, ProjectId project, std::string change)
      : store_(&store), project_(std::move(project)), change_(std::move(change)) {}

  storage::Store* store_;
  ProjectId project_;
  std::string change_;
  std::vector<ReviewEvent> events_;
  reviewers::ReviewState state_;
};

// Keys of entries of a host's merge queue begin with it: they are changes that were reviewed before they came there.
inline constexpr std::string_view kQueuePrefix = "queue-";

// True for a change that was submitted under a key of its own: only such a change is reviewed here.
bool IsReviewed(const Submission& submission);

// What the gate is to know of a review, for these pieces; `owners` and `problems` stay as they are in `known`.
ReviewFacts FactsOf(const reviewers::ReviewState& state, const std::vector<Piece>& pieces, ReviewFacts known);

// Tries a step that reads, decides and appends until nobody else was faster.
template <typename Step>
absl::Status RetryAborted(const Step& step) {
  constexpr int kMostTries = 20;
  absl::Status status = step();
  for (int i = 1; i < kMostTries && absl::IsAborted(status); ++i) status = step();
  return status;
}

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_REVIEW_LOG_H_
