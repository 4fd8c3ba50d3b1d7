// mergegate feedback, kudos, appeal; mergegate me ask-feedback, appeal.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/growth.h"
#include "client/cli/commands/page.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/growth.h"
#include "client/cli/format/proto_json.h"

namespace mergegate::client {
namespace {

struct WordOptions {
  ConnectionFlags connection;
  std::string who, text, change, signal, format = "text";
  std::vector<std::string> people, corrections;
  int64_t number = 0;
  bool accept = false, reject = false, retract = false, own = false;
};

using Action = absl::Status (*)(const WordOptions&, Session&, Environment&);
void Run(CLI::App& page, const std::shared_ptr<WordOptions>& options, Action action, Environment& env) {
  page.callback([&env, options, action] {
    env.exit_code =
        WithSession(options->connection, env, [&](Session& session) { return action(*options, session, env); });
  });
}

absl::Status Ask(const WordOptions& options, Session& session, Environment& env) {
  v1::AskFeedbackRequest request;
  request.mutable_from()->Assign(options.people.begin(), options.people.end());
  request.set_about(options.text);
  const auto asked = session.connection().AskFeedback(request);
  if (!asked.ok()) return asked.status();
  for (const v1::Feedback& one : asked->asked()) {
    env.out << (options.format == "json" ? JsonLine(one) : fmt::format("asked {}\n", EscapeControl(one.to())));
  }
  return absl::OkStatus();
}

absl::Status Give(const WordOptions& options, Session& session, Environment& env) {
  v1::GiveFeedbackRequest request;
  request.set_about(options.who);
  request.set_text(options.text);
  const auto given = session.connection().GiveFeedback(request);
  if (!given.ok()) return given.status();
  env.out << (options.format == "json" ? JsonLine(*given)
                                       : fmt::format("given; only you, {} and whom they grant their report see it\n",
                                                     EscapeControl(given->to())));
  return absl::OkStatus();
}

absl::Status ListWords(const WordOptions& options, Session& session, Environment& env) {
  const auto feedback = session.connection().ListFeedback();
  if (!feedback.ok()) return feedback.status();
  env.out << (options.format == "json" ? JsonLine(*feedback) : FormatFeedback(*feedback, StyleFor(session, env)));
  return absl::OkStatus();
}

absl::Status Thank(const WordOptions& options, Session& session, Environment& env) {
  v1::GiveKudosRequest request;
  request.set_to(options.who);
  request.set_text(options.text);
  if (!options.change.empty()) {
    const auto review = session.ReviewName(options.change);
    if (!review.ok()) return review.status();
    request.set_review(*review);
  }
  const auto thanked = session.connection().GiveKudos(request);
  if (!thanked.ok()) return thanked.status();
  env.out << (options.format == "json" ? JsonLine(*thanked)
                                       : fmt::format("thanked {}, for all to see\n", EscapeControl(thanked->to())));
  return absl::OkStatus();
}

absl::Status FileAppeal(const WordOptions& options, Session& session, Environment& env) {
  v1::FileAppealRequest request;
  const size_t mark = options.signal.find('#');
  if (mark == std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is no signal: write SOURCE#ID\nhint: mergegate signal list --all --person YOU --ids",
                    EscapeControl(options.signal)));
  }
  request.set_source(options.signal.substr(0, mark));
  request.set_source_id(options.signal.substr(mark + 1));
  request.set_reason(options.text);
  request.set_retract(options.retract);
  for (const std::string& correction : options.corrections) {
    const size_t equals = correction.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(fmt::format("--correct \"{}\": write FIELD=VALUE", EscapeControl(correction)));
    }
    (*request.mutable_corrections())[correction.substr(0, equals)] = correction.substr(equals + 1);
  }
  const auto appeal = session.connection().FileAppeal(request);
  if (!appeal.ok()) return appeal.status();
  env.out << (options.format == "json" ? JsonLine(*appeal) : FormatAppeal(*appeal, StyleFor(session, env)));
  return absl::OkStatus();
}

absl::Status ListAppeals(const WordOptions& options, Session& session, Environment& env) {
  const auto appeals = session.connection().ListAppeals(options.own);
  if (!appeals.ok()) return appeals.status();
  for (const v1::Appeal& appeal : appeals->appeals()) {
    env.out << (options.format == "json" ? JsonLine(appeal) : FormatAppeal(appeal, StyleFor(session, env)));
  }
  if (appeals->appeals().empty() && options.format != "json") env.out << "no appeals\n";
  return absl::OkStatus();
}

absl::Status Answer(const WordOptions& options, Session& session, Environment& env) {
  if (options.accept == options.reject) return absl::InvalidArgumentError("say --accept or --reject");
  v1::AnswerAppealRequest request;
  request.set_number(options.number);
  request.set_accept(options.accept);
  request.set_reason(options.text);
  const auto appeal = session.connection().AnswerAppeal(request);
  if (!appeal.ok()) return appeal.status();
  env.out << (options.format == "json" ? JsonLine(*appeal) : FormatAppeal(*appeal, StyleFor(session, env)));
  return absl::OkStatus();
}

}  // namespace

void AddMyWords(CLI::App& me, Environment& env) {
  auto options = std::make_shared<WordOptions>();
  CLI::App* ask = Page(me, "ask-feedback", "Ask people for feedback on you",
                       "mergegate me ask-feedback ben@example.org cleo --about \"my reviews this quarter\"",
                       options->connection, options->format);
  ask->add_option("who", options->people, "Mails or logins, at most 20")->required()->type_name("WHO");
  ask->add_option("--about", options->text, "What about")->type_name("TEXT");
  Run(*ask, options, Ask, env);

  CLI::App* appeal = Page(me, "appeal", "Say that an event about you is wrong; a lead other than you answers",
                          "mergegate me appeal jira#T-7 --reason \"ben did it\" --correct actor=ben@example.org\n"
                          "  mergegate me appeal jira#T-7 --reason \"it never was\" --retract",
                          options->connection, options->format);
  appeal->add_option("signal", options->signal, "SOURCE#ID, as signal list --ids tells; leads will see it")
      ->required()
      ->type_name("SIGNAL");
  appeal->add_option("--reason", options->text, "Why")->required()->type_name("TEXT");
  appeal->add_option("--correct", options->corrections, "actor, subject, object, part, value or at, as it should be")
      ->type_name("FIELD=VALUE");
  appeal->add_flag("--retract", options->retract, "It should be taken away");
  Run(*appeal, options, FileAppeal, env);

  CLI::App* appeals = Page(me, "appeals", "Your appeals, their answers, and what they changed", "mergegate me appeals",
                           options->connection, options->format);
  appeals->callback([&env, options] {
    options->own = true;
    env.exit_code =
        WithSession(options->connection, env, [&](Session& session) { return ListAppeals(*options, session, env); });
  });
}

void AddFeedback(CLI::App& program, Environment& env) {
  auto options = std::make_shared<WordOptions>();
  CLI::App* verb = program.add_subcommand("feedback", "Give feedback to people, read what was said and asked");
  verb->footer(
      "Examples:\n  mergegate feedback list\n  mergegate feedback give ann@example.org --text \"your reviews ...\"");
  verb->require_subcommand(1);
  CLI::App* give = Page(*verb, "give", "Tell somebody what you think; only you, they, and whom they grant see it",
                        "mergegate feedback give ann@example.org --text \"your reviews taught me ...\"",
                        options->connection, options->format);
  give->add_option("for", options->who, "About whom, and to whom")->required()->type_name("WHO");
  give->add_option("--text", options->text, "What you think, at most 4000 bytes")->required()->type_name("TEXT");
  Run(*give, options, Give, env);
  CLI::App* list = Page(*verb, "list", "What was asked of you, what you gave and what you were given",
                        "mergegate feedback list", options->connection, options->format);
  Run(*list, options, ListWords, env);
}

void AddKudos(CLI::App& program, Environment& env) {
  auto options = std::make_shared<WordOptions>();
  CLI::App* verb = Page(program, "kudos", "Thank somebody, for all to see",
                        "mergegate kudos ben@example.org --for \"finding the race\" --change pr-7", options->connection,
                        options->format);
  verb->add_option("who", options->who, "Mail or login")->required()->type_name("WHO");
  verb->add_option("--for", options->text, "What for")->required()->type_name("TEXT");
  verb->add_option("--change", options->change, "In which change")->type_name("KEY");
  Run(*verb, options, Thank, env);
}

void AddAppeal(CLI::App& program, Environment& env) {
  auto options = std::make_shared<WordOptions>();
  CLI::App* verb = program.add_subcommand("appeal", "Answer appeals against events about people (leads)");
  verb->footer("Examples:\n  mergegate appeal list\n  mergegate appeal answer 3 --accept --reason \"you are right\"");
  verb->require_subcommand(1);
  CLI::App* list = Page(*verb, "list", "Those that wait for an answer; without a lead's role your own",
                        "mergegate appeal list", options->connection, options->format);
  Run(*list, options, ListAppeals, env);
  CLI::App* answer =
      Page(*verb, "answer", "Accept, which corrects the event and all scores, or reject",
           "mergegate appeal answer 3 --accept --reason \"you are right\"", options->connection, options->format);
  answer->add_option("number", options->number, "Its number")->required()->type_name("NUMBER");
  answer->add_flag("--accept", options->accept, "The event is corrected");
  answer->add_flag("--reject", options->reject, "It stays");
  answer->add_option("--reason", options->text, "Why")->required()->type_name("TEXT");
  Run(*answer, options, Answer, env);
}

}  // namespace mergegate::client
