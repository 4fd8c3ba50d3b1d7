// What a host says when it is asked: for what its webhooks missed.
//
//   const auto reader = MakeHostReader(api);
//   ASSIGN_OR_RETURN(std::vector<AskedChange> open, reader->OpenChanges(project));
//
// A change comes as the body of a webhook that would tell of it, so that there is one reader of changes, and one way
// for them. Errors as in host_api.h.
//
// Thread safety: as the HostApi's, which is borrowed.
#ifndef MERGEGATE_SERVER_HOSTS_HOST_READER_H_
#define MERGEGATE_SERVER_HOSTS_HOST_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/host.h"

namespace mergegate::hosts {

class HostApi;

struct AskedChange {
  std::string event = {};  // "pull_request", "Merge Request Hook"
  std::string body = {};
};

// One attempt of the host to deliver something.
struct SentDelivery {
  int64_t number = 0;   // of the attempt
  std::string id = {};  // of the delivery
  absl::Time sent = {};
  bool taken = false;  // it was answered 2xx
};

class HostReader {
 public:
  virtual ~HostReader() = default;

  virtual absl::StatusOr<std::vector<AskedChange>> OpenChanges(const HostProject& project) = 0;
  // Closed ones, too.
  virtual absl::StatusOr<AskedChange> Change(const HostProject& project, int64_t number) = 0;
  // Attempts since a moment, newest first; none where the host keeps no log that can be asked for.
  virtual absl::StatusOr<std::vector<SentDelivery>> SentDeliveries(absl::Time since) = 0;
  virtual absl::Status Redeliver(int64_t number) = 0;
};

std::unique_ptr<HostReader> MakeHostReader(HostApi& api);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_HOST_READER_H_
