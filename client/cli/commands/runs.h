// mergegate runs: the latest runs of a project.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_RUNS_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_RUNS_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddRuns(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_RUNS_H_
