// mergegate policy validate|show: checks a policy file; prints the policy in force.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_POLICY_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_POLICY_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds the verb to `program`. `env` outlives it.
void AddPolicy(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_POLICY_H_
