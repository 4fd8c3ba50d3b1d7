// Takes tasks from a server, keeps their leases alive while they are worked on, and brings the results back.
//
//   LeaseLoop loop({.server = "unix:/run/mergegate/worker", .worker = "host:4711", .build = build, .slots = 4},
//                  [&](const v1::AnalysisTask& task, const sandbox::StopRequest& stop) { return runner.Run(task, stop);
//                  });
//   absl::Status ended = loop.Run();       // until Stop(), from any thread
//
// A server that is gone is called again for ever, ever more slowly up to five seconds. A task whose lease is lost is
// stopped at once and its result dropped: somebody else has it.
//
// Thread safety: Run once, on one thread; Stop from any thread at any time. Ownership: owns its connection and threads;
// all are gone when Run returns.
#ifndef MERGEGATE_ANALYZERS_WORKER_LEASE_LOOP_H_
#define MERGEGATE_ANALYZERS_WORKER_LEASE_LOOP_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "analyzers/worker/sandbox/child.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::worker {

struct LeaseOptions {
  // "unix:/path", "host:port", "https://host:port", "tls:host:port"; a plain "host:port" of another machine means TLS.
  std::string server;
  std::string authorities;  // TLS, in PEM: whom to trust; empty = the system's
  std::string certificate;  // TLS, in PEM: one's own and its key, for servers that want one
  std::string key;
  std::string token;   // sent as a bearer token; empty = none
  std::string worker;  // name, unique per process
  std::string run;     // resource name of the only run wanted; empty = any
  // Names build of the analyzers and toolchain; asked before each lease.
  std::function<std::string()> build = [] { return std::string(); };
  int slots = 1;                  // tasks at once, 1 to 64
  bool exit_when_idle = false;    // end when the server had nothing for a whole wait and nothing is being worked on
  std::chrono::seconds wait{20};  // longest wait for a task, 1 to 30 s
};

// Works on one task; nullopt when stopped. Called on several threads at once.
using RunTask = std::function<std::optional<v1::TaskResult>(const v1::AnalysisTask&, const sandbox::StopRequest&)>;

class LeaseLoop {
 public:
  LeaseLoop(LeaseOptions options, RunTask run_task);
  ~LeaseLoop();
  LeaseLoop(const LeaseLoop&) = delete;
  LeaseLoop& operator=(const LeaseLoop&) = delete;

  // Blocks until Stop or, when asked for, until idle: both OK. With exit_when_idle, kUnauthenticated or
  // kPermissionDenied when the server refuses the token; otherwise that is logged and tried again, for tokens change.
  absl::Status Run();

  // Ends what is being worked on, hands in nothing more.
  void Stop();

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_LEASE_LOOP_H_
