#include "client/cli/terminal.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace mergegate::client {
namespace {

volatile sig_atomic_t interrupted = 0;

void OnInterrupt(int) { interrupted = 1; }

bool IsSet(const std::optional<std::string>& value) { return value.has_value() && !value->empty(); }

}  // namespace

Environment ProcessEnvironment() {
  Terminal terminal{.out_is_tty = isatty(STDOUT_FILENO) == 1, .err_is_tty = isatty(STDERR_FILENO) == 1};
  winsize size{};
  const int fd = terminal.out_is_tty ? STDOUT_FILENO : STDERR_FILENO;
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    terminal.columns = std::clamp<int>(size.ws_col, 40, 120);
    terminal.rows = size.ws_row;
  }
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return {.out = std::cout,
          .err = std::cerr,
          .variable = [](const std::string& name) -> std::optional<std::string> {
            const char* value = std::getenv(name.c_str());
            if (value == nullptr) return std::nullopt;
            return value;
          },
          .terminal = terminal,
          .program_dir = self.parent_path().string()};
}

bool UseColor(ColorMode mode, bool is_tty, const VariableLookup& variable) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  if (IsSet(variable("NO_COLOR"))) return false;
  if (const auto force = variable("CLICOLOR_FORCE"); IsSet(force) && *force != "0") return true;
  return is_tty && variable("TERM").value_or("dumb") != "dumb";
}

bool CanRedraw(const Terminal& terminal, const VariableLookup& variable) {
  return terminal.err_is_tty && !IsSet(variable("CI")) && variable("TERM").value_or("dumb") != "dumb";
}

void CatchInterrupts() {
  struct sigaction action{};
  action.sa_handler = OnInterrupt;
  action.sa_flags = SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that goes away (`mergegate findings last | head`) is a failed write, not a death.
  signal(SIGPIPE, SIG_IGN);
}

bool Interrupted() { return interrupted != 0; }

}  // namespace mergegate::client
