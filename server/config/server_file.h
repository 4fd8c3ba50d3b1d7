// The server's configuration file (`mergegated --config FILE`), a YAML map of sections.
//
//   ServerFile file = ParseServerFile("hosts:\n  - {name: github, kind: github, webhook_secrets: [env:HOOK]}\n");
//   file.problems.empty();   file.hosts[0].api_url == "https://api.github.com"
//
// Each section is read by a file of its own; a new one is a field here and a row in ParseServerFile. Secrets are named
// by their place (server/base/secret_source.h) and never stand in the file.
//
// Thread safety: pure but for LoadServerFile.
#ifndef MERGEGATE_SERVER_CONFIG_SERVER_FILE_H_
#define MERGEGATE_SERVER_CONFIG_SERVER_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/chat.h"
#include "server/domain/host.h"
#include "server/domain/policy.h"
#include "server/scoring/growth/recognition.h"

namespace mergegate::config {

struct ServerFile {
  std::vector<HostConfig> hosts = {};          // section "hosts"
  std::vector<ChatConfig> chats = {};          // section "notify"
  scoring::RecognitionRules recognition = {};  // section "recognition"
  std::vector<PolicyProblem> problems = {};    // ordered by position; with any, nothing else is meaningful
};

ServerFile ParseServerFile(std::string_view yaml);

// kNotFound when it cannot be read; kInvalidArgument with every problem, one a line, as "FILE:LINE:COLUMN: what".
absl::StatusOr<ServerFile> LoadServerFile(const std::string& path);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_SERVER_FILE_H_
