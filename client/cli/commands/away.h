// mergegate away: the user's leave and working hours.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_AWAY_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_AWAY_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddAway(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_AWAY_H_
