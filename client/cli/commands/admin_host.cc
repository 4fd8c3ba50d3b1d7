#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/commands/people.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/host_setup.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

constexpr char kConfig[] = "/etc/mergegate/server.yaml";

struct HostOptions {
  HostSetup setup;
  std::string config = kConfig;
  std::string project;
  bool no_check = false;
};

// Asks for a value that was not given, where somebody can answer.
void AskFor(const char* question, const std::string& usual, std::string& value, Environment& env) {
  if (!value.empty()) return;
  if (isatty(STDIN_FILENO) == 1) {
    env.err << question << (usual.empty() ? "" : " [" + usual + "]") << ": " << std::flush;
    std::getline(std::cin, value);
  }
  if (value.empty()) value = usual;
}

// A random secret in a new file that only its owner can read; an existing one stays.
absl::Status MakeSecretFile(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return absl::OkStatus();
  if (file < 0)
    return absl::InvalidArgumentError(fmt::format("cannot create {}: is its folder there, and yours?", path));
  unsigned char bytes[32];
  std::string text;
  const bool random = getrandom(bytes, sizeof bytes, 0) == static_cast<ssize_t>(sizeof bytes);
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  text += '\n';
  const bool written = random && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return written ? absl::OkStatus() : absl::InternalError(fmt::format("cannot write {}", path));
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The server's program looks at the configuration: it has what it takes to talk to hosts.
int RunServer(const HostOptions& options, const char* what, Environment& env) {
  env.out << std::flush;
  const std::string program = env.program_dir + "/mergegated";
  std::vector<std::string> words = {program, "--config", options.config, "--hosts", what};
  if (!options.project.empty()) words.insert(words.end(), {"--project", options.project});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv(program.c_str(), arguments.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127) {
    return Report(absl::FailedPreconditionError(fmt::format("cannot start {}", program)), env);
  }
  return WEXITSTATUS(status) == 0 ? kExitPass : kExitFail;
}

int Add(HostOptions options, Environment& env) {
  HostSetup& setup = options.setup;
  const bool github = setup.kind == "github";
  AskFor("Name, as it stands in URLs", setup.kind, setup.name, env);
  AskFor("Its address", github ? "https://github.com" : "https://gitlab.com", setup.web_url, env);
  AskFor("Where it reaches this server over HTTP, as https://gate.example.org", "", setup.server_url, env);
  const std::filesystem::path folder = std::filesystem::path(options.config).parent_path();
  AskFor("Place of the webhook's secret", fmt::format("file:{}/{}-webhook", folder.string(), setup.name), setup.secret,
         env);
  for (std::string* url : {&setup.web_url, &setup.server_url}) {
    while (url->ends_with('/')) url->pop_back();
  }
  if (const absl::Status right = CheckSetup(setup); !right.ok()) return Report(right, env);
  if (setup.secret.starts_with("file:")) {
    if (const absl::Status made = MakeSecretFile(setup.secret.substr(5)); !made.ok()) return Report(made, env);
  }
  env.err << '\n' << StepsFor(setup) << '\n';
  if (github && setup.token.empty()) {
    AskFor("App ID", "", setup.app_id, env);
    AskFor("Place of its private key", fmt::format("file:{}/{}-app.pem", folder.string(), setup.name),
           setup.private_key, env);
    if (setup.app_id.empty()) return Report(absl::InvalidArgumentError("--app-id is wanted (or --token)"), env);
  } else {
    AskFor("Place of the token", fmt::format("file:{}/{}-token", folder.string(), setup.name), setup.token, env);
  }
  if (const absl::Status right = CheckSetup(setup); !right.ok()) return Report(right, env);

  const std::string section = SectionOf(setup);
  const auto whole = WithSection(ReadFile(options.config), section);
  if (!whole.ok()) {
    env.out << section;
    return Report(whole.status(), env);
  }
  std::ofstream file(options.config, std::ios::binary | std::ios::trunc);
  file << *whole << std::flush;
  if (!file) {
    env.out << "hosts:\n" << section;
    return Report(absl::InvalidArgumentError(
                      fmt::format("cannot write {}; put the lines above there", EscapeControl(options.config))),
                  env);
  }
  env.err << fmt::format("Written to {}:\n", EscapeControl(options.config));
  env.out << section;
  env.err << fmt::format("Start the server anew: mergegated --config {} --http ADDRESS:PORT\n\n",
                         EscapeControl(options.config));
  return options.no_check ? static_cast<int>(kExitPass) : RunServer(options, "check", env);
}

CLI::App* Sub(CLI::App& parent, const char* name, const char* what, const char* examples,
              const std::shared_ptr<HostOptions>& options) {
  CLI::App* verb = parent.add_subcommand(name, what);
  verb->footer(std::string("Examples:\n  ") + examples);
  verb->add_option("--config", options->config, fmt::format("The server's configuration [{}]", kConfig))
      ->type_name("FILE");
  return verb;
}

}  // namespace

void AddAdminHost(CLI::App& admin, Environment& env) {
  auto options = std::make_shared<HostOptions>();
  CLI::App* host = admin.add_subcommand("host", "Connect GitHub or GitLab to the server of this machine, and check it");
  host->footer("Examples:\n  mergegate admin host add github\n  mergegate admin host check --project acme/widget");
  host->require_subcommand(1);

  CLI::App* add = Sub(*host, "add", "Say what to do there, write the configuration, check it; asks for what is missing",
                      "mergegate admin host add gitlab --server-url https://gate.example.org "
                      "--token file:/etc/mergegate/gitlab-token",
                      options);
  add->add_option("kind", options->setup.kind, "github or gitlab")
      ->required()
      ->check(CLI::IsMember({"github", "gitlab"}));
  add->add_option("--name", options->setup.name, "Its name in URLs [its kind]")->type_name("NAME");
  add->add_option("--web-url", options->setup.web_url, "Its address [https://github.com, https://gitlab.com]")
      ->type_name("URL");
  add->add_option("--server-url", options->setup.server_url, "Where it reaches the server's HTTP port")
      ->type_name("URL");
  add->add_option("--secret", options->setup.secret,
                  "Place of the webhook's secret; a file is made when it is not there")
      ->type_name("file:/PATH|env:NAME");
  add->add_option("--app-id", options->setup.app_id, "GitHub: the App's number")->type_name("NUMBER");
  add->add_option("--private-key", options->setup.private_key, "GitHub: place of the App's key")
      ->type_name("file:/PATH|env:NAME");
  add->add_option("--token", options->setup.token, "Place of a token; for GitHub instead of an App")
      ->type_name("file:/PATH|env:NAME");
  add->add_flag("--no-check", options->no_check, "Do not ask the host whether it is set up right");
  add->callback([&env, options] { env.exit_code = Add(*options, env); });

  CLI::App* list = Sub(*host, "list", "List the configured hosts", "mergegate admin host list", options);
  list->callback([&env, options] { env.exit_code = RunServer(*options, "list", env); });

  CLI::App* check =
      Sub(*host, "check", "Check credentials, permissions, events, webhooks; exits with 1 when one is wrong",
          "mergegate admin host check --project acme/widget", options);
  check->add_option("--project", options->project, "A repository whose webhook is looked at, too")
      ->type_name("OWNER/NAME");
  check->callback([&env, options] { env.exit_code = RunServer(*options, "check", env); });
}

}  // namespace mergegate::client
