#include "analyzers/forks.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace mergegate::analyzers {
namespace {

void WriteAll(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    done += static_cast<size_t>(written);
  }
}

// Its exit status; false unless that is 0.
bool Reap(int pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Forks::~Forks() {
  for (const Copy& copy : copies_) {
    kill(copy.pid, SIGKILL);
    close(copy.pipe);
    Reap(copy.pid);
  }
}

bool Forks::Start(size_t id, const std::function<std::string()>& work) {
  int ends[2];
  if (copies_.size() >= most_ || pipe2(ends, O_CLOEXEC) != 0) return false;
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    WriteAll(ends[1], work());
    _exit(0);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return false;
  }
  copies_.push_back({id, pid, ends[0], {}});
  return true;
}

Forks::Done Forks::Wait() {
  std::array<char, 1 << 16> buffer;
  while (true) {
    std::vector<pollfd> waits;
    for (const Copy& copy : copies_) waits.push_back({copy.pipe, POLLIN, 0});
    if (poll(waits.data(), waits.size(), -1) < 0) continue;
    for (size_t i = 0; i < copies_.size(); ++i) {
      if (waits[i].revents == 0) continue;
      const ssize_t count = read(copies_[i].pipe, buffer.data(), buffer.size());
      if (count > 0) copies_[i].bytes.append(buffer.data(), static_cast<size_t>(count));
      if (count > 0 || (count < 0 && errno == EINTR)) continue;
      Copy copy = std::move(copies_[i]);
      copies_.erase(copies_.begin() + static_cast<std::ptrdiff_t>(i));
      close(copy.pipe);
      if (!Reap(copy.pid)) return {copy.id, std::nullopt};
      return {copy.id, std::move(copy.bytes)};
    }
  }
}

}  // namespace mergegate::analyzers
