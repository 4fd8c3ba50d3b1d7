// The reader of each host; event.h chooses.
#ifndef MERGEGATE_SERVER_HOSTS_EVENTS_OF_H_
#define MERGEGATE_SERVER_HOSTS_EVENTS_OF_H_

#include <string>
#include <string_view>

#include "server/domain/host_event.h"
#include "server/hosts/json.h"

namespace mergegate::hosts {

HostEvent ReadGitHubEvent(std::string_view event, const Json& body);
HostEvent ReadGitLabEvent(const Json& body);

// An event that is ignored on purpose.
inline HostEvent Ignored(HostEvent event, std::string why) {
  event.kind = HostEventKind::kIgnored;
  event.why = std::move(why);
  return event;
}

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_EVENTS_OF_H_
