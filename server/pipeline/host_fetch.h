// Brings commits of a host's repository into the project's mirror.
//
//   ASSIGN_OR_RETURN(CommitId base, FetchChange(inbound, host, project, change));   // change.head is there then
//
// The head of a pull or merge request is fetched from the repository that it goes to, under the reference that the host
// keeps for it: so forks need no rights, and one that is gone does no harm.
//
// Thread safety: from any thread; fetches of one project wait for each other.
#ifndef MERGEGATE_SERVER_PIPELINE_HOST_FETCH_H_
#define MERGEGATE_SERVER_PIPELINE_HOST_FETCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

// Where it is fetched from: "https://github.com/acme/widget.git".
std::string RemoteOf(const HostConfig& host, const std::string& full_name);

// Returns the commit to compare with: change.base, or the tip of its branch where the host does not tell one. Asks the
// host for nothing that the mirror has. kUnavailable when a commit is not to be had (yet), and as Mirror::Fetch.
absl::StatusOr<CommitId> FetchChange(const Inbound& inbound, const HostConfig& host, const HostProject& project,
                                     const HostChange& change);

// Fetches the project's default branch, which is the mirror's HEAD from then on. Returns its tip.
absl::StatusOr<CommitId> FetchDefaultBranch(const Inbound& inbound, const HostConfig& host, const HostProject& project);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_HOST_FETCH_H_
