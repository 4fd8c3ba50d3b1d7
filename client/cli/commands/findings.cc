#include "client/cli/commands/findings.h"

#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/names.h"
#include "client/cli/format/text.h"
#include "client/cli/pager.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

constexpr int kPageSize = 1000;

struct FindingsOptions {
  ConnectionFlags connection;
  std::string run = "last";
  std::string format = "text";
  std::vector<std::string> states;
};

absl::StatusOr<std::vector<v1::Finding>> ListAll(Connection& connection, v1::ListFindingsRequest request) {
  std::vector<v1::Finding> findings;
  do {
    const auto page = connection.ListFindings(request);
    if (!page.ok()) return page.status();
    findings.insert(findings.end(), page->findings().begin(), page->findings().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return findings;
}

int Findings(const FindingsOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, options.run, env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->RunName(options.run);
  if (!name.ok()) return Report(name.status(), env);
  v1::ListFindingsRequest request;
  request.set_parent(*name);
  request.set_page_size(kPageSize);
  for (const std::string& word : options.states) request.add_states(*ParseBaselineState(word));
  const auto findings = ListAll(session->connection(), request);
  if (!findings.ok()) return Report(findings.status(), env);
  if (options.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const v1::Finding& finding : *findings) list.push_back(FindingToJson(finding));
    env.out << DumpJson({{"schema_version", kJsonSchemaVersion}, {"run", *name}, {"findings", list}});
    return kExitPass;
  }
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  if (findings->empty() && env.terminal.out_is_tty) env.err << "no findings\n";
  ShowPaged(FormatFindings(*findings, /*plain=*/!env.terminal.out_is_tty, style), env);
  return kExitPass;
}

}  // namespace

void AddFindings(CLI::App& program, Environment& env) {
  auto options = std::make_shared<FindingsOptions>();
  CLI::App* verb = program.add_subcommand("findings", "List the findings of a run; tab-separated when piped");
  verb->footer("Examples:\n  mergegate findings --state new,caused\n  mergegate findings last | cut -f3,5");
  verb->add_option("run", options->run, "Full name, id, or last [last]")->type_name("RUN");
  verb->add_option("--state", options->states, "Only these states, comma-separated [all]")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"new", "caused", "unchanged", "fixed"}));
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Findings(*options, env); });
}

}  // namespace mergegate::client
