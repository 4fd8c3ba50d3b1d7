// Runs one program to its end under limits, and says how it ended.
//
//   sandbox::StopRequest stop;
//   sandbox::ChildResult result = sandbox::RunChild({.argv = {"/usr/bin/tool", "--once"},
//                                                    .input = "task",
//                                                    .limits = {.wall = std::chrono::seconds(10)}}, &stop);
//   if (result.outcome == sandbox::ChildOutcome::kExited && result.exit_code == 0) Use(result.output);
//
// The child gets a session of its own, the given environment and nothing else, standard descriptors and no others, the
// default signal dispositions, and dies with the thread that runs it. When it ends, what it started ends too.
//
// Thread safety: RunChild may be called from any number of threads at once; no descriptor of one child reaches another.
// Ownership: everything is gone when RunChild returns; StopRequest must outlive the call.
#ifndef MERGEGATE_ANALYZERS_WORKER_SANDBOX_CHILD_H_
#define MERGEGATE_ANALYZERS_WORKER_SANDBOX_CHILD_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/worker/sandbox/spawn.h"

namespace mergegate::sandbox {

// Lets another thread end a child. Requested once, for good; any thread may request.
class StopRequest {
 public:
  StopRequest();
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  void Request();
  bool requested() const;
  // Readable from the request on; -1 when the process was out of descriptors: the child is then stopped only when it
  // next writes or ends.
  int descriptor() const { return event_; }

 private:
  std::atomic<bool> requested_ = false;
  int event_;
};

struct ChildLimits {
  std::chrono::milliseconds wall{600'000};
  int64_t address_space_mib = 4096;        // > 0
  int64_t cpu_seconds = 3600;              // > 0; user plus system over all threads
  int64_t file_bytes = 0;                  // of any one file it writes; a file may still be created
  size_t output_bytes = size_t{60} << 20;  // of standard output; more ends the child
  // Processes alive at once: it and what it started. Counted four times a second, by /proc; 0 = not counted. Memory and
  // CPU limits hold for each of them, the wall clock for all.
  int processes = 0;
};

struct ChildRequest {
  std::vector<std::string> argv;         // argv[0] is a path, not searched for
  std::vector<std::string> environment;  // "NAME=value"
  std::string_view input;                // standard input; the child may leave it unread
  ChildLimits limits;
};

// The first that happened.
enum class ChildOutcome {
  kExited,
  kSignalled,    // by a signal that was not sent here: a crash
  kTimedOut,     // wall clock or CPU limit
  kOutOfMemory,  // it said so, or died close to its limit
  kOutputLimit,
  kTooManyProcesses,
  kStopped,     // by the StopRequest
  kNotStarted,  // see `error`
};

struct ChildResult {
  ChildOutcome outcome = ChildOutcome::kNotStarted;
  int exit_code = 0;       // for kExited; else 0
  int signal = 0;          // for a death by signal; else 0
  std::string output;      // standard output, at most limits.output_bytes
  std::string error_tail;  // the last 64 KiB of standard error
  std::string error;       // for kNotStarted: why
  double wall_seconds = 0;
  double cpu_seconds = 0;  // user plus system, its own and that of the children it waited for
  // Largest resident size. The kernel counts from before the exec: never below what the calling process has resident.
  int64_t peak_memory_kib = 0;
};

// Blocks until the child is gone. `stop` may be null. `spawn` starts it: by Spawn, or out of a Zygote (zygote.h).
ChildResult RunChild(const ChildRequest& request, const StopRequest* stop, const Spawner& spawn = Spawn);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_CHILD_H_
