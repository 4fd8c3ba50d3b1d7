// mergegate diff: the lines of a change under review, with the findings in place.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_DIFF_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_DIFF_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddDiff(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_DIFF_H_
