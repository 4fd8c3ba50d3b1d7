// mergegate who: who knows some paths, who owns them, and who would be asked.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_WHO_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_WHO_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddWho(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_WHO_H_
