// Records and questions as lines of JSON.
//
//   {"sha": "...", "time": 1542676001, "author": "p1", "title": "...", "group": 1,
//    "files": [{"p": "a.cc", "s": "R", "o": "old.cc"}], "reviewers": ["p2"]}
//   {"id": 4987, "sha": "...", "cutoff": 1725876089, "now": 1726135289, "author": "Ann <ann@example.org>",
//    "author_id": "p0", "title": "...", "files": ["a.cc"], "group": 1943}
//
// Pure. Unknown fields are passed over. kInvalidArgument says which field of which line is wrong.
#ifndef MERGEGATE_SERVER_REVIEWERS_JSONL_H_
#define MERGEGATE_SERVER_REVIEWERS_JSONL_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/review_record.h"
#include "server/reviewers/offline.h"
#include "server/reviewers/rank.h"

namespace mergegate::reviewers {

// Whom the author of a question is named by: the records' own ids ("author_id"), or name and mail ("author").
enum class AuthorBy { kId, kNameAndMail };

// Sorted by time; equal times keep their order. Empty lines are passed over.
absl::StatusOr<std::vector<ReviewRecord>> ParseRecords(std::string_view lines);

// A question without "cutoff" may use what landed `lag` before its "now".
absl::StatusOr<std::vector<PastQuery>> ParseQueries(std::string_view lines, absl::Duration lag, AuthorBy author_by);

// One line with its end: {"id": ..., "ranked": [...], "ms": ...}. A person is named by mail, else login, else name.
std::string AnswerLine(const PastQuery& query, const std::vector<RankedPerson>& ranked, double milliseconds);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_JSONL_H_
