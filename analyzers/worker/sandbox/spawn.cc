#include "analyzers/worker/sandbox/spawn.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace mergegate::sandbox {
namespace {

constexpr size_t kStackBytes = size_t{64} << 10;

// Everything the child needs between clone and exec, prepared before: it shares the parent's memory and may only make
// system calls.
struct Start {
  const SpawnPlan& plan;
  std::vector<char*> argv;
  std::vector<char*> environment;
  pid_t parent;
  int error;  // written by the child
};

// The hard limit is so much above the soft one.
bool Limit(decltype(RLIMIT_CORE) resource, int64_t value, int64_t grace = 0) {
  if (value < 0) return true;
  const rlimit limit{static_cast<rlim_t>(value), static_cast<rlim_t>(value + grace)};
  return setrlimit(resource, &limit) == 0;
}

// Should memory run out, the kernel is to take an analyzer and not the server beside it. Without /proc it decides
// alone.
void OfferToOutOfMemoryKiller() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t ignored = write(fd, "1000", 4);
  close(fd);
}

int RunStart(void* argument) {
  auto* start = static_cast<Start*>(argument);
  if (BecomeChild(start->plan, start->parent)) execve(start->argv[0], start->argv.data(), start->environment.data());
  start->error = errno;
  _exit(127);
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

bool BecomeChild(const SpawnPlan& plan, pid_t parent) {
  for (int signal = 1; signal < _NSIG; ++signal) {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);  // fails for SIGKILL and the like, which have no handler anyway
  }
  setsid();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  if (getppid() != parent) {  // the parent died before it could be watched
    errno = ESRCH;
    return false;
  }
  OfferToOutOfMemoryKiller();
  if (dup2(plan.input, STDIN_FILENO) < 0 || dup2(plan.output, STDOUT_FILENO) < 0 ||
      dup2(plan.error, STDERR_FILENO) < 0 || syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) != 0) {
    return false;
  }
  // The soft CPU limit tells by SIGXCPU what happened, the hard one a second later ends it for certain.
  if (!Limit(RLIMIT_AS, plan.address_space_bytes) || !Limit(RLIMIT_CPU, plan.cpu_seconds, 1) ||
      !Limit(RLIMIT_CORE, 0) || !Limit(RLIMIT_FSIZE, plan.file_bytes)) {
    return false;
  }
  sigset_t none;
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

SpawnResult Spawn(const SpawnPlan& plan) {
  SpawnResult result;
  if (plan.argv.empty()) return {.error = EINVAL};
  Start start{plan, Pointers(plan.argv), Pointers(plan.environment), getpid(), 0};
  void* stack = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return {.error = errno};
  // No handler of ours may run in the child, where it would write to our memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // CLONE_VFORK: this thread goes on once the child has executed its program or is gone.
  result.pid = clone(RunStart, static_cast<char*>(stack) + kStackBytes, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
                     &start, &result.pid_descriptor);
  result.error = result.pid < 0 ? errno : start.error;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  munmap(stack, kStackBytes);
  if (result.error != 0 && result.pid > 0) {
    while (waitpid(result.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    close(result.pid_descriptor);
    return {.error = result.error};
  }
  return result;
}

}  // namespace mergegate::sandbox
