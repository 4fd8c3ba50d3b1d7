// mergegate load: open reviews by person.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_LOAD_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_LOAD_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddLoad(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_LOAD_H_
