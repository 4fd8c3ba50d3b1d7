// A project's landed changes and their reviews, out of commits and trees. No blob is read, except .mailmap where it is
// there.
//
//   ASSIGN_OR_RETURN(CommitRecords read, git::ReadReviewHistory("/data/mirrors/p.git", {.ref = "main"}));
//   std::vector<ReviewRecord> records = reviewers::JoinChanges(std::move(read.records));
//
// A record is a commit that is no merge and changes a file; or a merge whose message names reviewers (then it stands
// for the commits that it brought in). It landed when it was committed. Works in bare, partial (no blobs) and shallow
// clones; nothing is fetched. The mailmap gives people their proper names; mails stay the commits', except of those
// whom a single word names. Reads only; any number of processes may read one repository.
#ifndef MERGEGATE_SERVER_GIT_REVIEW_HISTORY_H_
#define MERGEGATE_SERVER_GIT_REVIEW_HISTORY_H_

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/domain/review_record.h"

namespace mergegate::git {

struct HistoryOptions {
  std::string ref = {};                    // a branch, tag, reference or commit; empty: the default branch
  std::vector<std::string> trailers = {};  // keys that name reviewers; empty: reviewers::DefaultTrailers()
  // Vendored folders, whose changes are nobody's work here.
  std::vector<std::string> vendored = {"thirdparty", "third_party", "vendor", "node_modules"};
  std::stop_token stop = {};
};

struct CommitRecords {
  CommitId tip;
  std::vector<ReviewRecord> records;  // oldest first (committed time; parents before children at equal times)
  bool whole = true;                  // false: continues what `since` ended at
  std::vector<std::string> notes;     // what was missing, for people
};

// `since`: the tip of an earlier reading. When it is an ancestor of the new tip only what came after it is read, else
// everything is. kNotFound for no such repository, reference, or an absent tree (the clone must have trees); kCancelled
// when stopped.
absl::StatusOr<CommitRecords> ReadReviewHistory(const std::string& repository, const HistoryOptions& options,
                                                const std::optional<CommitId>& since = std::nullopt);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_REVIEW_HISTORY_H_
