// mergegate risk: how likely past changes were to cause defects, as far as was known then. Needs no server.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_RISK_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_RISK_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddRisk(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_RISK_H_
