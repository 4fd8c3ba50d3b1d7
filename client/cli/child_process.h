// A sibling program that lives as long as a verb: the embedded server of --local, the worker of --here.
//
//     auto server = ChildProcess::Start({dir + "/mergegated", "--embedded", ...}, log_file);
//     auto line = server->ReadLine(std::chrono::seconds(20));
//
// The child's standard input is a pipe that we hold: it closes when we end, however we end, and the child then stops.
// It runs in a process group of its own, so that Ctrl-C reaches us alone and the child is stopped in order.
// Destruction stops the child (close, wait, SIGTERM, SIGKILL). Not thread-safe.
#ifndef MERGEGATE_CLIENT_CLI_CHILD_PROCESS_H_
#define MERGEGATE_CLIENT_CLI_CHILD_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace mergegate::client {

class ChildProcess {
 public:
  // `arguments[0]` is the program's path. Standard error goes to `log_file`, which is overwritten.
  // kFailedPrecondition when the program cannot be started.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& arguments,
                                                             const std::string& log_file);

  // The next line of its standard output, without the line break. Fails when the child ends or the time is up.
  absl::StatusOr<std::string> ReadLine(std::chrono::milliseconds patience);

  // Exit status (128 + signal when killed) once it has ended.
  std::optional<int> Ended();

  // The last lines of its log, for messages; untrusted text.
  std::string LogTail() const;

  // Closes its input and waits at most `patience` before SIGTERM, then two seconds before SIGKILL.
  void Stop(std::chrono::milliseconds patience);

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

 private:
  ChildProcess() = default;

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string program_;
  std::string log_file_;
  std::string buffered_;
  std::optional<int> exit_status_;
};

// A fresh folder that only we can enter, removed with all that is in it.
class TemporaryFolder {
 public:
  static absl::StatusOr<std::unique_ptr<TemporaryFolder>> Create();
  const std::string& path() const { return path_; }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_CHILD_PROCESS_H_
