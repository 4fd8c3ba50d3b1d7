#include "client/cli/commands/diff.h"

#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/pager.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct DiffOptions {
  ConnectionFlags connection;
  std::string change, since;
  std::vector<std::string> paths;
  std::string format = "text";
  int context = 3;
};

int Diff(const DiffOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->ReviewName(options.change);
  if (!name.ok()) return Report(name.status(), env);
  v1::GetReviewDiffRequest request;
  request.set_name(*name);
  request.set_since_commit(options.since);
  request.set_context(options.context);
  for (const std::string& path : options.paths) request.add_paths(path);
  const auto diff = session->connection().GetReviewDiff(request);
  if (!diff.ok()) return Report(diff.status(), env);
  if (options.format == "json") {
    env.out << DumpJson(DiffToJson(*diff));
    return kExitPass;
  }
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  ShowPaged(FormatReviewDiff(*diff, style), env);
  return kExitPass;
}

}  // namespace

void AddDiff(CLI::App& program, Environment& env) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* verb =
      program.add_subcommand("diff", "Print the lines of a change under review, with the findings in place");
  verb->footer(
      "Examples:\n  mergegate diff pr-7\n  mergegate diff pr-7 db/db_impl.cc --context 10\n"
      "  mergegate diff pr-7 --since 1a2b3c...       what changed since that head");
  verb->add_option("change", options->change, "Key of the change, or the review's full name")
      ->required()
      ->type_name("CHANGE");
  verb->add_option("path", options->paths, "Only these files")->type_name("PATH");
  verb->add_option("--since", options->since, "Compare with this earlier head, 40 digits [the base]")
      ->type_name("COMMIT");
  verb->add_option("--context", options->context, "Lines around changes [3]")->check(CLI::Range(1, 100));
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Diff(*options, env); });
}

}  // namespace mergegate::client
