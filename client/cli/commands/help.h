// mergegate help [VERB|exit-codes]: help pages.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_HELP_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_HELP_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddHelp(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_HELP_H_
