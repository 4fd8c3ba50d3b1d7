// What defect risk reads of commits: their messages, the files that they touch, measures of what they add and remove.
//
//   ASSIGN_OR_RETURN(RiskCommits read, git::ReadRiskHistory("/data/mirrors/p.git", {.ref = "main"}));
//   ASSIGN_OR_RETURN(RiskChange change, git::ReadRiskChange("/data/mirrors/p.git", base, head));
//
// Both go one way, so that a change under review is measured as history was. Commits are compared with their first
// parents; merges are left out, and commits of which a blob is absent. Blobs are read: minutes for tens of thousands of
// commits, see risk_file.h. Reads only; any number of processes may read one repository.
#ifndef MERGEGATE_SERVER_GIT_RISK_HISTORY_H_
#define MERGEGATE_SERVER_GIT_RISK_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/risk/commit.h"

namespace mergegate::git {

struct RiskOptions {
  std::string ref = {};  // a branch, tag, reference or commit; empty: the default branch
  std::stop_token stop = {};
};

struct RiskCommits {
  CommitId tip = {};
  std::vector<risk::Commit> commits = {};  // as git's --date-order --reverse gives them
  std::vector<std::string> notes = {};     // what was missing, for people
};

// What is known already, and where what is read goes while the reading goes on.
struct RiskReading {
  std::optional<CommitId> since = {};  // only what came after this ancestor of the tip is read
  // What an earlier reading made of a commit; nullptr: nothing.
  std::function<const risk::Commit*(const std::string& id)> known = {};
  std::function<void(const risk::Commit&)> read = {};  // called for every commit that was read from the repository
  size_t most = SIZE_MAX;                              // commits that may be read from the repository
  // Called before the first commit and after each: how many are done, of how many.
  std::function<void(size_t done, size_t all)> progress = {};
};

// kNotFound for no such repository or reference, kFailedPrecondition when `since` is no ancestor of the tip, kCancelled
// when stopped, kResourceExhausted when more than `most` would have to be read.
absl::StatusOr<RiskCommits> ReadRiskHistory(const std::string& repository, const RiskOptions& options,
                                            const RiskReading& reading = {});

struct RiskChange {
  risk::Commit commit;
  std::vector<std::string> words;  // as they are spelled, for people
};

// A change under review, from `base` to `head`, as one commit that has not landed: no id, head's author, time and
// message. kNotFound when a commit or a blob is absent.
absl::StatusOr<RiskChange> ReadRiskChange(const std::string& repository, const CommitId& base, const CommitId& head);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_RISK_HISTORY_H_
