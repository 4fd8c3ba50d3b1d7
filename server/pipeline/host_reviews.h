// What people say in reviews at a host, told to the review here: the same events as those of the command line, so that
// the gate, the ranking and the signals learn of them.
//
//   RETURN_IF_ERROR(TellReview(inbound, "github", project, change, {.kind = ReviewEventKind::kApproved, ...}));
//
// Thread safety: from any thread.
#ifndef MERGEGATE_SERVER_PIPELINE_HOST_REVIEWS_H_
#define MERGEGATE_SERVER_PIPELINE_HOST_REVIEWS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/host_event.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

// The events of a review that follow from one of a host. `id`: unique among those of the host; `now` where the host
// does not tell a time. Bots, and whoever is marked as one, say nothing; authors do not approve their own; an approval
// or a request for changes counts as a comment unless the host trusts who gave it, or they are linked to a person here:
// everybody may review what everybody may read.
absl::StatusOr<std::vector<ReviewEvent>> ReviewEventsOf(storage::Store& store, const HostConfig& host,
                                                        const std::string& id, const HostEvent& event,
                                                        const HostChange& change, absl::Time now);

// Adds those that are not there yet, counts them as signals, and lets the gate judge again where its policy looks at
// reviews.
absl::Status TellReview(const Inbound& inbound, const ProjectId& project, const std::string& change,
                        const std::vector<ReviewEvent>& events);

// A signal about the thread event.thread of a change: that it was opened, or resolved. Bots open and resolve none.
absl::Status TellThread(storage::Store& store, const HostConfig& host, const HostEvent& event, SignalKind kind,
                        const ProjectId& project, const std::string& author, absl::Time now);

// The person behind a login of `host`, under the name by which they are known here: who was linked as
// "host:login" or, where there is no other host, by the login alone; else somebody of that name.
absl::StatusOr<Person> PersonOf(storage::Store& store, const HostConfig& host, const HostUser& user);

// Whether somebody here linked that login: a name alone proves nothing, anybody can take it at the host.
inline bool IsLinked(const Person& person) { return person.identities.size() > 1; }

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_HOST_REVIEWS_H_
