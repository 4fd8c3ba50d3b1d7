#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/people.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/layout.h"
#include "client/cli/format/proto_json.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct OutboxOptions {
  ConnectionFlags connection;
  bool dead = false;
  std::string format = "text";
  int64_t number = 0;
};

int List(const OutboxOptions& options, Session& session, Environment& env) {
  v1::ListOutboxRequest request;
  request.set_dead(options.dead);
  request.set_page_size(1000);
  std::vector<std::vector<std::string>> rows;
  do {
    const auto page = session.connection().ListOutbox(request);
    if (!page.ok()) return Report(page.status(), env);
    for (const v1::OutboxMessage& message : page->messages()) {
      if (options.format == "json") {
        env.out << JsonLine(message);
        continue;
      }
      const std::string when =
          google::protobuf::util::TimeUtil::ToString(options.dead ? message.add_time() : message.next_time());
      rows.push_back({fmt::format("{}", message.number()), message.kind(),
                      EscapeControl(fmt::format("{} {}", message.project(), message.change())),
                      options.dead                  ? "added " + when.substr(0, 16)
                      : message.state() == "leased" ? "on its way"
                                                    : "due " + when.substr(0, 16),
                      message.failures() == 0 ? "" : fmt::format("failed {}x", message.failures()),
                      EscapeControl(message.note())});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (options.format != "json") {
    env.out << (rows.empty() ? options.dead ? "nothing was given up\n" : "everything is sent\n"
                             : Table(rows, "", env.terminal.columns));
  }
  return kExitPass;
}

int Retry(const OutboxOptions& options, Session& session, Environment& env) {
  const auto retried = session.connection().RetryOutboxMessage(options.number);
  if (!retried.ok()) return Report(retried.status(), env);
  env.out << fmt::format("{} tried again\n", retried->retried());
  return kExitPass;
}

int Drop(const OutboxOptions& options, Session& session, Environment& env) {
  const absl::Status dropped = session.connection().DropOutboxMessage(options.number);
  if (!dropped.ok()) return Report(dropped, env);
  env.out << fmt::format("message {} is dropped\n", options.number);
  return kExitPass;
}

using Action = int (*)(const OutboxOptions&, Session&, Environment&);

void Run(CLI::App& verb, const std::shared_ptr<OutboxOptions>& options, Action action, Environment& env) {
  AddConnectionFlags(verb, options->connection);
  AddCallerFlag(verb, options->connection);
  verb.callback([&env, options, action] {
    auto session = Session::Open(options->connection, Session::Needs::kServer, "", env);
    env.exit_code = session.ok() ? action(*options, *session, env) : Report(session.status(), env);
  });
}

}  // namespace

void AddAdminOutbox(CLI::App& admin, Environment& env) {
  auto options = std::make_shared<OutboxOptions>();
  CLI::App* outbox = admin.add_subcommand("outbox", "What hosts and chats are to be told, and what was given up");
  outbox->footer("Examples:\n  mergegate admin outbox list --dead\n  mergegate admin outbox retry 17");
  outbox->require_subcommand(1);

  CLI::App* list = outbox->add_subcommand("list", "What waits to be sent, oldest first");
  list->footer("Examples:\n  mergegate admin outbox list\n  mergegate admin outbox list --dead --format json");
  list->add_flag("--dead", options->dead, "What was given up instead, with the host's last words");
  list->add_option("--format", options->format, "text, or json: an object a line [text]")
      ->check(CLI::IsMember({"text", "json"}));
  Run(*list, options, List, env);

  CLI::App* retry = outbox->add_subcommand("retry", "Send again what was given up");
  retry->footer("Examples:\n  mergegate admin outbox retry        all of it\n  mergegate admin outbox retry 17");
  retry->add_option("number", options->number, "Only this one [all]")->type_name("NUMBER")->check(CLI::PositiveNumber);
  Run(*retry, options, Retry, env);

  CLI::App* drop = outbox->add_subcommand("drop", "Remove a message for good");
  drop->footer("Examples:\n  mergegate admin outbox drop 17");
  drop->add_option("number", options->number, "Its number")
      ->required()
      ->type_name("NUMBER")
      ->check(CLI::PositiveNumber);
  Run(*drop, options, Drop, env);
}

}  // namespace mergegate::client
