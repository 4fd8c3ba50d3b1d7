#include "client/cli/commands/respond.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The gate judges stored facts again after an answer: a matter of milliseconds.
constexpr milliseconds kPatience(10'000);
constexpr milliseconds kGlance(100);

enum class Takes { kNothing, kText, kTextNeeded };
enum class Hands { kNobody, kPersonNeeded, kPersonIfAny };

struct ResponseRow {
  const char* verb;
  v1::ReviewAction action;
  const char* description;
  const char* examples;
  const char* done;  // "approved"
  Takes text = Takes::kText;
  Hands person = Hands::kNobody;
  bool about_head = false;  // --head
};

constexpr ResponseRow kApproveRow{"approve",
                                  v1::REVIEW_ACTION_APPROVE,
                                  "Approve what a change's head does",
                                  "  mergegate approve pr-7\n  mergegate approve pr-7 --head 1a2b3c -m \"nice\"",
                                  "approved",
                                  Takes::kText,
                                  Hands::kNobody,
                                  true};
constexpr ResponseRow kRequestChangesRow{"request-changes",
                                         v1::REVIEW_ACTION_REQUEST_CHANGES,
                                         "Want changes before it may merge",
                                         "  mergegate request-changes pr-7 -m \"the lock is taken twice\"",
                                         "changes requested of",
                                         Takes::kTextNeeded,
                                         Hands::kNobody,
                                         true};
constexpr ResponseRow kCommentRow{"comment",
                                  v1::REVIEW_ACTION_COMMENT,
                                  "Say something to a review",
                                  "  mergegate comment pr-7 -m \"why not a map?\"",
                                  "commented on",
                                  Takes::kTextNeeded};
constexpr ResponseRow kAcceptRow{"accept", v1::REVIEW_ACTION_ACCEPT, "Take a review on", "  mergegate accept pr-7",
                                 "took on"};
constexpr ResponseRow kDeclineRow{"decline",
                                  v1::REVIEW_ACTION_DECLINE,
                                  "Not review; hand it to somebody, or to the next one in line",
                                  "  mergegate decline pr-7 --to ben@example.org -m \"on leave\"\n"
                                  "  mergegate decline pr-7",
                                  "declined",
                                  Takes::kText,
                                  Hands::kPersonIfAny};
constexpr ResponseRow kRequestRow{"request",
                                  v1::REVIEW_ACTION_REQUEST,
                                  "Ask somebody to review",
                                  "  mergegate request pr-7 --to ben@example.org",
                                  "asked for a review of",
                                  Takes::kText,
                                  Hands::kPersonNeeded};
constexpr ResponseRow kCloseRow{"close", v1::REVIEW_ACTION_CLOSE, "Close a review: merged, or given up",
                                "  mergegate close pr-7 -m merged", "closed"};
constexpr ResponseRow kReopenRow{"reopen", v1::REVIEW_ACTION_REOPEN, "Open a closed review again",
                                 "  mergegate reopen pr-7", "reopened"};

struct ResponseOptions {
  ConnectionFlags connection;
  std::string change, text, to, head;
  std::string format = "text";
};

// The review once its newest run has a verdict, or as it is when that takes long.
absl::StatusOr<v1::Review> Settled(Connection& connection, v1::Review review) {
  const auto until = steady_clock::now() + kPatience;
  while (review.open() && review.verdict() == v1::VERDICT_STATE_UNSPECIFIED && steady_clock::now() < until) {
    if (Interrupted()) return absl::CancelledError("interrupted");
    std::this_thread::sleep_for(kGlance);
    auto again = connection.GetReview(review.name());
    if (!again.ok()) return again.status();
    review = *std::move(again);
  }
  return review;
}

int Respond(const ResponseRow& row, const ResponseOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = session->ReviewName(options.change);
  if (!name.ok()) return Report(name.status(), env);
  if (const auto caller = session->Caller(); !caller.ok()) return Report(caller.status(), env);
  v1::RespondToReviewRequest request;
  request.set_name(*name);
  request.set_action(row.action);
  request.set_text(options.text);
  request.set_to(options.to);
  request.set_head_commit(options.head);
  const auto answered = session->connection().RespondToReview(request);
  if (!answered.ok()) return Report(answered.status(), env);
  const auto review = Settled(session->connection(), *answered);
  if (!review.ok()) return Report(review.status(), env);
  if (options.format == "json") {
    nlohmann::ordered_json json = ReviewToJson(*review);
    json["schema_version"] = kJsonSchemaVersion;
    env.out << DumpJson(json);
    return kExitPass;
  }
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  env.out << fmt::format("{} {}\n", row.done, EscapeControl(review->change())) << FormatAnswered(*review, style);
  return kExitPass;
}

void AddRow(const ResponseRow& row, CLI::App& program, Environment& env) {
  auto options = std::make_shared<ResponseOptions>();
  CLI::App* verb = program.add_subcommand(row.verb, row.description);
  verb->footer(fmt::format("Examples:\n{}", row.examples));
  verb->add_option("change", options->change, "Key of the change, or the review's full name")
      ->required()
      ->type_name("CHANGE");
  auto* text = verb->add_option("-m,--message", options->text, "What to say")->type_name("TEXT");
  if (row.text == Takes::kTextNeeded) text->required();
  if (row.person != Hands::kNobody) {
    auto* to = verb->add_option("--to", options->to, "Who: mail or login")->type_name("PERSON");
    if (row.person == Hands::kPersonNeeded) to->required();
  }
  if (row.about_head) {
    verb->add_option("--head", options->head, "The head that you looked at, 40 digits [the newest]")
        ->type_name("COMMIT");
  }
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  AddCallerFlag(*verb, options->connection);
  verb->callback([&row, &env, options] { env.exit_code = Respond(row, *options, env); });
}

}  // namespace

void AddApprove(CLI::App& program, Environment& env) { AddRow(kApproveRow, program, env); }
void AddRequestChanges(CLI::App& program, Environment& env) { AddRow(kRequestChangesRow, program, env); }
void AddComment(CLI::App& program, Environment& env) { AddRow(kCommentRow, program, env); }
void AddAccept(CLI::App& program, Environment& env) { AddRow(kAcceptRow, program, env); }
void AddDecline(CLI::App& program, Environment& env) { AddRow(kDeclineRow, program, env); }
void AddRequest(CLI::App& program, Environment& env) { AddRow(kRequestRow, program, env); }
void AddClose(CLI::App& program, Environment& env) { AddRow(kCloseRow, program, env); }
void AddReopen(CLI::App& program, Environment& env) { AddRow(kReopenRow, program, env); }

}  // namespace mergegate::client
