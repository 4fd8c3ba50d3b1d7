#include "server/hosts/event.h"

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/hosts/events_of.h"
#include "server/reports/json_view.h"

namespace mergegate::hosts {

absl::StatusOr<HostEvent> ReadEvent(HostKind host, std::string_view event, std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  ASSIGN_OR_RETURN(const nlohmann::json document, reports::ParseJsonObject(body, "webhook"));
  if (host == HostKind::kGitHub) return ReadGitHubEvent(event, Json(document));
  if (host == HostKind::kGitLab) return ReadGitLabEvent(Json(document));
  return absl::InvalidArgumentError("webhook: of no known kind of host");
}

std::string LaneOf(const HostEvent& event) {
  if (event.change.change.empty()) return event.repository.number;
  return absl::StrCat(event.repository.number, "#", event.change.change);
}

}  // namespace mergegate::hosts
