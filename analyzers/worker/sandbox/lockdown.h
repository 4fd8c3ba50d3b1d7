// Takes away from the calling process everything that analyzing a commit does not need, for good.
//
//   int main() {
//     LockdownReport report = sandbox::Lockdown({.readable = {"/srv/mirrors/p.git", "/usr/lib/gcc", "/usr/include"}});
//     if (!report.missing.empty()) ...              // the kernel could not do all of it: say so, or refuse to work
//     std::string task = ReadAll(STDIN_FILENO);     // only now touch what strangers wrote
//   }
//
// Afterwards: files can be opened for reading below `readable` only; nothing can be written, created or truncated
// except through the three standard descriptors; no sockets, no new processes unless the policy lets it fork, no exec,
// no ptrace, no signals to others, no core dumps; all descriptors above 2 are closed. Threads can be started. System
// calls that are not on the allow-list fail with EPERM, so a library that probes for one goes on without it.
//
// Landlock does not hide that a file exists: stat() of any path still answers. Who must not tell that either keeps a
// virtual file system in front.
//
// Thread safety: call once, early, while the process has one thread; threads started before would keep what they can
// open (the report says so). Owns nothing.
#ifndef MERGEGATE_ANALYZERS_WORKER_SANDBOX_LOCKDOWN_H_
#define MERGEGATE_ANALYZERS_WORKER_SANDBOX_LOCKDOWN_H_

#include <string>
#include <vector>

namespace mergegate::sandbox {

struct LockdownPolicy {
  // Files, and directories with everything below them, that stay readable. Symbolic links are resolved now; a path
  // that does not exist is skipped.
  std::vector<std::string> readable;
  // Lets it fork and wait for its children, which are as locked down as itself and stay in its session and process
  // group. A child can signal nobody but the locked down process itself; abort() ends it by SIGSEGV.
  bool processes = false;
};

struct LockdownReport {
  // Landlock ABI in force, as the kernel counts it (1 and up); 0 = none.
  int landlock_abi = 0;
  // True when the system call filter is in force.
  bool seccomp = false;
  // What is not protected, in a sentence; empty when complete. A kernel that lacks a newer Landlock right is complete
  // when the system call filter denies the same thing.
  std::string missing;
};

// Irreversible for the process and its future threads. Never fails: what the kernel could not do is in the report.
LockdownReport Lockdown(const LockdownPolicy& policy);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_LOCKDOWN_H_
