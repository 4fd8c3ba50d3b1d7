// What the program talks to: streams, environment variables, the terminal's size and manners.
//
//     Environment env = ProcessEnvironment(argv[0]);
//     if (UseColor(ColorMode::kAuto, env.terminal.out_is_tty, env.variable)) ...
//
// An Environment borrows its streams; they outlive it. Not thread-safe: one thread runs a verb.
#ifndef MERGEGATE_CLIENT_CLI_TERMINAL_H_
#define MERGEGATE_CLIENT_CLI_TERMINAL_H_

#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace mergegate::client {

// Value of an environment variable; nullopt when unset.
using VariableLookup = std::function<std::optional<std::string>(const std::string& name)>;

struct Terminal {
  bool out_is_tty = false;
  bool err_is_tty = false;
  int columns = 80;  // of the terminal, 40 to 120; 80 when there is none
  int rows = 24;
};

enum class ColorMode { kAuto, kAlways, kNever };

struct Environment {
  std::ostream& out;  // data
  std::ostream& err;  // messages and progress
  VariableLookup variable;
  Terminal terminal;
  std::string program_dir;  // folder of this program: its siblings mergegated and mergegate-worker are started from it
  int exit_code = 0;        // set by the verb that ran
};

// The real thing: std::cout, std::cerr, getenv, the controlling terminal.
Environment ProcessEnvironment();

// --color wins, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb, then whether the stream is a terminal.
bool UseColor(ColorMode mode, bool is_tty, const VariableLookup& variable);

// True when progress may be redrawn in place: stderr is a capable terminal and this is not CI.
bool CanRedraw(const Terminal& terminal, const VariableLookup& variable);

// From the first SIGINT or SIGTERM on, Interrupted() is true; a second one ends the process at once.
void CatchInterrupts();
bool Interrupted();

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_TERMINAL_H_
