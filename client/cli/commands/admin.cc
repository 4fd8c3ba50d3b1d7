#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/people.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/layout.h"
#include "client/cli/format/proto_json.h"
#include "client/cli/session.h"
#include "client/importing/signal_rows.h"

namespace mergegate::client {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

struct AdminOptions {
  ConnectionFlags connection;
  std::string person, role, note, until, id, condition, change, reason;
  std::vector<std::string> projects;
  std::string format = "text";
  int64_t after = 0;
};

using Action = int (*)(const AdminOptions&, Session&, Environment&);

int With(const AdminOptions& options, Action action, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  return action(options, *session, env);
}

std::string RoleName(v1::Role role) {
  std::string name = v1::Role_Name(role).substr(std::string_view("ROLE_").size());
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::string Day(const Timestamp& time) { return TimeUtil::ToString(time).substr(0, 16); }

absl::StatusOr<Timestamp> Until(const std::string& text) {
  const auto moment = ParseMoment(text, /*day_first=*/false);
  if (moment) return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*moment));
  return absl::InvalidArgumentError("--until is a day or a moment: 2026-12-24, 2026-12-24T18:00:00Z");
}

int CreateToken(const AdminOptions& options, Session& session, Environment& env) {
  v1::Token token;
  std::string role = "ROLE_" + options.role;
  std::ranges::transform(role, role.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  v1::Role parsed{};
  if (!v1::Role_Parse(role, &parsed)) return Report(absl::InvalidArgumentError("--role: there is no such role"), env);
  token.set_role(parsed);
  token.set_person(options.person);
  token.set_note(options.note);
  for (const std::string& project : options.projects) token.add_projects("projects/" + project);
  if (!options.until.empty()) {
    auto until = Until(options.until);
    if (!until.ok()) return Report(until.status(), env);
    *token.mutable_expire_time() = *until;
  }
  const auto made = session.connection().CreateToken(token);
  if (!made.ok()) return Report(made.status(), env);
  env.err << fmt::format("token {} of {}, {}, until {}; this is the only time that it is shown:\n", made->token().id(),
                         EscapeControl(made->token().person()), RoleName(made->token().role()),
                         Day(made->token().expire_time()));
  env.out << made->text() << '\n';
  return kExitPass;
}

int ListTokens(const AdminOptions& options, Session& session, Environment& env) {
  const auto tokens = session.connection().ListTokens();
  if (!tokens.ok()) return Report(tokens.status(), env);
  std::vector<std::vector<std::string>> rows;
  for (const v1::Token& token : tokens->tokens()) {
    if (options.format == "json") {
      env.out << JsonLine(token);
      continue;
    }
    std::string projects;
    for (const std::string& project : token.projects()) projects += " " + EscapeControl(project);
    rows.push_back(
        {token.id(), EscapeControl(token.person()), RoleName(token.role()),
         token.has_revoke_time() ? "revoked " + Day(token.revoke_time()) : "until " + Day(token.expire_time()),
         token.has_last_use_time() ? "used " + Day(token.last_use_time()) : "never used",
         EscapeControl(token.note()) + (projects.empty() ? " all projects" : projects)});
  }
  if (options.format != "json") env.out << (rows.empty() ? "no tokens\n" : Table(rows, "", env.terminal.columns));
  return kExitPass;
}

int RevokeToken(const AdminOptions& options, Session& session, Environment& env) {
  const auto revoked = session.connection().RevokeToken(options.id);
  if (!revoked.ok()) return Report(revoked.status(), env);
  env.out << fmt::format("revoked {}\n", EscapeControl(options.id));
  return kExitPass;
}

int ListAudit(const AdminOptions& options, Session& session, Environment& env) {
  v1::ListAuditEntriesRequest request;
  request.set_page_size(1000);
  request.set_after(options.after);
  std::vector<std::vector<std::string>> rows;
  while (true) {
    const auto page = session.connection().ListAuditEntries(request);
    if (!page.ok()) return Report(page.status(), env);
    for (const v1::AuditEntry& entry : page->entries()) {
      request.set_after(entry.number());
      if (options.format == "json") {
        env.out << JsonLine(entry);
        continue;
      }
      std::string about;
      for (const std::string* part : {&entry.subject(), &entry.other(), &entry.object(), &entry.detail()}) {
        if (!part->empty()) about += (about.empty() ? "" : ", ") + EscapeControl(*part);
      }
      rows.push_back({fmt::format("{}", entry.number()), Day(entry.time()),
                      entry.actor().empty() ? "-" : EscapeControl(entry.actor()), EscapeControl(entry.action()),
                      about});
    }
    if (page->entries_size() < 1000) break;
  }
  if (options.format != "json") env.out << (rows.empty() ? "nothing yet\n" : Table(rows, "", env.terminal.columns));
  return kExitPass;
}

int VerifyAudit(const AdminOptions&, Session& session, Environment& env) {
  const auto check = session.connection().VerifyAudit();
  if (!check.ok()) return Report(check.status(), env);
  if (check->broken_at() != 0) {
    env.out << fmt::format("broken at entry {}: {}\n", check->broken_at(), EscapeControl(check->problem()));
    return kExitFail;
  }
  env.out << fmt::format("{} entries, all fit; the last hash is {}\n", check->entries(),
                         check->head().empty() ? "none" : check->head());
  return kExitPass;
}

int Override(const AdminOptions& options, Session& session, Environment& env) {
  v1::OverrideConditionRequest request;
  const auto review = session.ReviewName(options.change);
  if (!review.ok()) return Report(review.status(), env);
  request.set_review(*review);
  request.set_condition(options.condition);
  request.set_reason(options.reason);
  const auto until = Until(options.until);
  if (!until.ok()) return Report(until.status(), env);
  *request.mutable_expire_time() = *until;
  const auto made = session.connection().OverrideCondition(request);
  if (!made.ok()) return Report(made.status(), env);
  env.out << fmt::format("{} of {} is overridden by {} ({}) until {}; the gate decides again\n",
                         EscapeControl(made->condition()), EscapeControl(made->review()), EscapeControl(made->actor()),
                         EscapeControl(made->role()), Day(made->expire_time()));
  return kExitPass;
}

CLI::App* Sub(CLI::App& parent, const char* name, const char* what, const char* examples,
              const std::shared_ptr<AdminOptions>& options, Action action, Environment& env) {
  CLI::App* verb = parent.add_subcommand(name, what);
  verb->footer(std::string("Examples:\n  ") + examples);
  AddConnectionFlags(*verb, options->connection);
  AddCallerFlag(*verb, options->connection);
  verb->callback([&env, options, action] { env.exit_code = With(*options, action, env); });
  return verb;
}

void AddFormat(CLI::App& verb, const std::shared_ptr<AdminOptions>& options) {
  verb.add_option("--format", options->format, "text, or json: an object a line [text]")
      ->check(CLI::IsMember({"text", "json"}));
}

}  // namespace

void AddAdmin(CLI::App& program, Environment& env) {
  auto options = std::make_shared<AdminOptions>();
  CLI::App* verb = program.add_subcommand("admin", "Tokens, the audit log, hosts and what they are told");
  verb->footer(
      "Examples:\n  mergegate admin token create ann@example.org --role reviewer\n  mergegate admin audit verify");
  verb->require_subcommand(1);

  CLI::App* token = verb->add_subcommand("token", "Give out, list and revoke tokens");
  token->footer(
      "Examples:\n  mergegate admin token create ci@example.org --role bot --projects leveldb\n  mergegate admin token "
      "list");
  token->require_subcommand(1);
  CLI::App* create = Sub(*token, "create", "Make a token; it is shown once",
                         "mergegate admin token create ann@example.org --role reviewer --until 2026-12-31 > ann.token",
                         options, CreateToken, env);
  create->add_option("person", options->person, "Whose it is")->required()->type_name("PERSON");
  create->add_option("--role", options->role, "What it lets them do")
      ->required()
      ->check(CLI::IsMember({"viewer", "developer", "reviewer", "lead", "admin", "bot"}));
  create->add_option("--projects", options->projects, "Only these, comma-separated [all]")
      ->type_name("ID")
      ->delimiter(',');
  create->add_option("--until", options->until, "When it lapses [in 90 days]")->type_name("DAY");
  create->add_option("--note", options->note, "What it is for")->type_name("TEXT");
  AddFormat(*Sub(*token, "list", "List all tokens, without their texts", "mergegate admin token list", options,
                 ListTokens, env),
            options);
  CLI::App* revoke = Sub(*token, "revoke", "End a token at once", "mergegate admin token revoke 0123456789abcdef",
                         options, RevokeToken, env);
  revoke->add_option("id", options->id, "Its id")->required()->type_name("ID");

  CLI::App* audit = verb->add_subcommand("audit", "Read and verify the log of who did what");
  audit->footer("Examples:\n  mergegate admin audit list\n  mergegate admin audit verify");
  audit->require_subcommand(1);
  CLI::App* list = Sub(*audit, "list", "Print the log, oldest first", "mergegate admin audit list --after 100", options,
                       ListAudit, env);
  list->add_option("--after", options->after, "Only after this entry")
      ->type_name("NUMBER")
      ->check(CLI::NonNegativeNumber);
  AddFormat(*list, options);
  AddAdminOutbox(*verb, env);
  Sub(*audit, "verify", "Compute the chain of hashes again; exits with 1 when it is broken",
      "mergegate admin audit verify", options, VerifyAudit, env);

  AddAdminHost(*verb, env);
}

void AddOverride(CLI::App& program, Environment& env) {
  auto options = std::make_shared<AdminOptions>();
  CLI::App* verb =
      Sub(program, "override", "Let an unsatisfied condition of a change pass, where the policy lets your role",
          "mergegate override quality --change pr-7 --reason hotfix --until 2026-12-01", options, Override, env);
  verb->add_option("condition", options->condition, "Its name in the policy")->required()->type_name("CONDITION");
  verb->add_option("--change", options->change, "The change's key")->required()->type_name("KEY");
  verb->add_option("--reason", options->reason, "Why; it stays in the audit log")->required()->type_name("TEXT");
  verb->add_option("--until", options->until, "When it lapses, at most 90 days ahead")->required()->type_name("DAY");
}

}  // namespace mergegate::client
