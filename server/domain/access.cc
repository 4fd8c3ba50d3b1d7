#include "server/domain/access.h"

#include <algorithm>

namespace mergegate {

std::string_view Name(Role role) {
  switch (role) {
    case Role::kUnspecified:
      break;
    case Role::kViewer:
      return "viewer";
    case Role::kDeveloper:
      return "developer";
    case Role::kReviewer:
      return "reviewer";
    case Role::kLead:
      return "lead";
    case Role::kAdmin:
      return "admin";
    case Role::kBot:
      return "bot";
  }
  return "unspecified";
}

std::optional<Role> RoleNamed(std::string_view name) {
  const auto* const found = std::ranges::find_if(kRoles, [&](Role role) { return Name(role) == name; });
  if (found == kRoles.end()) return std::nullopt;
  return *found;
}

}  // namespace mergegate
