#include "server/host_work.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <utility>

#include "server/base/secret_source.h"
#include "server/base/status_macros.h"
#include "server/hosts/host_check.h"
#include "server/http/curl_http.h"

namespace mergegate {
namespace {

// Without credentials there is nobody as whom to ask.
bool HasCredentials(const HostConfig& host) { return !host.token.empty() || !host.app_id.empty(); }

absl::StatusOr<config::ServerFile> LoadOrSay(const std::string& path) {
  absl::StatusOr<config::ServerFile> file = config::LoadServerFile(path);
  if (!file.ok()) std::fprintf(stderr, "mergegated: %s\n", std::string(file.status().message()).c_str());
  return file;
}

const char* Mark(hosts::CheckState state) {
  return state == hosts::CheckState::kFine ? "ok" : state == hosts::CheckState::kUnsure ? "? " : "no";
}

}  // namespace

HostWork::HostWork(const pipeline::PipelineParts& parts, const std::vector<HostConfig>& configs,
                   const hosts::Hosts& hosts, std::function<void()> submitted)
    : inbound_{.parts = parts, .hosts = configs} {
  inbound_.submitted = std::move(submitted);
  inbound_.git_header = [&hosts](const HostConfig& host, const HostProject& project) -> absl::StatusOr<std::string> {
    if (!HasCredentials(host)) return std::string();
    return hosts.Api(host.name)->access().GitHeader(project.installation, project.repository);
  };
  std::map<std::string, hosts::HostReader*> readers;
  for (const HostConfig& host : configs) {
    readers_[host.name] = hosts::MakeHostReader(*hosts.Api(host.name));
    if (HasCredentials(host)) readers[host.name] = readers_[host.name].get();
  }
  reconcile_.emplace(inbound_, std::move(readers), [this] { deliveries_.Wake(); });
}

void HostWork::Start() {
  if (inbound_.hosts.empty()) return;
  deliveries_.Start();
  reconcile_->Start();
}

void HostWork::Stop() {
  reconcile_->Stop();
  deliveries_.Stop();
}

std::vector<std::string> PlacesToCall(const config::ServerFile& file) {
  std::vector<std::string> places;
  for (const HostConfig& host : file.hosts) places.push_back(host.api_url);
  for (const ChatConfig& chat : file.chats) {
    if (const auto url = ReadSecret(chat.url); url.ok()) places.push_back(*url);  // its origin is allowed, not more
  }
  return places;
}

absl::StatusOr<config::ServerFile> LoadConfig(const std::string& path) {
  if (path.empty()) return config::ServerFile();
  ASSIGN_OR_RETURN(config::ServerFile file, config::LoadServerFile(path));
  for (const HostConfig& host : file.hosts) {
    std::vector<std::string> sources = host.webhook_secrets;
    sources.insert(sources.end(), {host.token, host.private_key});
    for (const std::string& source : sources) {
      if (source.empty()) continue;
      if (const auto secret = ReadSecret(source); !secret.ok()) {
        spdlog::warn("host {}: {}", host.name, std::string(secret.status().message()));
      }
      if (const std::string warning = SecretWarning(source); !warning.empty()) {
        spdlog::warn("host {}: {}", host.name, warning);
      }
    }
  }
  return file;
}

int ListHosts(const std::string& config) {
  const absl::StatusOr<config::ServerFile> file = LoadOrSay(config);
  if (!file.ok()) return 1;
  for (const HostConfig& host : file->hosts) {
    const char* as = !host.app_id.empty() ? "as an App" : !host.token.empty() ? "with a token" : "without credentials";
    std::printf("%s  %s  %s  %s, webhooks at /hooks/%s/...\n", host.name.c_str(),
                host.kind == HostKind::kGitLab ? "gitlab" : "github", host.web_url.c_str(), as, host.name.c_str());
  }
  if (file->hosts.empty()) std::printf("%s configures no hosts\n", config.c_str());
  return 0;
}

int CheckHosts(const std::string& config, const std::string& project) {
  const absl::StatusOr<config::ServerFile> file = LoadOrSay(config);
  if (!file.ok()) return 1;
  bool works = true;
  const SystemClock clock;
  for (const HostConfig& host : file->hosts) {
    http::CurlHttp http({host.api_url}, kUserAgent);
    const hosts::Hosts hosts({host}, http, clock);
    std::printf("%s (%s)\n", host.name.c_str(), host.api_url.c_str());
    for (const hosts::CheckItem& item : hosts::CheckHost(*hosts.Api(host.name), project)) {
      std::printf("  %s  %s\n", Mark(item.state), item.what.c_str());
      if (!item.hint.empty()) std::printf("      %s\n", item.hint.c_str());
      works = works && item.state != hosts::CheckState::kMissing;
    }
  }
  if (file->hosts.empty()) std::printf("%s configures no hosts\n", config.c_str());
  return works ? 0 : 1;
}

}  // namespace mergegate
