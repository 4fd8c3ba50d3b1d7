// Looks whether a host is set up as it must be: credentials, permissions, events, the hook and whether it gets through.
// Each finding says what was looked at, what is wrong, and where to set it right.
//
//   for (const CheckItem& item : CheckHost(api, config, "acme/widget")) ...
//
// Asks the host and changes nothing there. Thread safety: as the HostApi's.
#ifndef MERGEGATE_SERVER_HOSTS_HOST_CHECK_H_
#define MERGEGATE_SERVER_HOSTS_HOST_CHECK_H_

#include <string>
#include <vector>

#include "server/hosts/host_api.h"

namespace mergegate::hosts {

enum class CheckState {
  kFine,
  kMissing,  // it will not work like this
  kUnsure,   // it cannot be seen, or may be wished so
};

struct CheckItem {
  CheckState state = CheckState::kFine;
  std::string what = {};  // "permission checks: write"
  std::string hint = {};  // what to do; empty when fine
  bool operator==(const CheckItem&) const = default;
};

// `project`: a repository there ("acme/widget") whose hook is looked at, too, where hooks belong to projects; or empty.
std::vector<CheckItem> CheckHost(HostApi& api, const std::string& project);

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_HOST_CHECK_H_
