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

bool AtLeast(Role role, Role least) {
  return role != Role::kBot && role != Role::kUnspecified && static_cast<int>(role) >= static_cast<int>(least);
}

bool FitsOneOf(std::string_view role, const std::vector<std::string>& wanted) {
  const std::optional<Role> has = RoleNamed(role);
  return std::ranges::any_of(wanted, [&](const std::string& name) {
    const std::optional<Role> least = RoleNamed(name);
    return name == role || (has && least && *least != Role::kBot && AtLeast(*has, *least));
  });
}

}  // namespace mergegate
