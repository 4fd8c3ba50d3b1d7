// The reviews of a project that were given through mergegate, as a history of reviews wants them.
//
//   ASSIGN_OR_RETURN(const auto given, GivenReviews(store, project, absl::InfinitePast()));
//   reviewers::JoinReviews(given, records);
#ifndef MERGEGATE_SERVER_PIPELINE_GIVEN_REVIEWS_H_
#define MERGEGATE_SERVER_PIPELINE_GIVEN_REVIEWS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/reviewers/join_reviews.h"
#include "server/reviewers/review_state.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// What a review says about where it can land and who answered; nobody has to. It has a patch set.
reviewers::GivenReview GivenReviewOf(const reviewers::ReviewState& state);

// Those in which something happened at or after `since` and somebody answered; open ones too. Reads all their events.
absl::StatusOr<std::vector<reviewers::GivenReview>> GivenReviews(storage::Store& store, const ProjectId& project,
                                                                 absl::Time since);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_GIVEN_REVIEWS_H_
