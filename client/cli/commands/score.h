// mergegate score: M and what it is made of, explained, over time, under other circumstances; and its weights.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_SCORE_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_SCORE_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddScore(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_SCORE_H_
