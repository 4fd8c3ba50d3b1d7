#include "server/pipeline/given_reviews.h"

#include <set>
#include <string>
#include <utility>

#include "server/base/status_macros.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/review_log.h"

namespace mergegate::pipeline {
namespace {

constexpr int kPage = 500;

bool Answered(ReviewerStance stance) {
  return stance == ReviewerStance::kCommented || stance == ReviewerStance::kApproved ||
         stance == ReviewerStance::kChangesRequested;
}

}  // namespace

reviewers::GivenReview GivenReviewOf(const reviewers::ReviewState& state) {
  reviewers::GivenReview review{.author = IdentityOf(state.author), .pushed = state.pushes.front().at};
  for (const reviewers::PushedAt& pushed : state.pushes) review.heads.push_back(pushed.push.head.value());
  std::set<std::string> paths;
  for (const Piece& piece : state.pushes.back().push.pieces) paths.insert(piece.path);
  review.paths.assign(paths.begin(), paths.end());
  for (const reviewers::ReviewerState& reviewer : state.reviewers) {
    if (Answered(reviewer.stance)) review.reviewers.push_back(IdentityOf(reviewer.person));
  }
  return review;
}

absl::StatusOr<std::vector<reviewers::GivenReview>> GivenReviews(storage::Store& store, const ProjectId& project,
                                                                 absl::Time since) {
  std::vector<reviewers::GivenReview> given;
  std::string token;
  do {
    ASSIGN_OR_RETURN(auto page, store.ListReviews({.project = project, .closed_too = true}, kPage, token));
    for (const storage::StoredReview& stored : page.items) {  // latest update first
      if (stored.updated < since) return given;
      ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(store, project, stored.change));
      if (log.state().pushes.empty()) continue;
      if (reviewers::GivenReview review = GivenReviewOf(log.state()); !review.reviewers.empty()) {
        given.push_back(std::move(review));
      }
    }
    token = std::move(page.next_token);
  } while (!token.empty());
  return given;
}

}  // namespace mergegate::pipeline
