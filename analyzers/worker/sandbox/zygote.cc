#include "analyzers/worker/sandbox/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace mergegate::sandbox {
namespace {

constexpr size_t kMaxRequestBytes = size_t{64} << 10;
constexpr int kPatienceMilliseconds = 30'000;
// A zygote that died so often in a row is not started again.
constexpr int kMaxFailures = 6;

// A request is this, the arguments after the program's name, each with a NUL behind it, and three descriptors.
struct Limits {
  int64_t address_space_bytes, cpu_seconds, file_bytes;
};
struct Reply {
  int error;
  pid_t pid;
};

using Descriptors = std::array<int, 3>;

// A message with room for the descriptors that go along.
struct Message {
  explicit Message(void* bytes, size_t size) : part{bytes, size} {
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  iovec part;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(Descriptors))] = {};
  msghdr header{};
};

bool SendRequest(int socket, std::string bytes, const Descriptors& descriptors) {
  Message message(bytes.data(), bytes.size());
  cmsghdr* rights = CMSG_FIRSTHDR(&message.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof descriptors);
  return sendmsg(socket, &message.header, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

struct Request {
  Limits limits;
  std::vector<std::string> arguments;
  Descriptors descriptors;
};

// nullopt at the end of the connection, or when it is not ours.
std::optional<Request> ReceiveRequest(int socket) {
  std::string bytes(kMaxRequestBytes, '\0');
  Message message(bytes.data(), bytes.size());
  ssize_t size = 0;
  do {
    size = recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  const cmsghdr* rights = CMSG_FIRSTHDR(&message.header);
  if (size < static_cast<ssize_t>(sizeof(Limits)) || rights == nullptr || rights->cmsg_type != SCM_RIGHTS ||
      rights->cmsg_len != CMSG_LEN(sizeof(Descriptors))) {
    return std::nullopt;
  }
  Request request;
  std::memcpy(&request.limits, bytes.data(), sizeof(Limits));
  std::memcpy(request.descriptors.data(), CMSG_DATA(rights), sizeof(Descriptors));
  for (auto at = bytes.begin() + sizeof(Limits), end = bytes.begin() + size; at != end;) {
    const auto nul = std::find(at, end, '\0');
    request.arguments.emplace_back(at, nul);
    at = nul == end ? end : nul + 1;
  }
  return request;
}

// Processes that were forked here. They are the worker's children: it kills their groups and reaps them, unless it dies
// before that; then whatever they left behind is ours to kill.
class Forked {
 public:
  void Add(pid_t pid, int descriptor) { alive_.push_back({pid, descriptor}); }
  // Waits for the socket, meanwhile seeing who died.
  void WaitFor(int socket) {
    // Once its leader is reaped, the number of a group may be somebody else's.
    std::erase_if(dead_, [](pid_t pid) { return kill(pid, 0) != 0; });
    while (true) {
      std::vector<pollfd> waits = {{socket, POLLIN, 0}};
      for (const auto& [pid, descriptor] : alive_) waits.push_back({descriptor, POLLIN, 0});
      if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
      for (size_t i = alive_.size(); i-- > 0;) {
        if (waits[i + 1].revents == 0) continue;
        close(alive_[i].second);
        dead_.push_back(alive_[i].first);
        alive_.erase(alive_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (waits[0].revents != 0) return;
    }
  }
  void KillGroups() const {
    for (const auto& [pid, descriptor] : alive_) kill(-pid, SIGKILL);
    for (const pid_t pid : dead_) kill(-pid, SIGKILL);
  }

 private:
  std::vector<std::pair<pid_t, int>> alive_;
  std::vector<pid_t> dead_;
};

int ErrorStream() {
  const int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  return fd >= 0 ? fd : open("/dev/null", O_WRONLY | O_CLOEXEC);
}

}  // namespace

Zygote::Zygote(std::vector<std::string> argv, std::vector<std::string> environment)
    : argv_(std::move(argv)), environment_(std::move(environment)), keeper_([this] { KeepStarting(); }) {}

Zygote::~Zygote() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    Bury();
    changed_.notify_all();
  }
  keeper_.join();
}

pid_t Zygote::pid() {
  std::unique_lock lock(mutex_);
  return Start(lock) ? pid_ : -1;
}

void Zygote::KeepStarting() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || wanted_; });
    if (stopping_) return;
    wanted_ = false;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
      const int error = ErrorStream(), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
      // Forked processes must be able to have more than this thread's caller asked for the first of them.
      const SpawnResult started = Spawn({.argv = argv_,
                                         .environment = environment_,
                                         .input = ends[1],
                                         .output = null,
                                         .error = error,
                                         .address_space_bytes = -1,
                                         .cpu_seconds = -1,
                                         .file_bytes = -1});
      for (const int fd : {ends[1], error, null, started.pid_descriptor}) close(fd);
      if (started.error == 0) {
        pid_ = started.pid;
        socket_ = ends[0];
      } else {
        close(ends[0]);
        ++failures_;
      }
    }
    changed_.notify_all();
  }
}

bool Zygote::Start(std::unique_lock<std::mutex>& lock) {
  if (pid_ >= 0) return true;
  if (failures_ >= kMaxFailures) return false;
  wanted_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !wanted_ || pid_ >= 0; });
  return pid_ >= 0;
}

void Zygote::Bury() {
  if (pid_ < 0) return;
  close(std::exchange(socket_, -1));
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

SpawnResult Zygote::Fork(const SpawnPlan& plan) {
  {
    std::unique_lock lock(mutex_);
    for (int attempt = 0; attempt < 2 && Start(lock); ++attempt) {
      const SpawnResult result = Ask(plan);
      if (result.error == 0) {
        failures_ = 0;
        return result;
      }
      if (result.error == E2BIG) break;
      ++failures_;
      Bury();
    }
  }
  return Spawn(plan);
}

SpawnResult Zygote::Ask(const SpawnPlan& plan) const {
  const Limits limits{plan.address_space_bytes, plan.cpu_seconds, plan.file_bytes};
  std::string bytes(reinterpret_cast<const char*>(&limits), sizeof limits);
  for (size_t i = 1; i < plan.argv.size(); ++i) bytes.append(plan.argv[i]).push_back('\0');
  if (bytes.size() > kMaxRequestBytes) return {.error = E2BIG};
  if (!SendRequest(socket_, std::move(bytes), {plan.input, plan.output, plan.error})) return {.error = EPIPE};
  pollfd wait{socket_, POLLIN, 0};
  if (poll(&wait, 1, kPatienceMilliseconds) != 1) return {.error = ETIMEDOUT};
  Reply reply{};
  if (recv(socket_, &reply, sizeof reply, 0) != sizeof reply) return {.error = EPIPE};
  if (reply.error != 0) return {.error = reply.error};
  // Our child, which only its watcher reaps: the number is its own.
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, reply.pid, 0));
  if (descriptor < 0) {
    const int error = errno;
    kill(reply.pid, SIGKILL);
    waitpid(reply.pid, nullptr, 0);
    return {.error = error};
  }
  return {.error = 0, .pid = reply.pid, .pid_descriptor = descriptor};
}

std::vector<std::string> ServeForks(int socket) {
  // The worker's end shows as the end of the connection, and there is something to be done then.
  prctl(PR_SET_PDEATHSIG, 0);
  const pid_t worker = getppid();
  Forked forked;
  while (true) {
    forked.WaitFor(socket);
    const std::optional<Request> request = ReceiveRequest(socket);
    if (!request) break;
    int descriptor = -1;
    // Not fork(): it knows no CLONE_PARENT. With one thread there is nothing for the C library to mend in the child.
    const auto pid = static_cast<pid_t>(
        syscall(SYS_clone, CLONE_PARENT | CLONE_PIDFD | SIGCHLD, nullptr, &descriptor, nullptr, nullptr));
    if (pid == 0) {
      const std::vector<std::string> no_environment;
      const SpawnPlan plan{.argv = request->arguments,
                           .environment = no_environment,
                           .input = request->descriptors[0],
                           .output = request->descriptors[1],
                           .error = request->descriptors[2],
                           .address_space_bytes = request->limits.address_space_bytes,
                           .cpu_seconds = request->limits.cpu_seconds,
                           .file_bytes = request->limits.file_bytes};
      if (BecomeChild(plan, worker)) return request->arguments;
      _exit(127);
    }
    const Reply reply{pid < 0 ? errno : 0, pid};
    for (const int fd : request->descriptors) close(fd);
    if (pid > 0) forked.Add(pid, descriptor);
    if (send(socket, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply) break;
  }
  forked.KillGroups();
  _exit(0);
}

}  // namespace mergegate::sandbox
