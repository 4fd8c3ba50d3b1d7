// mergegate replay: evaluates the stored facts of a run again and compares the bytes.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_REPLAY_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_REPLAY_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddReplay(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_REPLAY_H_
