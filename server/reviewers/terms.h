// What the ranking looks at: for each candidate a row of shares in [0, 1], and a few plain numbers.
//
//   const Candidates candidates = FindCandidates(history, corrections, query, 120);
//   candidates.rows[i][kFileReviewsShort]   // which part of the reviews of the changed files candidates.people[i] did
//
// A share is A(D) / (sum over people of A + k): k (half an event for files, one for the rest) keeps thin evidence
// small. Over several files or folders shares are averaged. Pure.
#ifndef MERGEGATE_SERVER_REVIEWERS_TERMS_H_
#define MERGEGATE_SERVER_REVIEWERS_TERMS_H_

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "server/reviewers/corrections.h"
#include "server/reviewers/rank.h"
#include "server/reviewers/review_history.h"

namespace mergegate::reviewers {

// clang-format off
enum Term : size_t {
  kFileReviewsShort, kFileReviewsLong, kFileReviewsEvents,
  kFileChangesShort, kFileChangesLong,
  kFolderReviewsShort,   kFolderChangesShort,     kAreaReviewsShort, kAreaChangesShort,
  kAuthorShort, kAuthorLong, kAuthorEvents,
  kAuthorAreaShort, kAuthorAreaLong, kAuthorAreaEvents,
  kBackLong,
  kProject14, kProject90, kProject365, kProjectEvents, kProjectChanges90, kProjectChanges14, kNewcomer,
  kTitle, kTitleShort, kPathWords, kPathWordsShort,
  kHyperbolicChanges, kHyperbolicReviews,   kAlike,
  kShareCount
};
// Plain numbers, after the shares.
enum Plain : size_t { kDaysSinceReview, kDaysSinceAnything, kNeverReviewed, kCorrection, kPlainCount };
// clang-format on

// Names of the terms in files of weights.
std::string_view TermName(size_t term);
std::string_view PlainName(size_t plain);

struct Row {
  std::array<float, kShareCount> shares{};
  std::array<float, kPlainCount> plain{};
};

struct Candidates {
  std::vector<PersonId> people;
  std::vector<Row> rows;  // of people, in their order
};

// The persons that something leads to, at most `most` (those with most of it). Neither the author nor the excluded.
Candidates FindCandidates(const ReviewHistory& history, const Corrections& corrections, const RankQuery& query,
                          size_t most);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_TERMS_H_
