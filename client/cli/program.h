// The whole command line as a function: tests call it with streams of their own.
//
//     int code = RunProgram({"check", "--local", "--format", "json"}, env);
#ifndef MERGEGATE_CLIENT_CLI_PROGRAM_H_
#define MERGEGATE_CLIENT_CLI_PROGRAM_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Adds one verb to the program; its callback sets env.exit_code.
using AddVerb = void (*)(CLI::App& program, Environment& env);

struct Verb {
  std::string_view name;
  AddVerb add;
};

// The verb of that name below `parent`; null when there is none.
const CLI::App* FindVerb(const CLI::App& parent, const std::string& name);

// The command line's tree, as completions see it; of one verb alone where it is named: all of them take 2 ms.
// `env` outlives it.
std::unique_ptr<CLI::App> MakeProgram(Environment& env, std::string_view only = "");

// `arguments` without the program's name. Returns the exit code (exit_code.h).
int RunProgram(const std::vector<std::string>& arguments, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_PROGRAM_H_
