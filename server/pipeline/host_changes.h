// Acts on what a delivery says. Read HostChanges::Act: it is the way of an event.
//
//   HostChanges changes(inbound);
//   ASSIGN_OR_RETURN(Acted acted, changes.Act(delivery, event));
//
// Everything can be done again, after a crash or for a repeated delivery, without doing it twice: projects and changes
// are known by their numbers, runs by a request id made of the delivery, what was said by the host's id.
//
// Thread safety: Act from any thread, but for deliveries of one lane.
#ifndef MERGEGATE_SERVER_PIPELINE_HOST_CHANGES_H_
#define MERGEGATE_SERVER_PIPELINE_HOST_CHANGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/domain/delivery.h"
#include "server/domain/host_event.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

struct Acted {
  DeliveryState state = DeliveryState::kDone;  // or kIgnored, kFailed
  std::string reason = {};
};

class HostChanges {
 public:
  // After so many attempts to fetch a commit in vain the run is submitted without it: its verdict is inconclusive and
  // says so, which is more than silence.
  static constexpr int kFetchAttempts = 5;

  explicit HostChanges(const Inbound& inbound) : inbound_(inbound) {}

  // An error is of the environment: try again later.
  absl::StatusOr<Acted> Act(const Delivery& delivery, const HostEvent& event);

 private:
  struct Work {
    const Delivery& delivery;
    const HostEvent& event;
    const HostConfig& host;
    HostProject project = {};
  };

  absl::StatusOr<HostProject> SaveProject(const Work& work, const HostRepository& repository);
  absl::StatusOr<Acted> Repositories(const Work& work);
  absl::StatusOr<Acted> Pushed(const Work& work);
  absl::StatusOr<Acted> Changed(const Work& work);
  absl::StatusOr<Acted> Said(const Work& work);
  absl::StatusOr<Acted> RerunAsked(const Work& work);
  // Sees to it that the change's head has a run, or, when it is over, that it has none. `anew`: another one in any
  // case.
  absl::StatusOr<Acted> Gate(const Work& work, const HostChange& change, bool anew);
  // Closes unfinished runs for other heads than `keep` (empty: all) as inconclusive.
  absl::Status CloseRuns(const HostChange& change, const CommitId& keep, const std::string& reason);
  absl::Status RunCommands(const Work& work, const HostChange& change);

  const Inbound& inbound_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_HOST_CHANGES_H_
