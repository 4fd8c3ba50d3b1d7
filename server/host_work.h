// The configured hosts at work: the parts are built, started and stopped together. No logic.
//
//   ASSIGN_OR_RETURN(const config::ServerFile file, LoadConfig("/etc/mergegate/server.yaml"));
//   http::CurlHttp http(PlacesToCall(file), kUserAgent);
//   hosts::Hosts hosts(file.hosts, http, clock);             // with PublishWork (publish_work.h): one set of tokens
//   HostWork work(parts, file.hosts, hosts, [&] { scheduler.Wake(); });
//   work.Start();   ...   work.Stop();
#ifndef MERGEGATE_SERVER_HOST_WORK_H_
#define MERGEGATE_SERVER_HOST_WORK_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/config/server_file.h"
#include "server/hosts/host_client.h"
#include "server/hosts/host_reader.h"
#include "server/pipeline/delivery_loop.h"
#include "server/pipeline/hook_intake.h"
#include "server/pipeline/reconcile_loop.h"

namespace mergegate {

// What they deliver is taken, worked off, and made up for where it is missing.
class HostWork {
 public:
  // Borrows `hosts`, the clients of the configured ones.
  HostWork(const pipeline::PipelineParts& parts, const std::vector<HostConfig>& configs, const hosts::Hosts& hosts,
           std::function<void()> submitted);

  void Start();
  void Stop();
  pipeline::HookIntake& intake() { return intake_; }

 private:
  pipeline::Inbound inbound_;
  std::map<std::string, std::unique_ptr<hosts::HostReader>> readers_;
  pipeline::DeliveryLoop deliveries_{inbound_, {}};
  pipeline::HookIntake intake_{inbound_, [this] { deliveries_.Wake(); }};
  std::optional<pipeline::ReconcileLoop> reconcile_;
};

inline constexpr char kUserAgent[] = "mergegate/" MERGEGATE_VERSION;

// All that the server may call by HTTP: the hosts and the chats of a configuration.
std::vector<std::string> PlacesToCall(const config::ServerFile& file);

// The configuration; an empty one without a file. Warns of secrets that are not there, or that everybody can read.
absl::StatusOr<config::ServerFile> LoadConfig(const std::string& path);

// Prints the hosts of a configuration, one a line; 1 when it cannot be read.
int ListHosts(const std::string& config);

// Prints how the hosts of a configuration are set up; 1 when one will not work like that. `project`: as for CheckHost.
int CheckHosts(const std::string& config, const std::string& project);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_HOST_WORK_H_
