// Fetching into a mirror over the network, without prompts and without trust beyond the certificate store.
#ifndef MERGEGATE_SERVER_GIT_FETCH_H_
#define MERGEGATE_SERVER_GIT_FETCH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/git/handle.h"
#include "server/git/mirror.h"

namespace mergegate::git {

// OK for https, http, ssh, git and file URLs, for user@host:path and for paths. kInvalidArgument for everything else,
// "ext::" and leading dashes included.
absl::Status CheckFetchUrl(const std::string& url);

// As Mirror::Fetch says; kResourceExhausted above the limits. Nothing is pruned, no tags are fetched on the side.
absl::StatusOr<FetchStats> FetchInto(git_repository* repository, const std::string& url,
                                     const std::vector<std::string>& refspecs, const std::string& header,
                                     const MirrorLimits& limits);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_FETCH_H_
