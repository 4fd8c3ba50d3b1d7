// Commits of one pull request are one change.
//
//   records = JoinChanges(std::move(records));
//
// Pure.
#ifndef MERGEGATE_SERVER_REVIEWERS_JOIN_CHANGES_H_
#define MERGEGATE_SERVER_REVIEWERS_JOIN_CHANGES_H_

#include <vector>

#include "server/domain/review_record.h"

namespace mergegate::reviewers {

// Joins records of one `change` and author that landed within a day: files and reviewers of all, title of the first, id
// and landing of the last. Ordered by landing; equal times keep their order.
std::vector<ReviewRecord> JoinChanges(std::vector<ReviewRecord> records);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_JOIN_CHANGES_H_
