#include "client/cli/commands/replay.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct ReplayOptions {
  ConnectionFlags connection;
  std::string run = "last";
};

int Replay(const ReplayOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, options.run, env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->RunName(options.run);
  if (!name.ok()) return Report(name.status(), env);
  const auto response = session->connection().ReplayVerdict(*name);
  if (!response.ok()) return Report(response.status(), env);
  env.out << fmt::format("{}: {} when replayed\n  stored    sha256 {}\n  replayed  sha256 {}\n",
                         response->identical() ? "identical" : "DIFFERENT", Word(response->verdict().state()),
                         EscapeControl(response->stored_digest()), EscapeControl(response->replayed_digest()));
  return response->identical() ? kExitPass : kExitFail;
}

}  // namespace

void AddReplay(CLI::App& program, Environment& env) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* verb = program.add_subcommand("replay", "Evaluate a run's stored facts again: 0 identical, 1 different");
  verb->footer("Examples:\n  mergegate replay\n  mergegate replay --local last");
  verb->add_option("run", options->run, "Full name, id, or last [last]")->type_name("RUN");
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Replay(*options, env); });
}

}  // namespace mergegate::client
