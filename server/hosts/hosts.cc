#include <utility>

#include "server/hosts/host_client.h"

namespace mergegate::hosts {

Hosts::Hosts(const std::vector<HostConfig>& configs, Http& http, const Clock& clock) {
  for (const HostConfig& config : configs) {
    Parts parts;
    parts.access = MakeHostAccess(config, http, clock);
    parts.api = std::make_unique<HostApi>(config, http, *parts.access, clock);
    parts.client =
        config.kind == HostKind::kGitLab ? MakeGitLabClient(*parts.api) : MakeGitHubClient(*parts.api, clock);
    hosts_.insert_or_assign(config.name, std::move(parts));
  }
}

HostClient* Hosts::Client(std::string_view name) const {
  const auto it = hosts_.find(name);
  return it == hosts_.end() ? nullptr : it->second.client.get();
}

HostApi* Hosts::Api(std::string_view name) const {
  const auto it = hosts_.find(name);
  return it == hosts_.end() ? nullptr : it->second.api.get();
}

}  // namespace mergegate::hosts
