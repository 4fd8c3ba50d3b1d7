// The words of policies and verdicts for enum values, the same in YAML, in reasons and in schemas.
//
//   Name(Severity::kMajor) == "major";   Name(ConditionKind::kQuality) == "q"
//
// Pure; every name is a literal that lives as long as the program.
#ifndef MERGEGATE_SERVER_DOMAIN_NAMES_H_
#define MERGEGATE_SERVER_DOMAIN_NAMES_H_

#include <array>
#include <string_view>

#include "server/domain/finding.h"
#include "server/domain/policy.h"
#include "server/domain/verdict.h"

namespace mergegate {

// Every value that a policy may name, in ascending order.
inline constexpr std::array kSeverities = {Severity::kInfo, Severity::kMinor, Severity::kMajor, Severity::kCritical,
                                           Severity::kBlocker};
inline constexpr std::array kBaselineStates = {BaselineState::kNew, BaselineState::kCaused, BaselineState::kUnchanged,
                                               BaselineState::kFixed};
inline constexpr std::array kConditionLevels = {ConditionLevel::kBlock, ConditionLevel::kWarn};
inline constexpr std::array kConditionKinds = {ConditionKind::kFindings,
                                               ConditionKind::kQuality,
                                               ConditionKind::kComplexity,
                                               ConditionKind::kDuplication,
                                               ConditionKind::kSize,
                                               ConditionKind::kAnalysisCoverage,
                                               ConditionKind::kSuppressionsAdded,
                                               ConditionKind::kRequiredReports,
                                               ConditionKind::kApprovals,
                                               ConditionKind::kOwners,
                                               ConditionKind::kTestCoverage};

inline constexpr std::array kTiers = {Tier::kMatching, Tier::kFull};

// "unspecified" for the zero values.
std::string_view Name(Severity severity);
std::string_view Name(BaselineState state);
std::string_view Name(ConditionLevel level);
std::string_view Name(ConditionKind kind);
std::string_view Name(Tier tier);
std::string_view Name(FailureKind kind);
std::string_view Name(VerdictState state);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_NAMES_H_
