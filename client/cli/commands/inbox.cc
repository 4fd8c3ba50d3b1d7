#include "client/cli/commands/inbox.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr int kPageSize = 100;
constexpr milliseconds kRefresh(2000);
constexpr milliseconds kGlance(100);

struct InboxOptions {
  ConnectionFlags connection;
  std::string format = "text";
  bool all_projects = false;
  bool closed = false;
  bool watch = false;
};

absl::StatusOr<std::vector<v1::Review>> ListAll(Connection& connection, v1::ListReviewsRequest request) {
  std::vector<v1::Review> reviews;
  do {
    const auto page = connection.ListReviews(request);
    if (!page.ok()) return page.status();
    reviews.insert(reviews.end(), page->reviews().begin(), page->reviews().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return reviews;
}

std::string Render(const std::vector<v1::Review>& reviews, const std::string& me, const InboxOptions& options,
                   const TextStyle& style) {
  if (options.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const v1::Review& review : reviews) {
      list.push_back(ReviewToJson(review));
      list.back()["my_turn"] = IsTurnOf(review, me);
    }
    return DumpJson({{"schema_version", kJsonSchemaVersion}, {"person", me}, {"reviews", list}});
  }
  return FormatInbox(reviews, me, system_clock::to_time_t(system_clock::now()), style);
}

// Redraws when something changed, until Ctrl-C.
int Watch(Session& session, const v1::ListReviewsRequest& request, const std::string& me, const InboxOptions& options,
          const TextStyle& style, Environment& env) {
  std::string shown;
  while (!Interrupted()) {
    const auto reviews = ListAll(session.connection(), request);
    std::string text =
        reviews.ok() ? Render(*reviews, me, options, style) : "The server does not answer; trying again.\n";
    if (!reviews.ok() && ExitCodeFor(reviews.status()) != kExitInconclusive) return Report(reviews.status(), env);
    if (text != shown) {
      // Home and clear on a terminal; elsewhere one state after the other.
      env.out << (env.terminal.out_is_tty ? "\x1b[H\x1b[2J" : shown.empty() ? "" : "\n") << text;
      if (env.terminal.out_is_tty) env.out << "\nwatching; Ctrl-C ends\n";
      env.out.flush();
      shown = std::move(text);
    }
    for (milliseconds waited(0); waited < kRefresh && !Interrupted(); waited += kGlance) {
      std::this_thread::sleep_for(kGlance);
    }
  }
  return kExitPass;
}

int Inbox(const InboxOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const auto me = session->Caller();
  if (!me.ok()) return Report(me.status(), env);
  v1::ListReviewsRequest request;
  request.set_parent(options.all_projects || session->project().empty() ? "projects/-" : session->ProjectName());
  request.set_person(*me);
  request.set_closed(options.closed);
  request.set_page_size(kPageSize);
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  if (options.watch) return Watch(*session, request, *me, options, style, env);
  const auto reviews = ListAll(session->connection(), request);
  if (!reviews.ok()) return Report(reviews.status(), env);
  env.out << Render(*reviews, *me, options, style);
  return kExitPass;
}

}  // namespace

void AddInbox(CLI::App& program, Environment& env) {
  auto options = std::make_shared<InboxOptions>();
  CLI::App* verb =
      program.add_subcommand("inbox", "List the reviews that wait for you, then those that wait for others");
  verb->footer("Examples:\n  mergegate inbox\n  mergegate inbox --watch\n  mergegate inbox --as ann@example.org --all");
  verb->add_flag("--watch", options->watch, "Stay, and redraw when something changes");
  verb->add_flag("--all", options->all_projects, "Of all projects, not only this one");
  verb->add_flag("--closed", options->closed, "Closed ones, too");
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  AddCallerFlag(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Inbox(*options, env); });
}

}  // namespace mergegate::client
