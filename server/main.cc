// mergegated: the composition root. Reads flags, builds the parts, starts them, waits, stops them. No logic.
#include <poll.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/child_process.h"
#include "server/base/data_folder.h"
#include "server/base/status_macros.h"
#include "server/base/tls_files.h"
#include "server/git/head.h"
#include "server/host_work.h"
#include "server/http/curl_http.h"
#include "server/pipeline/defect_risks.h"
#include "server/pipeline/experts.h"
#include "server/pipeline/run_pipeline.h"
#include "server/pipeline/scheduler.h"
#include "server/pipeline/score_board.h"
#include "server/pipeline/signal_feed.h"
#include "server/pipeline/warmer.h"
#include "server/publish_work.h"
#include "server/rpc/server.h"
#include "server/storage/store.h"
#include "server/storage/store_options.h"
#include "server/web/connect.h"
#include "server/web/health.h"
#include "server/web/hooks.h"
#include "server/web/server.h"

namespace mergegate {
namespace {

struct Flags {
  std::string data_dir = DefaultDataFolder();
  std::string config;
  std::string hosts;
  std::string project;
  std::vector<std::string> listen;
  std::vector<std::string> http;
  web::ServerLimits http_limits;
  double header_seconds = 10;
  double body_seconds = 60;
  std::vector<std::string> origins;
  TlsFiles tls;
  bool insecure = false;
  std::vector<std::string> adopt;
  std::vector<std::string> worker_args;
  std::string worker;
  std::string log_level = "info";
  int concurrent_runs = 2;
  double recheck_share = 0.01;
  int warm_units = 200;
  double pending_seconds = absl::ToDoubleSeconds(storage::kPendingAtMost);
  bool embedded = false;
  bool exit_with_parent = false;
  bool no_worker = false;
};

// A folder for the worker's socket: the data folder's path may be too long for one.
class SocketFolder {
 public:
  SocketFolder() {
    char pattern[] = "/tmp/mergegate-XXXXXX";
    if (mkdtemp(pattern) != nullptr) path_ = pattern;
  }
  ~SocketFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  std::string address() const { return absl::StrCat("unix:", path_, "/worker"); }
  bool ok() const { return !path_.empty(); }

 private:
  std::string path_;
};

absl::StatusOr<std::map<ProjectId, std::string>> AdoptedRepositories(const std::vector<std::string>& adopt) {
  std::map<ProjectId, std::string> adopted;
  for (const std::string& item : adopt) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(item, absl::MaxSplits('=', 1));
    std::error_code error;
    const std::filesystem::path objects = std::filesystem::canonical(parts.second + "/objects", error);
    if (error) {
      return absl::InvalidArgumentError(
          absl::StrCat("--adopt ", item, ": ", parts.second, " is not a git directory (PROJECT=GITDIR is wanted)"));
    }
    adopted[ProjectId(parts.first)] = objects.string();
  }
  return adopted;
}

std::string WorkerBesideThis() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "mergegate-worker";
}

// Tells builds apart, so that none takes another's verdicts for its own.
std::string OwnVersion() {
  struct stat file{};
  stat("/proc/self/exe", &file);
  return absl::StrCat(MERGEGATE_VERSION, " ", file.st_size, " ", file.st_mtim.tv_sec, ".", file.st_mtim.tv_nsec);
}

// A connection is a file; the usual soft limit of 1024 is there for programs that use select().
void AllowManyFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Returns when a stop signal came, or stdin closed while `watch_stdin`.
void WaitForStop(const sigset_t& signals, bool watch_stdin) {
  const timespec glance{.tv_sec = 0, .tv_nsec = 100'000'000};
  while (sigtimedwait(&signals, nullptr, &glance) < 0) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    char byte;
    if (watch_stdin && poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0) return;
  }
}

constexpr absl::Duration kDrain = absl::Seconds(5);
constexpr absl::Duration kWorkerSilence = absl::Minutes(1);

bool HasWorker(const pipeline::AnalysisBoard& board, const Clock& clock) {
  return clock.Now() - board.Load().last_asked < kWorkerSilence;
}

void SampleQueues(Metrics& metrics, pipeline::AnalysisBoard& board, storage::Store& store, const Clock& clock) {
  const auto runs = [&store](RunState state) {
    return [&store, state] {
      const auto counts = store.CountOpenRuns();
      return counts.ok() ? static_cast<double>(counts->at(state)) : std::nan("");
    };
  };
  metrics.Sample(Gauge::kWaiting, {"runs"}, runs(RunState::kQueued));
  metrics.Sample(Gauge::kUnderWay, {"runs"}, runs(RunState::kRunning));
  metrics.Sample(Gauge::kWaiting, {"tasks"}, [&board] { return static_cast<double>(board.Load().waiting); });
  metrics.Sample(Gauge::kUnderWay, {"tasks"}, [&board] { return static_cast<double>(board.Load().leased); });
  metrics.Sample(Gauge::kWaiting, {"deliveries"}, [&store] {
    const auto count = store.CountWaitingDeliveries();
    return count.ok() ? static_cast<double>(*count) : std::nan("");
  });
  metrics.Sample(Gauge::kWorkers, {}, [&] { return HasWorker(board, clock) ? 1.0 : 0.0; });
}

std::vector<web::Route> WebRoutes(rpc::Server& grpc, const Metrics& metrics, pipeline::AnalysisBoard& board,
                                  storage::Store& store, const Clock& clock, pipeline::HookIntake& hooks) {
  const std::vector<web::Need> needs = {
      {.name = "store", .ask = [&store] { return store.CountOpenRuns().status(); }},
      {.name = "worker", .ask = [&board, &clock] {
         return HasWorker(board, clock)
                    ? absl::OkStatus()
                    : absl::UnavailableError("none asked for work within a minute: see the log, or --no-worker");
       }}};
  std::vector<web::Route> routes = web::HealthRoutes(needs, metrics);
  std::ranges::move(web::ConnectRoutes(grpc.InProcess(), grpc.services()), std::back_inserter(routes));
  routes.push_back(web::HookRoute(hooks));
  return routes;
}

absl::Status Serve(const Flags& flags, const sigset_t& signals) {
  RETURN_IF_ERROR(CheckTlsFiles(flags.tls));
  for (const std::string& address : flags.listen) {
    RETURN_IF_ERROR(CheckExposure("--listen", address, flags.tls, flags.insecure));
  }
  for (const std::string& address : flags.http) {
    RETURN_IF_ERROR(CheckExposure("--http", address, flags.tls, flags.insecure));
  }
  ASSIGN_OR_RETURN(const config::ServerFile config, LoadConfig(flags.config));
  ASSIGN_OR_RETURN(const auto folder,
                   DataFolder::Open(flags.data_dir, flags.embedded ? absl::Minutes(1) : absl::ZeroDuration()));
  ASSIGN_OR_RETURN(const std::string token, folder->Token());
  ASSIGN_OR_RETURN(const auto adopted, AdoptedRepositories(flags.adopt));
  ASSIGN_OR_RETURN(
      const auto store,
      storage::OpenSqliteStore(folder->database(), {.pending_at_most = absl::Seconds(flags.pending_seconds)}));
  RETURN_IF_ERROR(store->ReleaseAllLeases());  // the data folder is locked, so no other server holds any
  RETURN_IF_ERROR(store->ReleaseDeliveries());

  const SystemClock clock;
  for (const auto& [project, objects] : adopted) {
    RETURN_IF_ERROR(store->CreateProject({.id = project, .remote = "", .created = clock.Now()}).status());
  }
  const pipeline::Mirrors mirrors(folder->mirrors(), adopted);
  Metrics metrics;
  pipeline::AnalysisBoard board(clock, {.metrics = &metrics});
  pipeline::ProgressBoard progress;
  pipeline::PipelineParts parts{.clock = clock,
                                .mirrors = mirrors,
                                .store = *store,
                                .board = board,
                                .progress = progress,
                                .metrics = metrics,
                                .recheck_share = flags.recheck_share,
                                .version = OwnVersion()};
  pipeline::Experts experts(clock, mirrors, *store, flags.data_dir + "/histories");
  parts.rank = [&experts](const ProjectId& project, const reviewers::RankQuery& query) {
    return experts.Rank(project, query);
  };
  if (!flags.embedded) experts.Start();
  pipeline::DefectRisks risks(clock, mirrors, flags.data_dir + "/risk");
  parts.risk = [&risks](const ProjectId& project, const CommitId& base, const CommitId& head) {
    return risks.Of(project, base, head);
  };
  risks.Start();
  pipeline::ScoreBoard scores(clock, mirrors, *store, flags.data_dir + "/histories/files");
  // An embedded server lives for one change: it has nobody's signals.
  if (!flags.embedded) parts.scores = &scores;
  pipeline::Warmer warmer(parts, {.units = flags.warm_units});
  pipeline::SignalFeed feed(parts, flags.data_dir + "/signals");
  // An embedded server ends with its run: nothing comes after it to be warm for.
  if (!flags.embedded) {
    parts.on_base = [&warmer, &feed, &experts, &risks, warms = flags.warm_units > 0](const Submission& base) {
      experts.ReadAhead(base.project);
      risks.ReadAhead(base.project);
      if (warms) warmer.BaseMoved(base);
      feed.BaseMoved(base.project);
    };
    // Nothing will move in the mirrors of adopted repositories: changes begin somewhere near their heads.
    for (const auto& [project, objects] : adopted) {
      const absl::StatusOr<CommitId> head = git::HeadOf(std::filesystem::path(objects).parent_path());
      if (head.ok()) risks.ReadAhead(project, *head);
    }
    if (flags.warm_units > 0) warmer.Start();
    feed.Start();
  }
  if (flags.embedded) RETURN_IF_ERROR(pipeline::CloseAbandonedRuns(parts));
  pipeline::Scheduler scheduler(
      parts, {.owner = absl::StrCat("mergegated:", getpid()), .concurrent_runs = flags.concurrent_runs});

  http::CurlHttp outside(PlacesToCall(config), kUserAgent);
  const hosts::Hosts clients(config.hosts, outside, clock);
  HostWork hosts(parts, config.hosts, clients, [&scheduler] { scheduler.Wake(); });
  PublishWork publishing(parts, config, outside, clients);

  const SocketFolder socket;
  if (!socket.ok()) return absl::UnavailableError("cannot create a folder under /tmp for the worker's socket");
  rpc::ServerOptions options{
      .addresses = flags.listen, .token = token, .tls = flags.tls, .recognition = config.recognition};
  options.addresses.push_back(socket.address());
  ASSIGN_OR_RETURN(const auto server, rpc::Server::Start(parts, [&] { scheduler.Wake(); }, options));
  SampleQueues(metrics, board, *store, clock);
  ASSIGN_OR_RETURN(
      const auto http,
      web::Server::Start(
          WebRoutes(*server, metrics, board, *store, clock, hosts.intake()),
          {.addresses = flags.http, .tls = flags.tls, .origins = flags.origins, .limits = flags.http_limits}, metrics));
  metrics.Sample(Gauge::kUnderWay, {"http"}, [&http] { return static_cast<double>(http->under_way()); });
  metrics.Sample(Gauge::kHttpConnections, {}, [&http] { return static_cast<double>(http->connections()); });
  scheduler.Start();
  hosts.Start();
  RETURN_IF_ERROR(publishing.Start());
  std::optional<SupervisedProcess> worker;
  if (!flags.no_worker) {
    std::vector<std::string> command = {flags.worker.empty() ? WorkerBesideThis() : flags.worker,
                                        "--server",
                                        socket.address(),
                                        "--repositories",
                                        mirrors.root(),
                                        "--cache-dir",
                                        flags.data_dir + "/engine-cache",
                                        "--die-with-parent"};
    command.insert(command.end(), flags.worker_args.begin(), flags.worker_args.end());
    worker.emplace(std::move(command));
  }
  for (const std::string& address : flags.listen) spdlog::info("listening on {}", address);
  for (const std::string& address : http->addresses())
    spdlog::info("listening on {}://{}", flags.tls.on() ? "https" : "http", address);
  spdlog::info("data in {}, token in {}", flags.data_dir, folder->token_file());
  std::puts("ready");
  std::fflush(stdout);

  WaitForStop(signals, flags.exit_with_parent);
  spdlog::info("stopping");
  http->Drain(kDrain);
  hosts.Stop();
  board.Stop();
  warmer.Stop();
  feed.Stop();
  experts.Stop();
  risks.Stop();
  scheduler.Stop();
  publishing.Stop();
  server->Drain(absl::Seconds(2));
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app(
      "mergegated: the mergegate server.\n\n"
      "Examples:\n"
      "  mergegated                                  serve on 127.0.0.1:7480, data under ~/.local/state/mergegate\n"
      "  mergegated --data-dir /var/lib/mergegate --listen 0.0.0.0:7480\n"
      "  mergegated --listen unix:/run/mergegate/socket");
  app.add_option("--data-dir", flags.data_dir, "Folder for database, mirrors and token")->capture_default_str();
  app.add_option("--config", flags.config, "Configuration file: hosts and chats; see deploy/server.yaml");
  app.add_option("--hosts", flags.hosts, "Serve nothing: list the hosts of --config, or check how they are set up")
      ->check(CLI::IsMember({"list", "check"}))
      ->needs("--config");
  app.add_option("--project", flags.project, "For --hosts check: a repository whose webhook is looked at, too");
  app.add_option("--listen", flags.listen, "Address, host:port or unix:/path; repeatable (default 127.0.0.1:7480)");
  app.add_option(
      "--http", flags.http,
      "Address for HTTP, as 127.0.0.1:7481 (the default); repeatable; port 0 chooses one, \"off\" serves none");
  app.add_option("--http-origin", flags.origins,
                 "Origin whose pages may call, as https://gate.example.org; repeatable");
  app.add_option("--http-connections", flags.http_limits.connections.all, "HTTP connections at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--http-connections-per-peer", flags.http_limits.connections.by_peer,
                 "Of one address; those of this machine are not counted")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--http-header-seconds", flags.header_seconds, "Time for the header of a request")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--http-body-seconds", flags.body_seconds, "Time for its body")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--tls-cert", flags.tls.certificate, "PEM: certificate and those that lead to its authority");
  app.add_option("--tls-key", flags.tls.key, "PEM: its key. With both, all addresses but unix: speak TLS");
  app.add_option("--tls-client-ca", flags.tls.client_authorities,
                 "PEM: authorities; clients must show a certificate of one");
  app.add_flag("--insecure", flags.insecure, "Let other machines connect without TLS: a proxy before this speaks it");
  app.add_option("--concurrent-runs", flags.concurrent_runs, "Runs carried out at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option("--recheck-share", flags.recheck_share, "Share of cache hits that are analyzed again and compared")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--warm-units", flags.warm_units, "Units analyzed in idle time when a target branch moves; 0 = none")
      ->capture_default_str()
      ->check(CLI::Range(0, 100000));
  app.add_option("--pending-seconds", flags.pending_seconds,
                 "How long a status at a host may be pending before it is inconclusive until the run ends")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 86400.0));
  app.add_option("--worker", flags.worker, "Path of mergegate-worker (default: beside this program)");
  app.add_option("--worker-arg", flags.worker_args, "Further argument for the worker, as --worker-arg=--jobs=4");
  app.add_flag("--no-worker", flags.no_worker, "Start no worker: others will connect");
  app.add_option("--log-level", flags.log_level, "debug, info, warn, error or off")->capture_default_str();
  app.add_flag("--embedded", flags.embedded, "For one run of the command line: wait for the data folder");
  app.add_option("--adopt", flags.adopt, "PROJECT=GITDIR: share this repository's objects with the project's mirror");
  app.add_flag("--exit-with-parent", flags.exit_with_parent, "Stop when standard input closes");
  app.set_version_flag("--version", "mergegated " MERGEGATE_VERSION);
  CLI11_PARSE(app, argc, argv);
  if (flags.listen.empty()) flags.listen = {"127.0.0.1:7480"};
  flags.http_limits.header_time = absl::Seconds(flags.header_seconds);
  flags.http_limits.body_time = absl::Seconds(flags.body_seconds);
  if (flags.http.empty() && !flags.embedded) flags.http = {"127.0.0.1:7481"};
  std::erase(flags.http, "off");

  spdlog::set_default_logger(spdlog::stderr_color_mt("mergegated"));
  spdlog::set_level(spdlog::level::from_str(flags.log_level));
  if (flags.hosts == "list") return ListHosts(flags.config);
  if (flags.hosts == "check") return CheckHosts(flags.config, flags.project);
  // Blocked before any thread starts, so that only WaitForStop sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  AllowManyFiles();

  const absl::Status status = Serve(flags, signals);
  if (status.ok()) return 0;
  std::fprintf(stderr, "mergegated: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace mergegate

int main(int argc, char** argv) { return mergegate::Main(argc, argv); }
