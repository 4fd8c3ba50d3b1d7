// mergegate show: the verdict of an earlier run, in any format.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_SHOW_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_SHOW_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddShow(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_SHOW_H_
