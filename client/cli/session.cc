#include "client/cli/session.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"

namespace mergegate::client {
namespace {

constexpr std::chrono::seconds kStartTime(30);

// FNV-1a, 64 bits: names the file that remembers a repository's last run.
std::string HashOf(std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

struct LastRun {
  std::string name;
  bool local = false;
};

std::optional<LastRun> ReadLast(const std::string& file) {
  std::ifstream stream(file);
  LastRun last;
  std::string where;
  if (!(stream >> last.name >> where)) return std::nullopt;
  last.local = where == "local";
  return last;
}

}  // namespace

void AddConnectionFlags(CLI::App& verb, ConnectionFlags& flags) {
  const std::string group = "Connection";
  auto* server =
      verb.add_option("--server", flags.server, "Server: host:port, https://host, tls:host:port or unix:/path")
          ->type_name("ADDR")
          ->group(group);
  verb.add_flag("--local", flags.local, "No server needed: one is started inside for this call")
      ->excludes(server)
      ->group(group);
  verb.add_option("--project", flags.project, "Project id [from the remote's URL or the folder's name]")
      ->type_name("ID")
      ->group(group);
  verb.add_option("--repo", flags.repository, "Repository to work in [.]")->type_name("DIR")->group(group);
  verb.add_option("--token-file", flags.token_file, "File with the access token, mode 0600 (or set MERGEGATE_TOKEN)")
      ->type_name("FILE")
      ->group(group);
  verb.add_option("--tls-ca,--ca-file", flags.ca_file, "PEM file of the authorities to trust [the system's]")
      ->type_name("FILE")
      ->group(group);
  verb.add_option("--tls-cert", flags.tls_cert, "PEM file of one's own certificate, where the server wants one")
      ->type_name("FILE")
      ->group(group);
  verb.add_option("--tls-key", flags.tls_key, "PEM file of its key")->type_name("FILE")->group(group);
  verb.add_option("--color", flags.color, "Colours in text")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->group(group);
}

void AddCallerFlag(CLI::App& verb, ConnectionFlags& flags) {
  verb.add_option("--as", flags.as, "Who you are: mail or login [MERGEGATE_AS, or git's user.email]")
      ->type_name("PERSON")
      ->group("Connection");
}

absl::StatusOr<Session> Session::Open(const ConnectionFlags& flags, Needs needs, const std::string& run,
                                      Environment& env) {
  Session session;
  auto settings = ResolveSettings(flags, env.variable);
  if (!settings.ok()) return settings.status();
  session.settings_ = *std::move(settings);

  auto repository = LocalRepository::Open(flags.repository);
  if (repository.ok()) {
    session.repository_ = *std::move(repository);
    if (const std::string state = StateFolder(env.variable); !state.empty()) {
      session.last_file_ = fmt::format("{}/last-{}", state, HashOf(session.repository_->CommonDirectory()));
    }
  }
  session.local_ = flags.local;
  if (run == "last" && !flags.local && flags.server.empty()) {
    if (const auto last = ReadLast(session.last_file_); last && last->local) session.local_ = true;
  }
  if ((needs == Needs::kRepository || session.local_) && !repository.ok()) return repository.status();

  if (session.settings_.as.empty() && session.repository_) {
    if (std::string mail = session.repository_->UserMail(); IsPerson(mail)) {
      session.settings_.as = std::move(mail);
      session.settings_.as_default = true;
    }
  }
  session.project_ = session.settings_.project;
  if (session.project_.empty() && session.repository_) {
    const std::string url = session.repository_->RemoteUrl();
    const std::string tree = session.repository_->WorkTree();
    session.project_ = ProjectIdFrom(!url.empty()    ? url
                                     : !tree.empty() ? tree
                                                     : session.repository_->CommonDirectory());
  }
  if (session.local_) {
    if (absl::Status status = session.StartEmbedded(env); !status.ok()) return status;
  } else {
    auto endpoint = ParseEndpoint(session.settings_.server);
    if (!endpoint.ok()) return endpoint.status();
    session.endpoint_ = *std::move(endpoint);
  }
  auto connection = Connection::Open(session.endpoint_, session.settings_);
  if (!connection.ok()) return connection.status();
  session.connection_ = *std::move(connection);
  return session;
}

absl::Status Session::StartEmbedded(Environment& env) {
  auto folder = TemporaryFolder::Create();
  if (!folder.ok()) return folder.status();
  folder_ = *std::move(folder);
  const std::string common = repository_->CommonDirectory();
  const std::string data = common + "/mergegate";
  if (mkdir(data.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(
        fmt::format("{}: cannot be created; --local keeps its cache there and needs to write it", data));
  }
  settings_.token.clear();  // of another server
  endpoint_ = {"unix:" + folder_->path() + "/socket", false};
  auto server = ChildProcess::Start({env.program_dir + "/mergegated", "--embedded", "--data-dir", data, "--listen",
                                     endpoint_.target, "--adopt", project_ + "=" + common, "--exit-with-parent"},
                                    data + "/embedded.log");
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  const auto line = server_->ReadLine(kStartTime);
  if (!line.ok()) return line.status();
  if (*line != "ready") return absl::InternalError(fmt::format("mergegated said \"{}\" instead of \"ready\"", *line));
  return absl::OkStatus();
}

absl::StatusOr<std::string> Session::RunName(const std::string& run) const {
  if (run == "last") {
    if (const auto last = ReadLast(last_file_)) return last->name;
    return absl::InvalidArgumentError("no run of this repository is remembered; name one: `mergegate runs` lists them");
  }
  if (run.starts_with("projects/") && run.find("/runs/") != std::string::npos) return run;
  if (!IsProjectId(run)) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is not a run: write projects/PROJECT/runs/ID, the id alone, or last", run));
  }
  if (project_.empty()) return absl::InvalidArgumentError("which project? Give --project ID or the run's full name");
  return ProjectName() + "/runs/" + run;
}

absl::StatusOr<std::string> Session::ReviewName(const std::string& change) const {
  if (change.starts_with("projects/") && change.find("/reviews/") != std::string::npos) return change;
  if (change.empty()) return absl::InvalidArgumentError("which change? `mergegate inbox` lists them");
  if (project_.empty()) {
    return absl::InvalidArgumentError("which project? Give --project ID or the review's full name");
  }
  return ProjectName() + "/reviews/" + change;
}

absl::StatusOr<std::string> Session::Caller() {
  if (!settings_.as.empty() && !settings_.as_default) return settings_.as;
  // A token knows whose it is; git's user.email is asked where it does not.
  if (const auto me = connection_->WhoAmI(); me.ok() && !me->person().empty()) return me->person();
  if (!settings_.as.empty()) return settings_.as;
  return absl::InvalidArgumentError(
      "who are you? Say it with --as MAIL, MERGEGATE_AS, `as` in the config file, or git config user.email");
}

void Session::Remember(const std::string& name) const {
  if (last_file_.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(last_file_).parent_path(), ignored);
  std::ofstream(last_file_) << name << ' ' << (local_ ? "local" : "server") << '\n';
}

absl::Status Session::ServerAlive() {
  if (server_ == nullptr || !server_->Ended()) return absl::OkStatus();
  return absl::InternalError(
      fmt::format("the embedded server ended (status {})\n{}", *server_->Ended(), server_->LogTail()));
}

int Report(const absl::Status& status, Environment& env) {
  const std::string message(status.message());
  std::string_view rest = message;
  bool first = true;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    env.err << (first ? "mergegate: " : "  ") << EscapeControl(line) << '\n';
    first = false;
  }
  return ExitCodeFor(status);
}

}  // namespace mergegate::client
