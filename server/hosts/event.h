// Reads the body of a webhook into a HostEvent.
//
//   ASSIGN_OR_RETURN(HostEvent event, hosts::ReadEvent(HostKind::kGitHub, "pull_request", body));
//   event.change.head                          // of the pull request
//   hosts::LaneOf(event) == "186853002#2"
//
// Tolerant: only what is needed is looked at, and a value that is null, absent or of another type reads as absent. An
// event that is not known, or lacks what it needs, is kIgnored with the reason.
//
// Thread safety: pure functions.
#ifndef MERGEGATE_SERVER_HOSTS_EVENT_H_
#define MERGEGATE_SERVER_HOSTS_EVENT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/host_event.h"

namespace mergegate::hosts {

// `event`: X-GitHub-Event, or X-Gitlab-Event (where that is missing the body tells). kInvalidArgument for what is not
// a JSON object, or out of proportion (reports/json_view.h).
absl::StatusOr<HostEvent> ReadEvent(HostKind host, std::string_view event, std::string_view body);

// What must be worked on one after another: a change of a repository, or a repository.
std::string LaneOf(const HostEvent& event);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_EVENT_H_
