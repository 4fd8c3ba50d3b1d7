// The part of the border that workers speak: findings, tasks, results. Used through convert.h.
#ifndef MERGEGATE_SERVER_WIRE_ANALYSIS_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_ANALYSIS_CONVERT_H_

#include <string_view>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "mergegate/v1/analysis.pb.h"
#include "mergegate/v1/finding.pb.h"
#include "server/domain/analysis.h"
#include "server/domain/finding.h"
#include "server/domain/policy.h"
#include "server/domain/verdict.h"

namespace mergegate::wire {

// Largest value of each mirrored enum.
template <typename Enum>
inline constexpr int kEnumMax = 0;
template <>
inline constexpr int kEnumMax<Severity> = 5;
template <>
inline constexpr int kEnumMax<BaselineState> = 4;
template <>
inline constexpr int kEnumMax<FailureKind> = 9;
template <>
inline constexpr int kEnumMax<CommandSource> = 4;
template <>
inline constexpr int kEnumMax<ConditionLevel> = 2;
template <>
inline constexpr int kEnumMax<ConditionState> = 5;
template <>
inline constexpr int kEnumMax<VerdictState> = 3;
template <>
inline constexpr int kEnumMax<Tier> = 2;

// kInvalidArgument for a value that this build does not know.
template <typename Enum>
absl::StatusOr<Enum> EnumFromProto(int value, std::string_view field) {
  static_assert(kEnumMax<Enum> > 0);
  if (value < 0 || value > kEnumMax<Enum>) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(field), ": unknown value ", value, ", this build knows 0 to ", kEnumMax<Enum>));
  }
  return static_cast<Enum>(value);
}

// True for a '/'-separated path below the repository root: not empty, not absolute, no "." or ".." segment, no NUL.
bool IsTreePath(std::string_view path);

v1::Finding ToProto(const Finding& finding);
v1::FunctionMeasurement ToProto(const FunctionMeasurement& measurement);
v1::DuplicateBlock ToProto(const DuplicateBlock& block);
v1::AnalysisFailure ToProto(const AnalysisFailure& failure);

absl::StatusOr<Finding> FromProto(const v1::Finding& proto);
FunctionMeasurement FromProto(const v1::FunctionMeasurement& proto);
DuplicateBlock FromProto(const v1::DuplicateBlock& proto);
absl::StatusOr<AnalysisFailure> FromProto(const v1::AnalysisFailure& proto);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_ANALYSIS_CONVERT_H_
