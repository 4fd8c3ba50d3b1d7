#include "client/cli/commands/runs.h"

#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/text.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct RunsOptions {
  ConnectionFlags connection;
  std::string change;
  std::string format = "text";
  int limit = 20;
};

int Runs(const RunsOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  if (session->project().empty()) {
    return Report(absl::InvalidArgumentError("which project? Give --project ID, or work inside a repository"), env);
  }
  v1::ListRunsRequest request;
  request.set_parent(session->ProjectName());
  request.set_change(options.change);
  request.set_page_size(options.limit);
  const auto page = session->connection().ListRuns(request);
  if (!page.ok()) return Report(page.status(), env);
  if (options.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const v1::Run& run : page->runs()) list.push_back(RunToJson(run));
    env.out << DumpJson({{"schema_version", kJsonSchemaVersion}, {"runs", list}});
    return kExitPass;
  }
  const TextStyle style{false, env.terminal.columns};
  env.out << FormatRuns({page->runs().begin(), page->runs().end()}, /*plain=*/!env.terminal.out_is_tty, style);
  return kExitPass;
}

}  // namespace

void AddRuns(CLI::App& program, Environment& env) {
  auto options = std::make_shared<RunsOptions>();
  CLI::App* verb = program.add_subcommand("runs", "List the latest runs of a project; tab-separated when piped");
  verb->footer("Examples:\n  mergegate runs\n  mergegate runs --change pr-7");
  verb->add_option("--change", options->change, "Only runs of this change")->type_name("KEY");
  verb->add_option("--limit", options->limit, "Most runs to list [20]")->check(CLI::Range(1, 1000));
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Runs(*options, env); });
}

}  // namespace mergegate::client
