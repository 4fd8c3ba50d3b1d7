// Who is who and who may what: mergegate person, team, me, admin, override.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_PEOPLE_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_PEOPLE_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Each adds its verb to `program`. `env` outlives it. person.cc:
void AddPerson(CLI::App& program, Environment& env);
void AddTeam(CLI::App& program, Environment& env);
void AddMe(CLI::App& program, Environment& env);
// admin.cc:
void AddAdmin(CLI::App& program, Environment& env);
void AddOverride(CLI::App& program, Environment& env);
// admin_host.cc, below admin:
void AddAdminHost(CLI::App& admin, Environment& env);
// admin_outbox.cc, under the verb of admin.cc:
void AddAdminOutbox(CLI::App& admin, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_PEOPLE_H_
