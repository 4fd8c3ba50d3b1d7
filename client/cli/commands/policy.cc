#include "client/cli/commands/policy.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

constexpr const char* kPolicyFile = ".mergegate.yaml";
constexpr size_t kPolicyLimit = 1 << 20;

struct PolicyOptions {
  ConnectionFlags connection;
  std::string file;
  std::string commit;
};

// Line by line: the text is the repository's, line breaks are its own.
std::string EscapeLines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += EscapeControl(line) + "\n";
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return out;
}

int Validate(const PolicyOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const std::string file = options.file.empty() ? options.connection.repository + "/" + kPolicyFile : options.file;
  const auto text = ReadFile(file, kPolicyLimit);
  if (!text.ok()) return Report(text.status(), env);
  const auto answer = session->connection().ValidatePolicy(*text);
  if (!answer.ok()) return Report(answer.status(), env);
  for (const v1::PolicyProblem& problem : answer->problems()) {
    env.out << fmt::format("{}:{}:{}: {}\n", EscapeControl(file), problem.line(), problem.column(),
                           EscapeControl(problem.message()));
  }
  if (!answer->problems().empty()) return kExitUsage;
  env.out << EscapeControl(file) << ": good; its conditions:\n";
  for (const std::string& condition : answer->conditions()) env.out << "  - " << EscapeControl(condition) << '\n';
  return kExitPass;
}

int ShowPolicy(const PolicyOptions& options, Environment& env) {
  auto session = Session::Open(options.connection,
                               options.commit.empty() ? Session::Needs::kServer : Session::Needs::kRepository, "", env);
  if (!session.ok()) return Report(session.status(), env);
  v1::GetPolicyRequest request;
  if (!options.commit.empty()) {
    const auto commit = session->repository().ResolveCommit(options.commit);
    if (!commit.ok()) return Report(commit.status(), env);
    request.set_project(session->ProjectName());
    request.set_commit(*commit);
  }
  const auto answer = session->connection().GetPolicy(request);
  if (!answer.ok()) return Report(answer.status(), env);
  env.err << "policy: " << EscapeControl(answer->source()) << '\n';
  for (const std::string& condition : answer->conditions()) env.err << "  - " << EscapeControl(condition) << '\n';
  env.out << EscapeLines(answer->text());
  return kExitPass;
}

}  // namespace

void AddPolicy(CLI::App& program, Environment& env) {
  auto options = std::make_shared<PolicyOptions>();
  CLI::App* verb = program.add_subcommand("policy", "Check a policy file, or print the policy in force");
  verb->footer("Examples:\n  mergegate policy validate\n  mergegate policy show --local --commit origin/main");
  verb->require_subcommand(1);

  CLI::App* validate = verb->add_subcommand("validate", "Check a policy file; exits with 2 when it has problems");
  validate->footer("Examples:\n  mergegate policy validate --local\n  mergegate policy validate policies/strict.yaml");
  validate->add_option("file", options->file, "Policy file [.mergegate.yaml]")->type_name("FILE");
  AddConnectionFlags(*validate, options->connection);
  validate->callback([&env, options] { env.exit_code = Validate(*options, env); });

  CLI::App* show = verb->add_subcommand("show", "Print the policy of a commit, or the default one");
  show->footer("Examples:\n  mergegate policy show > .mergegate.yaml\n  mergegate policy show --commit origin/main");
  show->add_option("--commit", options->commit, "Commit whose policy to show [the default policy]")->type_name("REV");
  AddConnectionFlags(*show, options->connection);
  show->callback([&env, options] { env.exit_code = ShowPolicy(*options, env); });
}

}  // namespace mergegate::client
