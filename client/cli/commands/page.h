// What the pages of a verb with further verbs share: examples, --format, the connection, and a session around the work.
//
//   CLI::App* list = Page(*verb, "list", "List them", "mergegate training list", options->connection, &options->format,
//                         {"text", "json"});
//   list->callback([&env, options] { env.exit_code = WithSession(options->connection, env, ...); });
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_PAGE_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_PAGE_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/layout.h"
#include "client/cli/session.h"

namespace mergegate::client {

inline CLI::App* Page(CLI::App& parent, const char* name, const char* what, const std::string& examples,
                      ConnectionFlags& connection, std::string& format,
                      std::vector<std::string> formats = {"text", "json"}) {
  CLI::App* page = parent.add_subcommand(name, what);
  page->footer("Examples:\n  " + examples);
  page->add_option("--format", format, "Output format [text]")->check(CLI::IsMember(std::move(formats)));
  AddConnectionFlags(*page, connection);
  AddCallerFlag(*page, connection);
  return page;
}

inline TextStyle StyleFor(const Session& session, const Environment& env) {
  return {UseColor(session.settings().color, env.terminal.out_is_tty, env.variable), env.terminal.columns};
}

// Opens a session for `work`, a function of it that returns a status; returns the exit code.
template <typename Work>
int WithSession(const ConnectionFlags& connection, Environment& env, const Work& work) {
  auto session = Session::Open(connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const absl::Status status = work(*session);
  return status.ok() ? kExitPass : Report(status, env);
}

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_PAGE_H_
