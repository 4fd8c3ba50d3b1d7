// mergegate inbox: what waits for the user, then what waits for others.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_INBOX_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_INBOX_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddInbox(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_INBOX_H_
