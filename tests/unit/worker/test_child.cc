// What the sandbox tests run: a program that does one thing and says what came of it.
//
//   worker_test_child [--lockdown DIR | --lockdown-forks DIR] VERB [ARGUMENT...]
//   worker_test_child --zygote
//
// With --lockdown it first locks itself down with DIR readable, with --lockdown-forks such that it may fork. Verbs that
// try something print "ok" or the errno's name.
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "analyzers/worker/sandbox/lockdown.h"
#include "analyzers/worker/sandbox/zygote.h"

namespace {

using Arguments = std::vector<std::string>;

int Say(long result) {
  std::puts(result >= 0 ? "ok" : strerrorname_np(errno));
  return 0;
}

sockaddr_in LocalAddress() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(1);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Fork(const Arguments&) {
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  return Say(pid);
}

int Exec(const Arguments&) {
  char name[] = "/bin/true";
  char* argv[] = {name, nullptr};
  char* environment[] = {nullptr};
  return Say(execve(name, argv, environment));
}

int ReadParent(const Arguments&) {
  char byte = 0;
  iovec here{&byte, 1}, there{&byte, 1};
  return Say(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}

int IoUring(const Arguments&) {
  io_uring_params parameters{};
  return Say(syscall(SYS_io_uring_setup, 1, &parameters));
}

int Clone3(const Arguments&) { return Say(syscall(SYS_clone3, nullptr, 0)); }

// A process with a foreign flag beside those of a thread.
int CloneNamespace(const Arguments&) {
  return Say(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

int RaiseLimit(const Arguments&) {
  rlimit limit{};
  getrlimit(RLIMIT_CPU, &limit);
  return Say(setrlimit(RLIMIT_CPU, &limit));
}

int Threads(const Arguments&) {
  std::vector<std::thread> threads;
  std::vector<int> squares(8);
  for (int i = 0; i < 8; ++i) threads.emplace_back([&squares, i] { squares[i] = i * i; });
  for (std::thread& thread : threads) thread.join();
  int sum = 0;
  for (const int square : squares) sum += square;
  std::printf("%d\n", sum);
  return 0;
}

int Hang(const Arguments&) {
  std::puts("hanging");
  std::fflush(stdout);
  while (true) pause();
}

int Spin(const Arguments&) {
  while (true) getppid();
}

int MemoryBomb(const Arguments&) {
  std::vector<std::string> hoard;
  while (true) hoard.emplace_back(size_t{1} << 20, 'x');
}

int OutputFlood(const Arguments&) {
  const std::string block(64 << 10, 'o');
  while (std::fwrite(block.data(), 1, block.size(), stdout) == block.size()) {
  }
  return 9;
}

int ErrorFlood(const Arguments& arguments) {
  const std::string line(99, 'e');
  for (int i = std::stoi(arguments.at(0)); i > 0; --i) std::fprintf(stderr, "%s\n", line.c_str());
  std::fputs("the end\n", stderr);
  return 0;
}

int Cat(const Arguments&) {
  char buffer[4096];
  for (ssize_t count; (count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;) {
    if (write(STDOUT_FILENO, buffer, static_cast<size_t>(count)) != count) return 1;
  }
  return 0;
}

// One line per open descriptor above the standard ones.
int Descriptors(const Arguments&) {
  for (int fd = 3; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) std::printf("%d\n", fd);
  }
  return 0;
}

int Environment(const Arguments&) {
  for (char** entry = environ; *entry != nullptr; ++entry) std::puts(*entry);
  return 0;
}

// Leaves a process behind that holds standard output open, and says its number.
int Orphan(const Arguments&) {
  const pid_t pid = fork();
  if (pid == 0) {
    while (true) pause();
  }
  std::printf("%d\n", static_cast<int>(pid));
  return 0;
}

// Three children, each with a part of a sum, as parallel entry points of the analyzer do it: results come by a pipe and
// by shared memory.
int ForkWork(const Arguments&) {
  void* map = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int ends[2];
  if (map == MAP_FAILED || pipe2(ends, O_CLOEXEC) != 0) return Say(-1);
  auto* shared = static_cast<int*>(map);
  for (int i = 1; i <= 3; ++i) {
    const pid_t pid = fork();
    if (pid < 0) return Say(-1);
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      shared[i] = i;
      _exit(write(ends[1], &i, sizeof i) == sizeof i ? 0 : 1);
    }
  }
  int sum = 0;
  for (int i = 1, value = 0; i <= 3; ++i) {
    if (read(ends[0], &value, sizeof value) != sizeof value) return Say(-1);
    int status = 1;
    if (wait(&status) < 0 || status != 0) return Say(-1);
    sum += value;
  }
  std::printf("%d %d\n", sum, shared[1] + shared[2] + shared[3]);
  return 0;
}

// Forks a child that does `arguments` in its stead; ends as the child does.
int InChild(const Arguments& arguments);

// Says the number of a forked child, then hangs as it does.
int ForkHang(const Arguments&) {
  const pid_t pid = fork();
  if (pid > 0) std::printf("%d\n", static_cast<int>(pid));
  std::fflush(stdout);
  while (true) pause();
}

// The same, its number as bytes.
int ForkHangBinary(const Arguments&) {
  const pid_t pid = fork();
  if (pid > 0 && write(STDOUT_FILENO, &pid, sizeof pid) != sizeof pid) return 1;
  while (true) pause();
}

int ForkBomb(const Arguments&) {
  while (fork() > 0) {
  }
  while (true) pause();
}

int SpinInChild(const Arguments&) {
  if (fork() == 0) {
    while (clock() < CLOCKS_PER_SEC / 4) {
    }
    _exit(0);
  }
  return wait(nullptr) > 0 ? 0 : 1;
}

int CannotWriteInput(const Arguments&) { return Say(write(STDIN_FILENO, "x", 1)); }

const std::map<std::string, std::function<int(const Arguments&)>>& Verbs() {
  static const std::map<std::string, std::function<int(const Arguments&)>> verbs = {
      {"exit", [](const Arguments& a) { return std::stoi(a.at(0)); }},
      {"open", [](const Arguments& a) { return Say(open(a.at(0).c_str(), O_RDONLY)); }},
      {"write", [](const Arguments& a) { return Say(open(a.at(0).c_str(), O_WRONLY | O_CREAT, 0600)); }},
      {"truncate", [](const Arguments& a) { return Say(truncate(a.at(0).c_str(), 0)); }},
      {"unlink", [](const Arguments& a) { return Say(unlink(a.at(0).c_str())); }},
      {"mkdir", [](const Arguments& a) { return Say(mkdir(a.at(0).c_str(), 0700)); }},
      {"list", [](const Arguments& a) { return Say(open(a.at(0).c_str(), O_RDONLY | O_DIRECTORY)); }},
      {"socket", [](const Arguments&) { return Say(socket(AF_INET, SOCK_STREAM, 0)); }},
      {"socket-unix", [](const Arguments&) { return Say(socket(AF_UNIX, SOCK_STREAM, 0)); }},
      {"connect",
       [](const Arguments&) {
         const sockaddr_in address = LocalAddress();
         return Say(connect(STDIN_FILENO, reinterpret_cast<const sockaddr*>(&address), sizeof address));
       }},
      {"fork", Fork},
      {"exec", Exec},
      {"execveat",
       [](const Arguments&) { return Say(syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0)); }},
      {"ptrace", [](const Arguments&) { return Say(ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr)); }},
      {"read-parent", ReadParent},
      {"memfd", [](const Arguments&) { return Say(memfd_create("m", 0)); }},
      {"io-uring", IoUring},
      {"bpf", [](const Arguments&) { return Say(syscall(SYS_bpf, 0, nullptr, 0)); }},
      {"keyctl", [](const Arguments&) { return Say(syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }},
      {"unshare", [](const Arguments&) { return Say(unshare(CLONE_NEWUSER)); }},
      {"setns", [](const Arguments&) { return Say(setns(STDIN_FILENO, 0)); }},
      {"mount", [](const Arguments&) { return Say(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, nullptr)); }},
      {"perf", [](const Arguments&) { return Say(syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0)); }},
      {"userfaultfd", [](const Arguments&) { return Say(syscall(SYS_userfaultfd, 0)); }},
      {"clone3", Clone3},
      {"clone-namespace", CloneNamespace},
      {"kill-parent", [](const Arguments&) { return Say(kill(getppid(), 0)); }},
      {"kill-all", [](const Arguments&) { return Say(kill(-1, 0)); }},
      {"kill-self", [](const Arguments&) { return Say(kill(getpid(), 0)); }},
      {"set-limit", RaiseLimit},
      {"abort", [](const Arguments&) -> int { std::abort(); }},
      {"segfault", [](const Arguments&) { return raise(SIGSEGV); }},
      {"threads", Threads},
      {"hang", Hang},
      {"spin", Spin},
      {"memory-bomb", MemoryBomb},
      {"output-flood", OutputFlood},
      {"error-flood", ErrorFlood},
      {"cat", Cat},
      {"close-input", [](const Arguments&) { return close(STDIN_FILENO); }},
      {"write-input", CannotWriteInput},
      {"descriptors", Descriptors},
      {"environment", Environment},
      {"orphan", Orphan},
      {"fork-work", ForkWork},
      {"fork-hang", ForkHang},
      {"fork-hang-binary", ForkHangBinary},
      {"fork-bomb", ForkBomb},
      {"spin-in-child", SpinInChild},
      {"in-child", InChild},
      {"setsid", [](const Arguments&) { return Say(setsid()); }},
      {"setpgid", [](const Arguments&) { return Say(setpgid(0, 0)); }},
      {"vfork", [](const Arguments&) { return Say(syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)); }},
      {"session", [](const Arguments&) { return getsid(0) == getpid() && getpgid(0) == getpid() ? 0 : 1; }},
      {"dumpable", [](const Arguments&) { return Say(open("/proc/self/mem", O_RDONLY)); }},
  };
  return verbs;
}

int InChild(const Arguments& arguments) {
  if (const pid_t pid = fork(); pid != 0) {
    int status = 1;
    return waitpid(pid, &status, 0) == pid ? status : 1;
  }
  const int status = Verbs().at(arguments.at(0))({arguments.begin() + 1, arguments.end()});
  std::fflush(stdout);
  _exit(status);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argv + 1, argv + argc);
  if (arguments == Arguments{"--zygote"}) arguments = mergegate::sandbox::ServeForks(STDIN_FILENO);
  if (arguments.size() > 2 && arguments[0].starts_with("--lockdown")) {
    const auto begin = std::chrono::steady_clock::now();
    const auto report = mergegate::sandbox::Lockdown(
        {.readable = {arguments[1], "/nowhere/at/all"}, .processes = arguments[0] == "--lockdown-forks"});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (arguments[2] == "report") {
      std::printf("%d %d '%s'\n", report.landlock_abi, report.seccomp ? 1 : 0, report.missing.c_str());
      std::fprintf(stderr, "%.3f", took.count());
      return 0;
    }
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  const auto verb = arguments.empty() ? Verbs().end() : Verbs().find(arguments[0]);
  if (verb == Verbs().end()) {
    std::fputs("worker_test_child: no such verb\n", stderr);
    return 64;
  }
  arguments.erase(arguments.begin());
  return verb->second(arguments);
}
