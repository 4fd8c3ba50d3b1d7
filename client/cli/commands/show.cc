#include "client/cli/commands/show.h"

#include <memory>
#include <string>

#include "client/cli/exit_code.h"
#include "client/cli/follow.h"
#include "client/cli/format/format.h"
#include "client/cli/pager.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct ShowOptions {
  ConnectionFlags connection;
  std::string run = "last";
  std::string format = "text";
  bool wait = false;
};

absl::StatusOr<v1::GetVerdictResponse> Read(Session& session, const std::string& name, bool wait, Environment& env) {
  const auto run = session.connection().GetRun(name);
  if (!run.ok()) return run.status();
  if (run->state() == v1::RUN_STATE_DONE) return session.connection().GetVerdict(name);
  if (wait) {
    Progress progress(env.err, CanRedraw(env.terminal, env.variable), env.terminal.columns,
                      std::chrono::steady_clock::now);
    return Follow(session.connection(), name, {.alive = [&] { return session.ServerAlive(); }}, progress);
  }
  v1::GetVerdictResponse pending;
  *pending.mutable_run() = *run;
  pending.mutable_verdict()->set_summary("not decided yet; wait for it with --wait");
  return pending;
}

int Show(const ShowOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, options.run, env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->RunName(options.run);
  if (!name.ok()) return Report(name.status(), env);
  const auto response = Read(*session, *name, options.wait, env);
  if (!response.ok()) return Report(response.status(), env);
  const FormatRow& format = *FindFormat(options.format);
  const bool pending = response->verdict().state() == v1::VERDICT_STATE_UNSPECIFIED;
  if (pending && !format.shows_pending) return Report(absl::DeadlineExceededError("not decided yet"), env);
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  ShowPaged(format.render(*response, style), env);
  return ExitCodeFor(response->verdict().state());
}

}  // namespace

void AddShow(CLI::App& program, Environment& env) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* verb = program.add_subcommand("show", "Print the verdict of a run; exits as check does");
  verb->footer(
      "Examples:\n  mergegate show\n  mergegate show --format markdown last\n"
      "  mergegate show --wait projects/leveldb/runs/2f31");
  verb->add_option("run", options->run, "Full name, id, or last [last]")->type_name("RUN");
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember(FormatNames()));
  verb->add_flag("--wait", options->wait, "Wait when it is not decided yet");
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Show(*options, env); });
}

}  // namespace mergegate::client
