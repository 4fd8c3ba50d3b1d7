// Questions about the past, asked as they would have been then.
//
//   ReviewerModel model(GeneralWeights());
//   Replay(records, queries, Refit::kYes, model, [&](const PastQuery& query) {
//     Write(query.id, Rank(model, query.query));
//   });
//
// Pure. A query is answered from the records that landed at or before its cutoff and are none of its group.
#ifndef MERGEGATE_SERVER_REVIEWERS_OFFLINE_H_
#define MERGEGATE_SERVER_REVIEWERS_OFFLINE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/reviewers/rank.h"
#include "server/reviewers/reviewer_model.h"

namespace mergegate::reviewers {

struct PastQuery {
  std::string id;     // as JSON: a number, or a string with its quotes
  std::string sha;    // the change's own commit, which is never learned before it; may be empty
  std::string group;  // of its series; may be empty
  absl::Time cutoff;
  RankQuery query;
};

// Whether the weights are fitted to the project again and again, as they would have been nightly.
enum class Refit { kNo, kYes };

// Calls `answer` once for each query, by rising cutoff. `records` in landing order. A record of a query's group (or the
// query's own commit) that landed before the cutoff waits until the last query of that group is answered.
void Replay(const std::vector<ReviewRecord>& records, const std::vector<PastQuery>& queries, Refit refit,
            ReviewerModel& model, const std::function<void(const PastQuery& query)>& answer);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_OFFLINE_H_
