#include "client/cli/commands/who.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct WhoOptions {
  ConnectionFlags connection;
  std::vector<std::string> paths;
  std::string author;
  std::string format = "text";
  int limit = 5;
};

int Who(const WhoOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  if (session->project().empty()) {
    return Report(absl::InvalidArgumentError("which project? Give --project ID, or work inside a repository"), env);
  }
  v1::FindExpertsRequest request;
  request.set_parent(session->ProjectName());
  request.set_author(options.author);
  request.set_limit(options.limit);
  for (const std::string& path : options.paths) request.add_paths(path);
  const auto found = session->connection().FindExperts(request);
  if (!found.ok()) return Report(found.status(), env);
  if (options.format == "json") {
    env.out << DumpJson(ExpertsToJson(*found));
    return kExitPass;
  }
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  env.out << FormatExperts(*found, now, style);
  return kExitPass;
}

}  // namespace

void AddWho(CLI::App& program, Environment& env) {
  auto options = std::make_shared<WhoOptions>();
  CLI::App* verb = program.add_subcommand("who", "Tell who knows some paths, who owns them, and who would be asked");
  verb->footer(
      "Examples:\n  mergegate who db/version_set.cc\n  mergegate who db/ util/cache.cc --author ann@example.org");
  verb->add_option("path", options->paths, "Files or folders, from the top of the repository")
      ->required()
      ->type_name("PATH");
  verb->add_option("--author", options->author, "Who would make the change: never asked themselves")
      ->type_name("PERSON");
  verb->add_option("--limit", options->limit, "Most people to list [5]")->check(CLI::Range(1, 100));
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Who(*options, env); });
}

}  // namespace mergegate::client
