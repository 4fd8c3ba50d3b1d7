#include "client/cli/commands/explain.h"

#include <memory>
#include <string>

#include "client/cli/exit_code.h"
#include "client/cli/format/text.h"
#include "client/cli/pager.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct ExplainOptions {
  ConnectionFlags connection;
  std::string run = "last";
};

int Explain(const ExplainOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, options.run, env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->RunName(options.run);
  if (!name.ok()) return Report(name.status(), env);
  const auto response = session->connection().GetVerdict(*name);
  if (!response.ok()) return Report(response.status(), env);
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  ShowPaged(FormatExplanation(*response, style), env);
  return kExitPass;
}

}  // namespace

void AddExplain(CLI::App& program, Environment& env) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = program.add_subcommand("explain", "Print why a verdict is what it is, to the last point");
  verb->footer("Examples:\n  mergegate explain\n  mergegate explain --local last");
  verb->add_option("run", options->run, "Full name, id, or last [last]")->type_name("RUN");
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Explain(*options, env); });
}

}  // namespace mergegate::client
