#include "client/cli/commands/version.h"

namespace mergegate::client {

std::string VersionText() { return "mergegate " MERGEGATE_VERSION " (API mergegate.v1)"; }

void AddVersion(CLI::App& program, Environment& env) {
  program.add_subcommand("version", "Print the version of this program and of the API")->callback([&env] {
    env.out << VersionText() << '\n';
  });
}

}  // namespace mergegate::client
