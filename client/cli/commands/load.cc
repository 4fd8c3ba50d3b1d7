#include "client/cli/commands/load.h"

#include <chrono>
#include <memory>
#include <string>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct LoadOptions {
  ConnectionFlags connection;
  std::string format = "text";
  bool all_projects = false;
};

int Load(const LoadOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const bool all = options.all_projects || session->project().empty();
  const auto load = session->connection().GetLoad(all ? "projects/-" : session->ProjectName());
  if (!load.ok()) return Report(load.status(), env);
  if (options.format == "json") {
    env.out << DumpJson(LoadToJson(*load));
    return kExitPass;
  }
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  env.out << FormatLoad(*load, std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()), style);
  return kExitPass;
}

}  // namespace

void AddLoad(CLI::App& program, Environment& env) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* verb = program.add_subcommand("load", "Print how many open reviews everybody has");
  verb->footer("Examples:\n  mergegate load\n  mergegate load --all --format json");
  verb->add_flag("--all", options->all_projects, "Of all projects, not only this one");
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Load(*options, env); });
}

}  // namespace mergegate::client
