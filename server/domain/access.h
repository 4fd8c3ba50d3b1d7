// Who may do what: roles, tokens, overrides, and the log of deeds.
#ifndef MERGEGATE_SERVER_DOMAIN_ACCESS_H_
#define MERGEGATE_SERVER_DOMAIN_ACCESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/review.h"

namespace mergegate {

// Each may do what those before it may, but for bots: they submit, read and record, and never speak for a person.
// Values equal those of the proto enum.
enum class Role {
  kUnspecified = 0,
  kViewer = 1,     // reads
  kDeveloper = 2,  // submits changes
  kReviewer = 3,   // answers reviews
  kLead = 4,       // teams, identities, overrides where the policy lets them
  kAdmin = 5,      // everything, tokens too
  kBot = 6,
};
inline constexpr std::array kRoles = {Role::kViewer, Role::kDeveloper, Role::kReviewer,
                                      Role::kLead,   Role::kAdmin,     Role::kBot};
// "viewer"; "unspecified" for none.
std::string_view Name(Role role);
// nullopt for no role's name.
std::optional<Role> RoleNamed(std::string_view name);
// Whether a human role is at least the other one; never for a bot.
bool AtLeast(Role role, Role least);
// Whether a role, by name, is one of those or above one of them.
bool FitsOneOf(std::string_view role, const std::vector<std::string>& wanted);

// What is known of a token; the secret is shown once, when it is made.
struct AccessToken {
  std::string id = {};
  Handle person = {};
  Role role = Role::kUnspecified;
  std::vector<ProjectId> projects = {};  // ordered; empty: all
  std::string note = {};
  absl::Time created = {};
  absl::Time expires = absl::InfiniteFuture();
  std::optional<absl::Time> revoked = {};
  std::optional<absl::Time> last_used = {};
  bool operator==(const AccessToken&) const = default;
};

// Lets a condition of one change pass until it lapses.
struct Override {
  ProjectId project = {};
  std::string change = {};
  std::string condition = {};  // its name in the policy
  Handle actor = {};
  std::string role = {};  // with which they did it
  std::string reason = {};
  absl::Time created = {};
  absl::Time expires = {};
  bool operator==(const Override&) const = default;
};

// Something that people did and that must be answerable for. No text about a person but in the three handles: those
// are forgotten with the person.
struct AuditEntry {
  int64_t number = 0;  // given by the store, from 1
  absl::Time at = {};
  Handle actor = {};        // empty: mergegate
  std::string action = {};  // "token.created", "person.linked", ...
  Handle subject = {};      // whom it is about
  Handle other = {};        // a second person, or another name of the first
  std::string object = {};
  std::string detail = {};
  std::string hash = {};  // 64 hex digits, over this entry and the hash before; given by the store
  bool operator==(const AuditEntry&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_ACCESS_H_
