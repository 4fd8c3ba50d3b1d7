// mergegate version: version of the program and of the API that it speaks.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_VERSION_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_VERSION_H_

#include <CLI/CLI.hpp>
#include <string>

#include "client/cli/terminal.h"

namespace mergegate::client {

// "mergegate 0.1.0 (API mergegate.v1)".
std::string VersionText();

// Adds the verb to `program`. `env` outlives it.
void AddVersion(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_VERSION_H_
