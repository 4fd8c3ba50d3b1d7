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
#include <string>
#include <vector>

namespace mergegate::sandbox {

struct SpawnPlan {
  const std::vector<std::string>& argv;
  const std::vector<std::string>& environment;
  int input, output, error;  // become 0, 1 and 2; each above 2
  int64_t address_space_bytes;
  int64_t cpu_seconds;
  int64_t file_bytes;
};

struct SpawnResult {
  int error = 0;  // errno; 0 = started
  pid_t pid = -1;
  int pid_descriptor = -1;
};

SpawnResult Spawn(const SpawnPlan& plan);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_SPAWN_H_
