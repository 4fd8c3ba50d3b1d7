#include "client/cli/own_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <utility>

namespace mergegate::client {
namespace {

constexpr std::chrono::seconds kBetweenStarts(1);

absl::Status WriteSecret(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return absl::FailedPreconditionError(fmt::format("{} cannot be created", path));
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return written ? absl::OkStatus() : absl::ResourceExhaustedError(fmt::format("{} cannot be written", path));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OwnWorker>> OwnWorker::Start(const Session& session, const std::string& run,
                                                            const Environment& env) {
  auto worker = std::make_unique<OwnWorker>();
  auto folder = TemporaryFolder::Create();
  if (!folder.ok()) return folder.status();
  worker->folder_ = *std::move(folder);
  // What an analysis leaves for the next is of use where the machine lives for longer than one.
  const std::string kept = CacheFolder(env.variable);
  worker->arguments_ = {env.program_dir + "/mergegate-worker",
                        "--server",
                        session.settings().server,
                        "--run",
                        run,
                        "--repository",
                        session.project() + "=" + session.repository().CommonDirectory(),
                        "--cache-dir",
                        (kept.empty() ? worker->folder_->path() : kept) + "/engine",
                        "--exit-when-idle"};
  const Settings& settings = session.settings();
  for (const auto& [flag, file] :
       {std::pair{"--tls-ca", settings.ca_file}, {"--tls-cert", settings.tls_cert}, {"--tls-key", settings.tls_key}}) {
    if (!file.empty()) worker->arguments_.insert(worker->arguments_.end(), {flag, file});
  }
  if (!session.settings().token.empty()) {
    const std::string file = worker->folder_->path() + "/token";
    if (absl::Status status = WriteSecret(file, session.settings().token); !status.ok()) return status;
    worker->arguments_.insert(worker->arguments_.end(), {"--token-file", file});
  }
  if (absl::Status status = worker->Launch(); !status.ok()) return status;
  return worker;
}

absl::Status OwnWorker::Launch() {
  auto process = ChildProcess::Start(arguments_, folder_->path() + "/log");
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  started_ = std::chrono::steady_clock::now();
  return absl::OkStatus();
}

absl::Status OwnWorker::Alive() {
  const std::optional<int> status = process_->Ended();
  if (!status) return absl::OkStatus();
  if (*status != 0) {
    return absl::InternalError(
        fmt::format("the worker of this machine ended (status {})\n{}", *status, process_->LogTail()));
  }
  return std::chrono::steady_clock::now() - started_ < kBetweenStarts ? absl::OkStatus() : Launch();
}

}  // namespace mergegate::client
