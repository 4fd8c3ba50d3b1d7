// What a person says to a review: mergegate request, accept, decline, comment, approve, request-changes, close, reopen.
// One table, respond.cc, makes them all.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_RESPOND_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_RESPOND_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Each adds its verb to `program`. `env` outlives it.
void AddApprove(CLI::App& program, Environment& env);
void AddRequestChanges(CLI::App& program, Environment& env);
void AddComment(CLI::App& program, Environment& env);
void AddAccept(CLI::App& program, Environment& env);
void AddDecline(CLI::App& program, Environment& env);
void AddRequest(CLI::App& program, Environment& env);
void AddClose(CLI::App& program, Environment& env);
void AddReopen(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_RESPOND_H_
