// Starts a program from a process that has many threads: no fork handlers run, no memory is copied.
//
//   SpawnResult child = Spawn(plan);    // plan.argv, plan.limits, three descriptors
//   if (child.error != 0) ...           // errno of the step that failed; no child exists
//   poll(child.pid_descriptor) ...      // readable when the child is dead; then waitpid(child.pid)
//
// Thread safety: any number of threads at once. Ownership: the caller closes pid_descriptor and reaps the child.
#ifndef MERGEGATE_ANALYZERS_WORKER_SANDBOX_SPAWN_H_
#define MERGEGATE_ANALYZERS_WORKER_SANDBOX_SPAWN_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mergegate::sandbox {

struct SpawnPlan {
  const std::vector<std::string>& argv;
  const std::vector<std::string>& environment;
  int input, output, error;     // become 0, 1 and 2; each above 2
  int64_t address_space_bytes;  // this and what follows: negative = as the caller has it
  int64_t cpu_seconds;
  int64_t file_bytes;
};

struct SpawnResult {
  int error = 0;  // errno; 0 = started
  pid_t pid = -1;
  int pid_descriptor = -1;
};

SpawnResult Spawn(const SpawnPlan& plan);

// A way to start a plan; the process is a child of the calling process.
using Spawner = std::function<SpawnResult(const SpawnPlan&)>;

// For a process that was just made: takes the plan's descriptors and limits and closes all others, begins a session,
// sets signals to their defaults, and ties its life to that of `parent`'s thread that it descends from. Makes only
// system calls. False with errno when a step failed.
bool BecomeChild(const SpawnPlan& plan, pid_t parent);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_SPAWN_H_
