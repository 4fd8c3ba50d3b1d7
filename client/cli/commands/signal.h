// mergegate signal: tells the server what happened elsewhere, and lists what it was told.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_SIGNAL_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_SIGNAL_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddSignal(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_SIGNAL_H_
