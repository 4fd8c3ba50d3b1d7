// The system call part of Lockdown (lockdown.h): an allow-list; everything else fails with EPERM.
//
//   std::string why = sandbox::InstallSyscallFilter(/*processes=*/false);
//   if (!why.empty()) ...                             // not in force
//
// Thread safety: call once; covers all threads of the process. Owns nothing.
#ifndef MERGEGATE_ANALYZERS_WORKER_SANDBOX_SYSCALL_FILTER_H_
#define MERGEGATE_ANALYZERS_WORKER_SANDBOX_SYSCALL_FILTER_H_

#include <string>

namespace mergegate::sandbox {

// Empty when the filter is in force, else why it is not. Needs no_new_privs. With `processes` the process may fork and
// wait, and pipes can be made.
std::string InstallSyscallFilter(bool processes);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_SYSCALL_FILTER_H_
