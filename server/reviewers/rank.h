// Who should review a change: everybody seen in a project's history, best first, each with the reasons.
//
//   ReviewerModel model(GeneralWeights());
//   model.Feed(records);   // oldest first
//   for (const RankedPerson& person : Rank(model, {.author = {.mail = "ann@example.org"},
//                                                  .paths = {"db/version_set.cc"},
//                                                  .now = now})) {
//     Print(person.person.name, person.score, person.reasons.front().text);
//   }
//
// Pure: no I/O, no clock. Thread safety: many threads may rank over one model while none feeds it.
// A RankedPerson owns what it holds.
#ifndef MERGEGATE_SERVER_REVIEWERS_RANK_H_
#define MERGEGATE_SERVER_REVIEWERS_RANK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/review_record.h"
#include "server/reviewers/people.h"

namespace mergegate::reviewers {

class ReviewerModel;  // server/reviewers/reviewer_model.h

// Reviews that a person has to do now. Real assignments; the history does not know them.
struct OpenReviews {
  Identity person;
  double count = 0;
};

// Who last wrote the changed lines (blame of the base), where the repository's blobs are there.
struct LineOwner {
  Identity person;
  std::string path;
  double share = 0;  // of the file's changed lines, (0, 1]
};

struct RankQuery {
  Identity author;                 // never among the ranked; may be unknown or empty
  std::vector<std::string> paths;  // changed files; the first 50 count
  std::string title;               // first line of the change's message; may be empty
  absl::Time now;                  // ages are measured from here
  std::vector<OpenReviews> open;
  double load_weight = 0.1;       // what one open review takes off the score before the softmax; 0: load does not count
  std::vector<LineOwner> owners;  // empty: unknown
  std::vector<Identity> exclude;  // on leave, declined, ...
  size_t limit = 30;              // at most so many are returned
  bool with_reasons = true;       // false saves their time
};

enum class ReasonKind {
  kReviewedFiles,     // "reviewed 7 of the last 9 changes of version_set.cc"
  kWroteFiles,        // "wrote 61 % of the changes of version_set.cc", or of the changed lines where owners are known
  kReviewedFolder,    // "reviewed 14 of the last 20 changes in db/"
  kWroteFolder,       // "wrote 5 of the last 20 changes in db/"
  kReviewsAuthor,     // "reviewed 6 of the last 10 changes by Ann"
  kReviewedByAuthor,  // "Ann reviewed 4 of the last 10 changes of theirs"
  kReviewsMuch,       // "reviewed 11 of the last 20 changes of the project"
  kSimilarChanges,    // "reviewed changes about cache, eviction"
  kLastActive,        // "last active yesterday"
  kOpenReviews,       // "2 open reviews"
};

struct Reason {
  ReasonKind kind = ReasonKind::kLastActive;
  std::string text;   // plain words and numbers, as above; no line end
  double weight = 0;  // what it adds to the score before the softmax; 0 for what is only told
};

struct RankedPerson {
  PersonId id = kNobody;
  Identity person;              // newest name, mail and login known
  double score = 0;             // [0, 1]: probability, by the model, of being the one who reviews; sums to at most 1
  double utility = 0;           // what is sorted by: the weighted terms less load_weight x open reviews
  std::vector<Reason> reasons;  // heaviest first; last activity and open reviews at the end
};

// Best first; equal utilities by id. Empty when the history knows nobody but the author and the excluded.
// Bots are never in it. O(people that the change's paths, words and author lead to), no allocation per person of
// the project.
std::vector<RankedPerson> Rank(const ReviewerModel& model, const RankQuery& query);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_RANK_H_
