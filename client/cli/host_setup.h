// What a person does, and what is written, to connect a host: the texts behind `mergegate admin host add`.
//
//   HostSetup setup{.kind = "github", .name = "github", .server_url = "https://gate.example.org", ...};
//   StepsFor(setup);                       // where to click, what to put in
//   WithSection(file, SectionOf(setup));   // the configuration with this host in it
//
// Pure; no secret passes through here, only the places of them.
#ifndef MERGEGATE_CLIENT_CLI_HOST_SETUP_H_
#define MERGEGATE_CLIENT_CLI_HOST_SETUP_H_

#include <string>

#include "absl/status/statusor.h"

namespace mergegate::client {

struct HostSetup {
  std::string kind = {};        // "github", "gitlab"
  std::string name = {};        // in URLs
  std::string web_url = {};     // "https://github.com"
  std::string server_url = {};  // where the host reaches the server's HTTP port
  std::string secret = {};      // places: "file:/PATH", "env:NAME"
  std::string app_id = {};
  std::string private_key = {};
  std::string token = {};
};

// kInvalidArgument, with what is wanted, for a value that the server would not take.
absl::Status CheckSetup(const HostSetup& setup);

// Numbered; what to do at the host before its credentials are there.
std::string StepsFor(const HostSetup& setup);

// An item of the list `hosts:`.
std::string SectionOf(const HostSetup& setup);

// The configuration with the item added. kFailedPrecondition where only a person can say where it belongs.
absl::StatusOr<std::string> WithSection(const std::string& configuration, const std::string& section);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_HOST_SETUP_H_
