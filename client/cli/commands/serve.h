// mergegate serve: how to start a server; starts it when arguments are given.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_SERVE_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_SERVE_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddServe(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_SERVE_H_
