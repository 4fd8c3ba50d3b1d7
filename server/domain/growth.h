// What the store keeps for appraisals, training and recognition. Plain values.
#ifndef MERGEGATE_SERVER_DOMAIN_GROWTH_H_
#define MERGEGATE_SERVER_DOMAIN_GROWTH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/access.h"
#include "server/domain/review.h"

namespace mergegate {

// A course of whatever provider; (provider, id) names it.
struct Course {
  std::string provider = {};
  std::string id = {};
  std::string title = {};
  std::string url = {};
  std::vector<std::string> topics = {};  // ids or words of classes of findings
  std::vector<std::string> checks = {};  // globs
  double hours = 0;                      // 0: unknown
  bool operator==(const Course&) const = default;
};

// Lets a person, or everybody with just this role, read somebody's report.
struct ReportGrant {
  int64_t number = 0;   // given by the store
  Handle person = {};   // whose report
  Handle grantee = {};  // else `role`
  Role role = Role::kUnspecified;
  absl::Time created = {};
  absl::Time expires = {};
  std::optional<absl::Time> revoked = {};
  bool operator==(const ReportGrant&) const = default;

  bool Holds(absl::Time now) const { return !revoked && now < expires; }
};

// Values equal those of the proto enum.
enum class AppealState { kUnspecified = 0, kWaiting = 1, kAccepted = 2, kRejected = 3 };

// A number before and after, as shown; "-": not known. `after` is empty until it was worked out (mergegated stopped
// meanwhile).
struct AppealEffect {
  std::string scope = {};  // "people/ann", "teams/core", "projects/db"
  std::string name = {};
  std::string before = {};
  std::string after = {};
  bool operator==(const AppealEffect&) const = default;
};

// Somebody says that a signal about them is wrong.
struct Appeal {
  int64_t number = 0;  // given by the store
  Handle person = {};
  std::string source = {};  // of the signal
  std::string source_id = {};
  std::string reason = {};
  bool retract = false;
  std::map<std::string, std::string> corrections = {};  // field -> content
  absl::Time created = {};
  AppealState state = AppealState::kWaiting;
  Handle answered_by = {};
  std::string answer = {};
  absl::Time answered = {};
  std::vector<AppealEffect> effects = {};
  bool operator==(const Appeal&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_GROWTH_H_
