#include "analyzers/worker/sandbox/child.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace mergegate::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kCountEvery{250};
constexpr size_t kErrorTailBytes = size_t{64} << 10;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { Close(); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Spawn wants descriptors above 2, which a caller that closed its own standard ones would not get otherwise.
Descriptor AboveStandard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return Descriptor(fd);
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(fd);
  return Descriptor(moved);
}

struct Pipe {
  Descriptor read, write;
};

std::optional<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  Pipe pipe{AboveStandard(ends[0]), AboveStandard(ends[1])};
  if (!pipe.read.open() || !pipe.write.open()) return std::nullopt;
  fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

// The input as a sealed file in memory: nothing to feed, so a child that does not read cannot stall or signal anyone.
Descriptor MakeInput(std::string_view bytes) {
  Descriptor file = AboveStandard(memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  while (file.open() && !bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Descriptor();
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (!file.open() || lseek(file.get(), 0, SEEK_SET) != 0 ||
      fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    return Descriptor();
  }
  return file;
}

// Hands what is there to `take`; false at the end of the stream.
template <typename Take>
bool Drain(int fd, Take take) {
  std::array<char, 64 << 10> buffer;
  while (true) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count > 0) {
      if (!take(std::string_view(buffer.data(), static_cast<size_t>(count)))) return true;
    } else if (count == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
}

// 0 without /proc.
int ProcessesInGroup(pid_t group) {
  DIR* processes = opendir("/proc");
  if (processes == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(processes)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    // getpgid is a system call without a file; zombies have a group, too.
    if (getpgid(static_cast<pid_t>(atoi(entry->d_name))) == group) ++count;
  }
  closedir(processes);
  return count;
}

// Follows a started child to its end.
class Watch {
 public:
  Watch(const ChildLimits& limits, pid_t pid, Descriptor pid_descriptor, Descriptor output, Descriptor error)
      : limits_(limits),
        pid_(pid),
        pid_descriptor_(std::move(pid_descriptor)),
        output_(std::move(output)),
        error_(std::move(error)) {}

  ChildResult Run(const StopRequest* stop, Clock::time_point deadline) {
    while (!PollOnce(stop, deadline)) {
    }
    // Not reaped yet, so the group's number is still its own: whatever else is in it goes too, and with it the last
    // writers of the pipes.
    kill(-pid_, SIGKILL);
    ReadAll();
    Reap();
    return std::move(result_);
  }

 private:
  // True when the child is dead.
  bool PollOnce(const StopRequest* stop, Clock::time_point deadline) {
    std::array<pollfd, 4> waits = {{{pid_descriptor_.get(), POLLIN, 0},
                                    {output_.get(), POLLIN, 0},
                                    {error_.get(), POLLIN, 0},
                                    {stop != nullptr && !end_ ? stop->descriptor() : -1, POLLIN, 0}}};
    int timeout = -1;
    if (!end_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
      timeout = static_cast<int>(std::clamp<int64_t>(left, 0, limits_.processes > 0 ? kCountEvery.count() : 1 << 30));
    }
    if (poll(waits.data(), waits.size(), timeout) < 0 && errno != EINTR) End(ChildOutcome::kStopped);
    if (waits[0].revents != 0) return true;
    if (stop != nullptr && stop->requested()) End(ChildOutcome::kStopped);
    const Clock::time_point now = Clock::now();
    if (now >= deadline) End(ChildOutcome::kTimedOut);
    if (limits_.processes > 0 && !end_ && now - counted_ >= kCountEvery) {
      counted_ = now;
      if (ProcessesInGroup(pid_) > limits_.processes) End(ChildOutcome::kTooManyProcesses);
    }
    ReadAll();
    return false;
  }

  void ReadAll() {
    const auto keep_output = [this](std::string_view bytes) {
      const size_t room = limits_.output_bytes - result_.output.size();
      result_.output.append(bytes.substr(0, room));
      if (bytes.size() > room) End(ChildOutcome::kOutputLimit);
      return bytes.size() <= room;
    };
    const auto keep_tail = [this](std::string_view bytes) {
      result_.error_tail.append(bytes);
      if (result_.error_tail.size() > 2 * kErrorTailBytes) CutErrorTail();
      return ++error_reads_ % 64 != 0;  // a flood of messages must not keep the deadline from being looked at
    };
    if (output_.open() && !Drain(output_.get(), keep_output)) output_.Close();
    if (error_.open() && !Drain(error_.get(), keep_tail)) error_.Close();
  }

  void CutErrorTail() {
    if (result_.error_tail.size() > kErrorTailBytes) {
      result_.error_tail.erase(0, result_.error_tail.size() - kErrorTailBytes);
    }
  }

  // The first reason stays.
  void End(ChildOutcome outcome) {
    if (end_) return;
    end_ = outcome;
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);  // one that was just forked by a zygote leads no group yet
    output_.Close();
  }

  void Reap() {
    int status = 0;
    rusage usage{};
    while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    CutErrorTail();
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    result_.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    result_.peak_memory_kib = usage.ru_maxrss;
    if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    if (end_) {
      result_.outcome = *end_;
    } else if (result_.signal == SIGXCPU) {
      result_.outcome = ChildOutcome::kTimedOut;
    } else if ((result_.signal != 0 || result_.exit_code != 0) && LooksOutOfMemory()) {
      result_.outcome = ChildOutcome::kOutOfMemory;
    } else {
      result_.outcome = result_.signal != 0 ? ChildOutcome::kSignalled : ChildOutcome::kExited;
    }
  }

  // A refused allocation is an ordinary crash to the kernel; these are the words of the C++ library, of LLVM, of
  // strerror and of the loader for it, and a death with nine tenths of the limit resident is one whatever it said.
  bool LooksOutOfMemory() const {
    for (const char* words : {"bad_alloc", "out of memory", "Cannot allocate memory", "failed to map segment"}) {
      if (result_.error_tail.find(words) != std::string::npos) return true;
    }
    return result_.peak_memory_kib >= limits_.address_space_mib * 1024 * 9 / 10;
  }

  const ChildLimits& limits_;
  const pid_t pid_;
  const Descriptor pid_descriptor_;
  Descriptor output_, error_;
  std::optional<ChildOutcome> end_;
  Clock::time_point counted_ = Clock::now();
  unsigned error_reads_ = 0;
  ChildResult result_;
};

ChildResult NotStarted(const std::string& what, int error) {
  ChildResult result;
  result.error = what + ": " + strerror(error);
  return result;
}

}  // namespace

StopRequest::StopRequest() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopRequest::~StopRequest() {
  if (event_ >= 0) close(event_);
}

void StopRequest::Request() {
  requested_.store(true);
  if (event_ >= 0) eventfd_write(event_, 1);
}

bool StopRequest::requested() const { return requested_.load(); }

ChildResult RunChild(const ChildRequest& request, const StopRequest* stop, const Spawner& spawn) {
  const Clock::time_point begin = Clock::now();
  if (stop != nullptr && stop->requested()) {
    ChildResult result;
    result.outcome = ChildOutcome::kStopped;
    return result;
  }
  const Descriptor input = MakeInput(request.input);
  std::optional<Pipe> output = MakePipe();
  std::optional<Pipe> error = MakePipe();
  if (!input.open() || !output || !error) return NotStarted("no descriptors or memory for a child's pipes", errno);
  const SpawnResult spawned = spawn({.argv = request.argv,
                                     .environment = request.environment,
                                     .input = input.get(),
                                     .output = output->write.get(),
                                     .error = error->write.get(),
                                     .address_space_bytes = request.limits.address_space_mib << 20,
                                     .cpu_seconds = request.limits.cpu_seconds,
                                     .file_bytes = request.limits.file_bytes});
  if (spawned.error != 0) {
    return NotStarted("cannot start " + (request.argv.empty() ? "a program without a name" : request.argv[0]),
                      spawned.error);
  }
  output->write.Close();
  error->write.Close();
  Watch watch(request.limits, spawned.pid, Descriptor(spawned.pid_descriptor), std::move(output->read),
              std::move(error->read));
  ChildResult result = watch.Run(stop, begin + request.limits.wall);
  result.wall_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return result;
}

}  // namespace mergegate::sandbox
