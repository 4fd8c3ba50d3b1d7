// mergegate findings: the findings of an earlier run, by state.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_FINDINGS_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_FINDINGS_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddFindings(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_FINDINGS_H_
