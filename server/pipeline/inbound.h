// What the work on deliveries of hosts is done with.
#ifndef MERGEGATE_SERVER_PIPELINE_INBOUND_H_
#define MERGEGATE_SERVER_PIPELINE_INBOUND_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/host.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate::pipeline {

// All outlives whoever works with it.
struct Inbound {
  const PipelineParts& parts;
  std::vector<HostConfig> hosts = {};
  // "Authorization: ..." with which git fetches a project there; empty: nobody asks for it.
  std::function<absl::StatusOr<std::string>(const HostConfig&, const HostProject&)> git_header =
      [](const HostConfig&, const HostProject&) { return std::string(); };
  // A run was submitted.
  std::function<void()> submitted = [] {};

  // nullptr for a host that is not configured (any more).
  const HostConfig* Find(std::string_view host) const {
    for (const HostConfig& config : hosts) {
      if (config.name == host) return &config;
    }
    return nullptr;
  }
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_INBOUND_H_
