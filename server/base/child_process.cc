#include "server/base/child_process.h"

#include <signal.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <utility>

namespace mergegate {
namespace {

constexpr std::chrono::milliseconds kGlance(50);
constexpr std::chrono::seconds kRestart(1);
constexpr std::chrono::seconds kGrace(2);

// Process id, or -1 with the reason logged.
pid_t Spawn(const std::vector<std::string>& argv) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  // The child must not inherit this server's blocked signals.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, pointers[0], nullptr, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (error == 0) return pid;
  spdlog::error("cannot start {}: {}", argv[0], std::strerror(error));
  return -1;
}

}  // namespace

SupervisedProcess::SupervisedProcess(std::vector<std::string> argv)
    : argv_(std::move(argv)), thread_([this] { Supervise(); }) {}

SupervisedProcess::~SupervisedProcess() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void SupervisedProcess::Supervise() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const pid_t pid = Spawn(argv_);
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
      if (!stop_.wait_for(lock, kGlance, [this] { return stopping_; })) continue;
      kill(pid, SIGTERM);
      const auto killing = std::chrono::steady_clock::now() + kGrace;
      while (waitpid(pid, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > killing) kill(pid, SIGKILL);
        std::this_thread::sleep_for(kGlance);
      }
      return;
    }
    if (pid > 0) spdlog::warn("{} ended (status {}); starting it again", argv_[0], status);
    stop_.wait_for(lock, kRestart, [this] { return stopping_; });
  }
}

}  // namespace mergegate
