// Waits for a run's verdict through lost connections and server restarts.
//
//     auto answer = Follow(connection, run_name, {.timeout = 600s, .alive = [&] { return session.ServerAlive(); }},
//     progress);
#ifndef MERGEGATE_CLIENT_CLI_FOLLOW_H_
#define MERGEGATE_CLIENT_CLI_FOLLOW_H_

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/connection.h"
#include "client/cli/progress.h"

namespace mergegate::client {

struct FollowOptions {
  std::chrono::seconds timeout{0};             // 0: as long as it takes
  std::chrono::milliseconds patience{60'000};  // with a server that does not answer
  std::chrono::milliseconds first_pause{200};  // before the first reconnection; doubles up to 5 s
  std::function<absl::Status()> alive;         // asked about five times a second; an error ends the wait
};

// kDeadlineExceeded when the timeout ran out, kCancelled on Ctrl-C, kUnavailable when the server stayed away.
absl::StatusOr<v1::GetVerdictResponse> Follow(Connection& connection, const std::string& run,
                                              const FollowOptions& options, Progress& progress);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FOLLOW_H_
