// Why a person is named, in words and numbers that the history shows.
//
//   ReasonsFor(model, query, candidate, row)   // "reviewed 14 of the last 20 changes in db/", "last active yesterday"
//
// Pure. Each number is counted from the history's own records, so anybody can count it again.
#ifndef MERGEGATE_SERVER_REVIEWERS_REASONS_H_
#define MERGEGATE_SERVER_REVIEWERS_REASONS_H_

#include <string>
#include <vector>

#include "server/reviewers/rank.h"
#include "server/reviewers/reviewer_model.h"
#include "server/reviewers/terms.h"

namespace mergegate::reviewers {

// Heaviest first, at most one of each kind; last activity and open reviews stand at the end. `row`: the person's terms.
std::vector<Reason> ReasonsFor(const ReviewerModel& model, const RankQuery& query, PersonId person, const Row& row,
                               double open_reviews);

// "today", "yesterday", "3 days ago", "5 weeks ago", "14 months ago", "3 years ago".
std::string Ago(double days);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_REASONS_H_
