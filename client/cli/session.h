// One verb's dealings with a server: settings resolved, the repository opened when needed, the connection made, and
// for --local an embedded server started.
//
//     auto session = Session::Open(flags, Session::Needs::kServer, env);
//     auto verdict = session->connection().GetVerdict(*session->RunName("last"));
//
// Owns the connection and the embedded server, which stops when the session goes. Not thread-safe.
#ifndef MERGEGATE_CLIENT_CLI_SESSION_H_
#define MERGEGATE_CLIENT_CLI_SESSION_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/child_process.h"
#include "client/cli/connection.h"
#include "client/git/local_repository.h"

namespace mergegate::client {

// Adds --server, --project, --local, --repo, --token-file, --tls-ca, --tls-cert, --tls-key and --color to a verb.
void AddConnectionFlags(CLI::App& verb, ConnectionFlags& flags);

// Adds --as: verbs that speak for somebody.
void AddCallerFlag(CLI::App& verb, ConnectionFlags& flags);

class Session {
 public:
  enum class Needs {
    kServer,      // a repository only for --local, for "last" and for the project's default
    kRepository,  // must be inside a repository
  };
  // `run` is what the user wrote for RUN, empty for verbs without: "last" of a --local run implies --local.
  static absl::StatusOr<Session> Open(const ConnectionFlags& flags, Needs needs, const std::string& run,
                                      Environment& env);

  Connection& connection() { return *connection_; }
  // Only after Open with kRepository.
  const LocalRepository& repository() const { return *repository_; }
  const Settings& settings() const { return settings_; }
  const Endpoint& endpoint() const { return endpoint_; }
  bool local() const { return local_; }
  // "projects/{project}": from settings, else from the remote's URL, else from the folder's name.
  std::string ProjectName() const { return "projects/" + project_; }
  const std::string& project() const { return project_; }

  // Full name of what the user wrote: a full name, a run id, or "last". kInvalidArgument otherwise.
  absl::StatusOr<std::string> RunName(const std::string& run) const;
  // "projects/{project}/reviews/{change}" of what the user wrote: a change's key or the full name. kInvalidArgument.
  absl::StatusOr<std::string> ReviewName(const std::string& change) const;
  // Who the user is: what they say, else who their token is, else git's user.email. kInvalidArgument, with how to say
  // it, when nothing tells.
  absl::StatusOr<std::string> Caller();
  // Makes `name` the repository's "last". Failing to is not worth a message.
  void Remember(const std::string& name) const;

  // OK while the embedded server, if there is one, is alive.
  absl::Status ServerAlive();

 private:
  absl::Status StartEmbedded(Environment& env);

  Settings settings_;
  Endpoint endpoint_;
  std::string project_;
  std::string last_file_;  // empty when there is no place for it
  bool local_ = false;
  std::optional<LocalRepository> repository_;
  std::unique_ptr<TemporaryFolder> folder_;
  std::unique_ptr<ChildProcess> server_;
  std::optional<Connection> connection_;
};

// Prints "error: ..." and hints, escaped, and returns the exit code.
int Report(const absl::Status& status, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_SESSION_H_
