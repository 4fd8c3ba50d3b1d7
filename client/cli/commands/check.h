// mergegate check: submits a change and waits for its verdict.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_CHECK_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_CHECK_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddCheck(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_CHECK_H_
