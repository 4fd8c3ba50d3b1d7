// Sends a server the commits that it lacks.
//
//     absl::Status status = PushMissing(session, {head, base}, progress);
#ifndef MERGEGATE_CLIENT_CLI_PUSH_H_
#define MERGEGATE_CLIENT_CLI_PUSH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/progress.h"
#include "client/cli/session.h"

namespace mergegate::client {

// Asks which of `tips` and of their likely shared ancestors the server lacks, and pushes one pack with the rest.
// A project that the server does not know is created. Tips absent here as well are left to the server to complain
// about.
absl::Status PushMissing(Session& session, const std::vector<std::string>& tips, Progress& progress);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_PUSH_H_
