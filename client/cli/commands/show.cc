#include "client/cli/commands/show.h"

#include <chrono>
#include <memory>
#include <string>

#include "client/cli/exit_code.h"
#include "client/cli/follow.h"
#include "client/cli/format/format.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/pager.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct ShowOptions {
  ConnectionFlags connection;
  std::string run = "last";
  std::string change;
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

int64_t Now() { return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()); }

// The review of a change, and how it came to that. Exits as the verdict does.
int ShowReview(const ShowOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->ReviewName(options.change);
  if (!name.ok()) return Report(name.status(), env);
  const auto review = session->connection().GetReview(*name);
  if (!review.ok()) return Report(review.status(), env);
  v1::ListReviewEventsRequest request;
  request.set_parent(*name);
  request.set_page_size(1000);
  const auto events = session->connection().ListReviewEvents(request);
  if (!events.ok()) return Report(events.status(), env);
  if (options.format == "json") {
    nlohmann::ordered_json json = ReviewToJson(*review);
    json["schema_version"] = kJsonSchemaVersion;
    json["log"] = nlohmann::ordered_json::array();
    for (const v1::ReviewEvent& event : events->events()) json["log"].push_back(EventToJson(event));
    env.out << DumpJson(json);
  } else {
    const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                          env.terminal.columns};
    ShowPaged(FormatReview(*review, {events->events().begin(), events->events().end()}, Now(), style), env);
  }
  return ExitCodeFor(review->verdict());
}

// The review of the run's change, for people; empty when it has none.
std::string ReviewBelow(Session& session, const v1::Run& run, const TextStyle& style) {
  if (run.change() == run.head_commit()) return "";
  const size_t runs = run.name().find("/runs/");
  const auto review = session.connection().GetReview(run.name().substr(0, runs) + "/reviews/" + run.change());
  return review.ok() ? "\n" + FormatReview(*review, {}, Now(), style) : "";
}

int Show(const ShowOptions& options, Environment& env) {
  if (!options.change.empty()) return ShowReview(options, env);
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
  const std::string below = options.format == "text" ? ReviewBelow(*session, response->run(), style) : "";
  ShowPaged(format.render(*response, style) + below, env);
  return ExitCodeFor(response->verdict().state());
}

}  // namespace

void AddShow(CLI::App& program, Environment& env) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* verb = program.add_subcommand("show", "Print the verdict of a run; exits as check does");
  verb->footer(
      "Examples:\n  mergegate show\n  mergegate show --format markdown last\n"
      "  mergegate show --change pr-7                who reviews it, and how far they are\n"
      "  mergegate show --wait projects/leveldb/runs/2f31");
  verb->add_option("run", options->run, "Full name, id, or last [last]")->type_name("RUN");
  verb->add_option("--change", options->change, "The review of this change, instead of a run (text, json)")
      ->type_name("CHANGE");
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember(FormatNames()));
  verb->add_flag("--wait", options->wait, "Wait when it is not decided yet");
  AddConnectionFlags(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Show(*options, env); });
}

}  // namespace mergegate::client
