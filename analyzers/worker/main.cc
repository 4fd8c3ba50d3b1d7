// mergegate-worker: the command line around LeaseLoop and TaskRunner. No logic of its own.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "analyzers/worker/lease_loop.h"
#include "analyzers/worker/run_task.h"
#include "analyzers/worker/toolchain.h"

namespace mergegate::worker {
namespace {

// Exit statuses, as those of mergegate.
constexpr int kUsage = 2, kEnvironment = 3, kAuthentication = 4;

struct Flags {
  LeaseOptions lease;
  AnalyzerOptions analyzer;
  std::string token_file;
  std::string authorities;
  std::string certificate;
  std::string key;
  std::vector<std::string> repositories;  // PROJECT=GITDIR
  bool die_with_parent = false;
  bool no_zygote = false;
};

std::string UniqueName() {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return absl::StrCat(host, ":", getpid(), ":", absl::Hex(std::random_device{}(), absl::kZeroPad8));
}

absl::StatusOr<std::string> ReadToken(const std::string& file) {
  if (file.empty()) {
    const char* token = std::getenv("MERGEGATE_TOKEN");
    return std::string(token == nullptr ? "" : token);
  }
  std::ifstream in(file);
  std::string token;
  if (!std::getline(in, token) || absl::StripAsciiWhitespace(token).empty()) {
    return absl::NotFoundError(absl::StrCat(file, " holds no token; it is the server's data folder's file \"token\""));
  }
  return std::string(absl::StripAsciiWhitespace(token));
}

absl::Status FillIn(Flags& flags) {
  for (const std::string& entry : flags.repositories) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == entry.size()) {
      return absl::InvalidArgumentError(absl::StrCat("--repository ", entry, ": want PROJECT=GITDIR"));
    }
    flags.analyzer.repositories[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  if (flags.analyzer.mirrors.empty() && flags.analyzer.repositories.empty()) {
    return absl::InvalidArgumentError("name the repositories: --repositories DIR or --repository PROJECT=GITDIR");
  }
  if (flags.analyzer.program.empty()) {
    std::error_code error;
    flags.analyzer.program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "mergegate-analyze";
  }
  flags.analyzer.zygote = !flags.no_zygote;
  flags.analyzer.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (flags.lease.exit_when_idle) flags.lease.wait = std::chrono::seconds(5);
  flags.lease.worker = UniqueName();
  absl::StatusOr<std::string> token = ReadToken(flags.token_file);
  if (!token.ok()) return token.status();
  flags.lease.token = *std::move(token);
  if (flags.certificate.empty() != flags.key.empty()) {
    return absl::InvalidArgumentError("a certificate of one's own needs both --tls-cert and --tls-key");
  }
  for (const auto& [file, pem] : {std::pair{&flags.authorities, &flags.lease.authorities},
                                  {&flags.certificate, &flags.lease.certificate},
                                  {&flags.key, &flags.lease.key}}) {
    if (file->empty()) continue;
    std::ifstream in(*file);
    if (!in) return absl::NotFoundError(absl::StrCat(*file, ": cannot be read"));
    pem->assign(std::istreambuf_iterator<char>(in), {});
  }
  return absl::OkStatus();
}

std::vector<std::string> HeaderFolders(const AnalyzerOptions& options, const std::string& resource_dir) {
  std::vector<std::string> folders = options.toolchain_roots.empty() ? SystemHeaderFolders() : options.toolchain_roots;
  folders.push_back(resource_dir);
  folders.insert(folders.end(), options.extra_roots.begin(), options.extra_roots.end());
  return folders;
}

// Returns when one of: a signal to end, the parent's end (if it matters), `done`.
void WaitForEnd(int signals, int parent, const sandbox::StopRequest& done) {
  pollfd waits[] = {{signals, POLLIN, 0}, {parent, POLLIN, 0}, {done.descriptor(), POLLIN, 0}};
  while (poll(waits, 3, -1) < 0 && errno == EINTR) {
  }
}

int Work(const Flags& flags, int signals, int parent) {
  TaskRunner runner(flags.analyzer);
  LeaseLoop loop(flags.lease, [&](const v1::AnalysisTask& task, const sandbox::StopRequest& stop) {
    return runner.Run(task, stop);
  });
  sandbox::StopRequest done;
  absl::Status ended;
  std::thread thread([&] {
    ended = loop.Run();
    done.Request();
  });
  WaitForEnd(signals, parent, done);
  loop.Stop();
  thread.join();
  if (ended.ok()) return EXIT_SUCCESS;
  spdlog::error("{} refuses this worker: {}; see --token-file", flags.lease.server, ended.ToString());
  return kAuthentication;
}

int Main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("mergegate-worker"));
  Flags flags;
  flags.lease.slots = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 64U));
  CLI::App app(
      "mergegate-worker: runs the analyzers for a mergegate server.\n\n"
      "Examples:\n"
      "  mergegate-worker --server unix:/run/mergegate/socket --repositories /var/lib/mergegate/mirrors\n"
      "  mergegate-worker --server gate.example:7480 --token-file token --repository leveldb=/srv/leveldb.git --jobs "
      "8");
  app.add_option("--server", flags.lease.server, "Address of the server, host:port, https://host:port or unix:/path")
      ->required();
  app.add_option("--tls-ca", flags.authorities, "PEM file of the authorities to trust (default: the system's)");
  app.add_option("--tls-cert", flags.certificate, "PEM file of one's own certificate, where the server wants one");
  app.add_option("--tls-key", flags.key, "PEM file of its key");
  app.add_option("--token-file", flags.token_file, "File with the token (default: variable MERGEGATE_TOKEN)");
  app.add_option("--repositories", flags.analyzer.mirrors, "Folder with the mirrors, <project>.git each");
  app.add_option("--repository", flags.repositories, "PROJECT=GITDIR: where one project's git folder is; repeatable");
  app.add_option("--analyze", flags.analyzer.program, "Path of mergegate-analyze (default: beside this program)");
  app.add_option("--jobs", flags.lease.slots, "Tasks at once (default: number of cores)")->check(CLI::Range(1, 64));
  app.add_option("--run", flags.lease.run, "Take tasks of this run only: projects/{project}/runs/{run}");
  app.add_option("--toolchain-root", flags.analyzer.toolchain_roots, "Folder of compiler headers; repeatable");
  app.add_option("--extra-root", flags.analyzer.extra_roots, "Further folder that sources may include; repeatable");
  app.add_option("--cache-dir", flags.analyzer.cache.folder, "Folder for what analyses leave for later ones");
  app.add_option("--cache-bytes", flags.analyzer.cache.limit, "Room for that folder (default: 4 GiB)")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::PositiveNumber);
  app.add_flag("--no-zygote", flags.no_zygote, "Start mergegate-analyze for each task instead of forking a warm one");
  app.add_flag("--exit-when-idle", flags.lease.exit_when_idle, "End when the server has no tasks left");
  app.add_flag("--die-with-parent", flags.die_with_parent, "End when the process that started this one ends");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : kUsage;
  }
  if (const absl::Status status = FillIn(flags); !status.ok()) {
    spdlog::error("{}", std::string(status.message()));
    return kUsage;
  }

  // Before any thread, so that all inherit it: these signals arrive only by descriptor.
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&ending, signal);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const int signals = signalfd(-1, &ending, SFD_CLOEXEC);
  const int parent = flags.die_with_parent ? static_cast<int>(syscall(SYS_pidfd_open, getppid(), 0)) : -1;

  absl::StatusOr<std::string> build = AnalyzerBuild(flags.analyzer.program);
  if (!build.ok()) {
    spdlog::error("{}", std::string(build.status().message()));
    return kEnvironment;
  }
  absl::StatusOr<std::string> resource_dir = AnalyzerResourceDir(flags.analyzer.program);
  if (!resource_dir.ok()) {
    spdlog::error("{}", std::string(resource_dir.status().message()));
    return kEnvironment;
  }
  Toolchain toolchain(HeaderFolders(flags.analyzer, *resource_dir));
  flags.analyzer.build = *build;
  flags.analyzer.toolchain = [&] { return toolchain.Fingerprint(); };
  flags.lease.build = [&] { return BuildOn(*build, toolchain.Fingerprint()); };
  spdlog::info("{}: {} tasks at once for {}, analyzers {}", flags.lease.worker, flags.lease.slots, flags.lease.server,
               *build);
  return Work(flags, signals, parent);
}

}  // namespace
}  // namespace mergegate::worker

int main(int argc, char** argv) { return mergegate::worker::Main(argc, argv); }
