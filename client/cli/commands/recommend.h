// mergegate recommend: who should review, for many past changes at once. Needs no server.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_RECOMMEND_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_RECOMMEND_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddRecommend(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_RECOMMEND_H_
