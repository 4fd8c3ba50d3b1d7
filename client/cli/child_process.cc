#include "client/cli/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "client/cli/terminal.h"

extern char** environ;

namespace mergegate::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPoll(20);
constexpr size_t kTailLines = 8;
constexpr size_t kTailBytes = 4096;

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& arguments,
                                                                  const std::string& log_file) {
  const std::string& program = arguments.front();
  if (access(program.c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("{} is not there or not executable; it belongs beside the program mergegate", program));
  }
  int input[2];
  int output[2];
  if (pipe2(input, O_CLOEXEC) != 0) return absl::ResourceExhaustedError(std::strerror(errno));
  if (pipe2(output, O_CLOEXEC) != 0) {
    const int error = errno;
    close(input[0]);
    close(input[1]);
    return absl::ResourceExhaustedError(std::strerror(error));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);

  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  auto child = std::unique_ptr<ChildProcess>(new ChildProcess());
  const int error = posix_spawn(&child->pid_, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(input[0]);
  close(output[1]);
  child->input_ = input[1];
  child->output_ = output[0];
  child->program_ = std::filesystem::path(program).filename().string();
  child->log_file_ = log_file;
  if (error != 0) {
    child->pid_ = -1;
    return absl::FailedPreconditionError(fmt::format("{} cannot be started: {}", program, std::strerror(error)));
  }
  return child;
}

absl::StatusOr<std::string> ChildProcess::ReadLine(milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (true) {
    if (const size_t end = buffered_.find('\n'); end != std::string::npos) {
      std::string line = buffered_.substr(0, end);
      buffered_.erase(0, end + 1);
      return line;
    }
    if (Interrupted()) return absl::CancelledError("interrupted");
    if (steady_clock::now() >= deadline) {
      return absl::UnavailableError(fmt::format("{} said nothing for {} s\n{}", program_,
                                                std::chrono::duration_cast<std::chrono::seconds>(patience).count(),
                                                LogTail()));
    }
    pollfd ready{.fd = output_, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 100) <= 0) continue;
    char bytes[512];
    const ssize_t count = read(output_, bytes, sizeof bytes);
    if (count > 0) {
      buffered_.append(bytes, static_cast<size_t>(count));
    } else if (count == 0) {
      return absl::UnavailableError(fmt::format("{} ended at once\n{}", program_, LogTail()));
    }
  }
}

std::optional<int> ChildProcess::Ended() {
  if (exit_status_ || pid_ < 0) return exit_status_;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return exit_status_;
}

std::string ChildProcess::LogTail() const {
  std::ifstream file(log_file_, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const auto size = static_cast<size_t>(file.tellg());
  std::string text(std::min(size, kTailBytes), '\0');
  file.seekg(static_cast<std::streamoff>(size - text.size()));
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  while (text.ends_with('\n')) text.pop_back();
  size_t begin = text.size();
  for (size_t lines = 0; lines < kTailLines && begin != std::string::npos && begin > 0; ++lines) {
    begin = text.rfind('\n', begin - 1);
  }
  return begin == std::string::npos || begin == 0 ? text : text.substr(begin + 1);
}

void ChildProcess::Stop(milliseconds patience) {
  if (input_ >= 0) close(input_);
  input_ = -1;
  const auto wait = [&](milliseconds time) {
    for (const auto deadline = steady_clock::now() + time; !Ended() && steady_clock::now() < deadline;) {
      std::this_thread::sleep_for(kPoll);
    }
    return Ended().has_value();
  };
  if (pid_ > 0 && !wait(patience)) {
    kill(pid_, SIGTERM);
    if (!wait(std::chrono::seconds(2))) {
      kill(pid_, SIGKILL);
      wait(std::chrono::seconds(2));
    }
  }
}

ChildProcess::~ChildProcess() {
  Stop(std::chrono::seconds(5));
  if (output_ >= 0) close(output_);
}

absl::StatusOr<std::unique_ptr<TemporaryFolder>> TemporaryFolder::Create() {
  std::error_code error;
  std::string path = std::filesystem::temp_directory_path(error).string();
  // A socket's path has at most 107 bytes: a long TMPDIR does not do.
  if (error || path.size() > 60) path = "/tmp";
  path += "/mergegate-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return absl::FailedPreconditionError(fmt::format("no folder {}: {}", path, std::strerror(errno)));
  }
  return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(path));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mergegate::client
