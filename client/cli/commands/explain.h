// mergegate explain: why a verdict is what it is, with the whole ledger.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_EXPLAIN_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_EXPLAIN_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddExplain(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_EXPLAIN_H_
