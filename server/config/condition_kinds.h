// Which keys a kind of condition has: one table for the parser, the schema's test and the words.
#ifndef MERGEGATE_SERVER_CONFIG_CONDITION_KINDS_H_
#define MERGEGATE_SERVER_CONFIG_CONDITION_KINDS_H_

#include <array>
#include <limits>
#include <string_view>

#include "server/domain/policy.h"

namespace mergegate::config {

struct ConditionShape {
  ConditionKind kind;
  std::string_view bound;  // "max" or "min"; empty when there is none
  double lowest = 0;       // of the bound, inclusive
  double highest = 0;
  bool whole = true;  // the bound is an integer
};

inline constexpr double kMost = std::numeric_limits<int>::max();

inline constexpr std::array kConditionShapes = {
    ConditionShape{ConditionKind::kFindings, "max", 0, kMost, true},
    ConditionShape{ConditionKind::kQuality, "min", 0, 1, false},
    ConditionShape{ConditionKind::kComplexity, "max", 0, kMost, true},
    ConditionShape{ConditionKind::kDuplication, "max", 0, 1, false},
    ConditionShape{ConditionKind::kSize, "max", 0, kMost, true},
    ConditionShape{ConditionKind::kAnalysisCoverage, "min", 0, 1, false},
    ConditionShape{ConditionKind::kSuppressionsAdded, "max", 0, kMost, true},
    ConditionShape{ConditionKind::kRequiredReports, "", 0, 0, true},
    ConditionShape{ConditionKind::kApprovals, "min", 0, 100, true},
    ConditionShape{ConditionKind::kOwners, "", 0, 0, true},
    ConditionShape{ConditionKind::kTestCoverage, "min", 0, 1, false},
};

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_CONDITION_KINDS_H_
