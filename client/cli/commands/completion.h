// mergegate completion bash|zsh|fish: a completion script made from the tree of verbs.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_COMPLETION_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_COMPLETION_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddCompletion(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_COMPLETION_H_
