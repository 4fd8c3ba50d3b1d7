#include "analyzers/worker/sandbox/syscall_filter.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <memory>

namespace mergegate::sandbox {
namespace {

// Harmless whatever their arguments are: they act on the process itself, on descriptors it has, or read through
// Landlock. stat and readlink may tell that a path exists.
constexpr int kAllowed[] = {
    // Descriptors
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(lseek),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(fadvise64),
    // Reading the file system
    SCMP_SYS(stat),
    SCMP_SYS(fstat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(chdir),
    SCMP_SYS(fchdir),
    // Memory
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(membarrier),
    // Threads
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    // Own signals
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    // Time and identity
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(umask),
};

// Callers (the C library) fall back to an older call when these do not exist; EPERM would be taken for an answer.
// clone3 and openat2 keep their arguments in memory, where a filter cannot see them.
constexpr int kAbsent[] = {SCMP_SYS(clone3), SCMP_SYS(openat2)};

// Adds rules to one filter and remembers the first error.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

  void Allow(int syscall) { Add(SCMP_ACT_ALLOW, syscall, {}); }
  void AllowWhen(int syscall, std::initializer_list<scmp_arg_cmp> conditions) {
    Add(SCMP_ACT_ALLOW, syscall, conditions);
  }
  void PretendAbsent(int syscall) { Add(SCMP_ACT_ERRNO(ENOSYS), syscall, {}); }
  // 0, or the negative errno of the first rule that was refused.
  int error() const { return error_; }

 private:
  void Add(uint32_t action, int syscall, std::initializer_list<scmp_arg_cmp> conditions) {
    const int result = seccomp_rule_add_array(filter_, action, syscall, static_cast<unsigned>(conditions.size()),
                                              conditions.size() == 0 ? nullptr : conditions.begin());
    if (result != 0 && error_ == 0) error_ = result;
  }

  scmp_filter_ctx filter_;
  int error_ = 0;
};

scmp_arg_cmp Argument(unsigned index, scmp_compare compare, uint64_t a, uint64_t b = 0) {
  return {.arg = index, .op = compare, .datum_a = a, .datum_b = b};
}
// For arguments that the kernel reads as 32 bits: what the caller leaves above them must not matter.
scmp_arg_cmp Argument32(unsigned index, uint32_t value) {
  return Argument(index, SCMP_CMP_MASKED_EQ, 0xffffffffU, value);
}

void AddConditionalRules(Rules& rules) {
  // Reading only, even where Landlock is absent. O_TMPFILE and O_CREAT need write access or create.
  constexpr uint64_t kWrites = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
  rules.AllowWhen(SCMP_SYS(open), {Argument(1, SCMP_CMP_MASKED_EQ, kWrites, O_RDONLY)});
  rules.AllowWhen(SCMP_SYS(openat), {Argument(2, SCMP_CMP_MASKED_EQ, kWrites, O_RDONLY)});

  // Threads; neither processes nor namespaces.
  constexpr uint64_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  constexpr uint64_t kNamespaces =
      CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  rules.AllowWhen(SCMP_SYS(clone), {Argument(0, SCMP_CMP_MASKED_EQ, kThread | kNamespaces, kThread)});

  // abort() and crash handlers signal their own process; nobody else can be reached.
  const auto self = static_cast<uint32_t>(getpid());
  rules.AllowWhen(SCMP_SYS(kill), {Argument32(0, self)});
  rules.AllowWhen(SCMP_SYS(tgkill), {Argument32(0, self)});

  // Limits can be read, never moved: root could raise them again.
  rules.AllowWhen(SCMP_SYS(prlimit64), {Argument(2, SCMP_CMP_EQ, 0)});
  for (const int command : {F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC}) {
    rules.AllowWhen(SCMP_SYS(fcntl), {Argument32(1, static_cast<uint32_t>(command))});
  }
  for (const int option : {PR_SET_NAME, PR_GET_NAME}) {
    rules.AllowWhen(SCMP_SYS(prctl), {Argument32(0, static_cast<uint32_t>(option))});
  }
}

// Children by fork(): the same program, under the same filter, in the same session and group, which they cannot leave.
void AddRulesForProcesses(Rules& rules) {
  // What the C library's fork() asks for beside the signal at the end.
  constexpr uint32_t kBookkeeping = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID;
  rules.AllowWhen(SCMP_SYS(clone), {Argument(0, SCMP_CMP_MASKED_EQ, 0xffffffffU & ~kBookkeeping, SIGCHLD)});
  rules.Allow(SCMP_SYS(fork));
  rules.Allow(SCMP_SYS(wait4));
  rules.Allow(SCMP_SYS(waitid));
  rules.Allow(SCMP_SYS(pipe));
  rules.Allow(SCMP_SYS(pipe2));
  // A child may tie its life to its parent's.
  rules.AllowWhen(SCMP_SYS(prctl), {Argument32(0, PR_SET_PDEATHSIG), Argument(1, SCMP_CMP_EQ, SIGKILL)});
}

std::string Because(int negative_errno) { return std::string("seccomp: ") + strerror(-negative_errno); }

}  // namespace

std::string InstallSyscallFilter(bool processes) {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
  if (filter == nullptr) return "seccomp: no filter could be made";
  // Calls through another ABI (32-bit, x32) have other numbers: nobody here makes them by accident.
  seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  Rules rules(filter.get());
  for (const int syscall : kAllowed) rules.Allow(syscall);
  for (const int syscall : kAbsent) rules.PretendAbsent(syscall);
  AddConditionalRules(rules);
  if (processes) AddRulesForProcesses(rules);
  if (rules.error() != 0) return Because(rules.error());
  const int loaded = seccomp_load(filter.get());
  return loaded == 0 ? "" : Because(loaded);
}

}  // namespace mergegate::sandbox
