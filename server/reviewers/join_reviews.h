// Reviews that were given here are reviews of the commits that they landed as.
//
//   JoinReviews(given, records);   // records out of git, before or after JoinChanges
//
// Pure.
#ifndef MERGEGATE_SERVER_REVIEWERS_JOIN_REVIEWS_H_
#define MERGEGATE_SERVER_REVIEWERS_JOIN_REVIEWS_H_

#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/review_record.h"

namespace mergegate::reviewers {

// A review as far as it went, landed or not.
struct GivenReview {
  std::vector<std::string> heads = {};  // commit ids of its patch sets
  Identity author = {};
  std::vector<std::string> paths = {};   // that the last patch set changed
  absl::Time pushed = {};                // the first patch set
  std::vector<Identity> reviewers = {};  // who answered
};

// How long after its first patch set a change can land.
inline constexpr absl::Duration kLandsWithin = absl::Hours(24 * 90);

// For each review, the places in `records` that it landed as: those whose commit was one of its heads. Where no head
// landed as it was (a squash, a rebase), the first after its first patch set with the same author (mail or login) and
// exactly the same paths, one that no other review has taken. None for a review that landed nowhere.
std::vector<std::vector<size_t>> LandedAs(std::span<const GivenReview> given, std::span<const ReviewRecord> records);

// Adds the reviewers of each review to the records that it landed as; nobody twice.
void JoinReviews(std::span<const GivenReview> given, std::vector<ReviewRecord>& records);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_JOIN_REVIEWS_H_
