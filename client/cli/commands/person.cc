#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/growth.h"
#include "client/cli/commands/people.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/layout.h"
#include "client/cli/format/proto_json.h"
#include "client/cli/session.h"
#include "client/importing/signal_rows.h"

namespace mergegate::client {
namespace {

struct PersonOptions {
  ConnectionFlags connection;
  std::string person, identity, name, team, confirm;
  std::vector<std::string> members;
  std::string format = "text";
  bool bot = false, remove = false;
};

using Action = int (*)(const PersonOptions&, Session&, Environment&);

int With(const PersonOptions& options, Action action, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  return action(options, *session, env);
}

std::string Names(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + EscapeControl(name);
  return text;
}

int ShowPerson(const absl::StatusOr<v1::Person>& person, const PersonOptions& options, Environment& env) {
  if (!person.ok()) return Report(person.status(), env);
  if (options.format == "json") {
    env.out << JsonLine(*person);
    return kExitPass;
  }
  env.out << fmt::format("{}{}{}: {}\n", EscapeControl(person->id()),
                         person->display_name().empty() ? "" : ", " + EscapeControl(person->display_name()),
                         person->bot() ? " (bot)" : "", Names(person->identities()));
  return kExitPass;
}

int Link(const PersonOptions& options, Session& session, Environment& env) {
  v1::LinkIdentityRequest request;
  request.set_person(options.person);
  request.set_identity(options.identity);
  return ShowPerson(session.connection().LinkIdentity(request), options, env);
}

int Unlink(const PersonOptions& options, Session& session, Environment& env) {
  return ShowPerson(session.connection().UnlinkIdentity(options.identity), options, env);
}

int Describe(const PersonOptions& options, Session& session, Environment& env) {
  v1::DescribePersonRequest request;
  request.set_person(options.person);
  request.set_display_name(options.name);
  request.set_bot(options.bot);
  return ShowPerson(session.connection().DescribePerson(request), options, env);
}

int ListPeople(const PersonOptions& options, Session& session, Environment& env) {
  if (!options.person.empty()) return ShowPerson(session.connection().GetPerson(options.person), options, env);
  v1::ListPeopleRequest request;
  request.set_page_size(1000);
  do {
    const auto page = session.connection().ListPeople(request);
    if (!page.ok()) return Report(page.status(), env);
    for (const v1::Person& person : page->people()) ShowPerson(person, options, env);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return kExitPass;
}

int ShowTeam(const v1::Team& team, const PersonOptions& options, Environment& env) {
  env.out << (options.format == "json" ? JsonLine(team)
                                       : fmt::format("{}: {}\n", EscapeControl(team.id()), Names(team.members())));
  return kExitPass;
}

int SetTeam(const PersonOptions& options, Session& session, Environment& env) {
  if (options.members.empty() != options.remove) {
    return Report(absl::InvalidArgumentError("who is in it? Name members, or --remove the team"), env);
  }
  v1::Team team;
  team.set_id(options.team);
  team.mutable_members()->Assign(options.members.begin(), options.members.end());
  const auto stored = session.connection().SetTeam(team);
  if (!stored.ok()) return Report(stored.status(), env);
  return ShowTeam(*stored, options, env);
}

int ListTeams(const PersonOptions& options, Session& session, Environment& env) {
  const auto teams = session.connection().ListTeams();
  if (!teams.ok()) return Report(teams.status(), env);
  for (const v1::Team& team : teams->teams()) ShowTeam(team, options, env);
  return kExitPass;
}

int WhoAmI(const PersonOptions& options, Session& session, Environment& env) {
  const auto me = session.connection().WhoAmI();
  if (!me.ok()) return Report(me.status(), env);
  if (options.format == "json") {
    env.out << JsonLine(*me);
    return kExitPass;
  }
  constexpr size_t kPrefix = std::string_view("ROLE_").size();
  std::string role = v1::Role_Name(me->role()).substr(kPrefix);
  std::ranges::transform(role, role.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  env.out << fmt::format("{}, {} of {}\n", me->person().empty() ? "nobody in particular" : EscapeControl(me->person()),
                         role, me->projects().empty() ? "all projects" : Names(me->projects()));
  return kExitPass;
}

int Export(const PersonOptions& options, Session& session, Environment& env) {
  const absl::Status status = session.connection().ExportPerson(
      options.person, [&](const v1::ExportPersonResponse& part) { env.out << JsonLine(part); });
  return status.ok() ? kExitPass : Report(status, env);
}

int Delete(const PersonOptions& options, Session& session, Environment& env) {
  v1::ErasePersonRequest request;
  request.set_person(options.person);
  request.set_confirm(options.confirm);
  const auto erased = session.connection().ErasePerson(request);
  if (!erased.ok()) return Report(erased.status(), env);
  env.out << fmt::format("forgotten: {} names; {} signals and {} reviews stay under a pseudonym\n",
                         erased->identities(), erased->signals(), erased->reviews());
  return kExitPass;
}

// One verb below another.
CLI::App* Sub(CLI::App& parent, const char* name, const char* what, const char* examples,
              const std::shared_ptr<PersonOptions>& options, Action action, Environment& env) {
  CLI::App* verb = parent.add_subcommand(name, what);
  verb->footer(std::string("Examples:\n  ") + examples);
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  AddCallerFlag(*verb, options->connection);
  verb->callback([&env, options, action] { env.exit_code = With(*options, action, env); });
  return verb;
}

}  // namespace

void AddPerson(CLI::App& program, Environment& env) {
  auto options = std::make_shared<PersonOptions>();
  CLI::App* verb = program.add_subcommand("person", "Say which mails and logins are one person");
  verb->footer("Examples:\n  mergegate person link ann@example.org ann-gh\n  mergegate person list");
  verb->require_subcommand(1);
  CLI::App* link = Sub(*verb, "link", "Make a mail or login a name of a person",
                       "mergegate person link ann@example.org ann-gh", options, Link, env);
  link->add_option("person", options->person, "The person, by any name")->required()->type_name("PERSON");
  link->add_option("identity", options->identity, "The further name")->required()->type_name("NAME");
  CLI::App* unlink = Sub(*verb, "unlink", "Make a name a person of its own again", "mergegate person unlink ann-gh",
                         options, Unlink, env);
  unlink->add_option("identity", options->identity, "The name")->required()->type_name("NAME");
  CLI::App* describe = Sub(*verb, "describe", "Say how a person is shown, or that it is a bot",
                           "mergegate person describe ci@example.org --bot", options, Describe, env);
  describe->add_option("person", options->person, "The person, by any name")->required()->type_name("PERSON");
  describe->add_option("--name", options->name, "As shown")->type_name("TEXT");
  describe->add_flag("--bot", options->bot, "It is a bot: kept out of everything about people");
  CLI::App* list = Sub(*verb, "list", "List those of whom something was said, with all names",
                       "mergegate person list\n  mergegate person list ann-gh", options, ListPeople, env);
  list->add_option("person", options->person, "Only this one")->type_name("PERSON");
  AddPersonReport(*verb, env);
}

void AddTeam(CLI::App& program, Environment& env) {
  auto options = std::make_shared<PersonOptions>();
  CLI::App* verb = program.add_subcommand("team", "Say who works together");
  verb->footer("Examples:\n  mergegate team set core ann@example.org ben\n  mergegate team list");
  verb->require_subcommand(1);
  CLI::App* set =
      Sub(*verb, "set", "Replace the members of a team",
          "mergegate team set core ann@example.org ben\n  mergegate team set core --remove", options, SetTeam, env);
  set->add_option("team", options->team, "Its id")->required()->type_name("TEAM");
  set->add_option("members", options->members, "Everybody in it")->type_name("PERSON");
  set->add_flag("--remove", options->remove, "Remove the team");
  Sub(*verb, "list", "List teams", "mergegate team list", options, ListTeams, env);
}

void AddMe(CLI::App& program, Environment& env) {
  auto options = std::make_shared<PersonOptions>();
  CLI::App* verb =
      program.add_subcommand("me", "Who you are to the server, your report and plan, and what it keeps of you");
  verb->footer(
      "Examples:\n  mergegate me show\n  mergegate me report --since 90d\n  mergegate me plan\n  mergegate me export > "
      "me.jsonl\n  mergegate me delete --confirm "
      "ann@example.org");
  verb->require_subcommand(1);
  Sub(*verb, "show", "Print who you are and what you may", "mergegate me show", options, WhoAmI, env);
  Sub(*verb, "export", "Print all that is kept of you, a JSON object a line", "mergegate me export > me.jsonl", options,
      Export, env);
  CLI::App* gone = Sub(*verb, "delete", "Let the server forget you; cannot be undone",
                       "mergegate me delete --confirm ann@example.org", options, Delete, env);
  gone->add_option("--person", options->person, "Somebody else; for administrators")->type_name("PERSON");
  gone->add_option("--confirm", options->confirm, "The person's id, so that it is no slip")
      ->required()
      ->type_name("PERSON");
  AddMyReport(*verb, env);
  AddMyWords(*verb, env);
}

}  // namespace mergegate::client
