// The worker of `check --here`: this machine analyzes its own change, the server decides.
//
//     auto worker = OwnWorker::Start(session, run_name, env);
//     Follow(..., {.alive = [&] { return (*worker)->Alive(); }}, progress);
//
// Owns the child process, which stops when this goes. Not thread-safe.
#ifndef MERGEGATE_CLIENT_CLI_OWN_WORKER_H_
#define MERGEGATE_CLIENT_CLI_OWN_WORKER_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/session.h"

namespace mergegate::client {

class OwnWorker {
 public:
  static absl::StatusOr<std::unique_ptr<OwnWorker>> Start(const Session& session, const std::string& run,
                                                          const Environment& env);

  // OK while it works. A worker that left because there was nothing to do yet is started again, once a second at most;
  // one that failed is an error with the end of its log.
  absl::Status Alive();

 private:
  absl::Status Launch();

  std::unique_ptr<TemporaryFolder> folder_;  // log and token
  std::vector<std::string> arguments_;
  std::unique_ptr<ChildProcess> process_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_OWN_WORKER_H_
