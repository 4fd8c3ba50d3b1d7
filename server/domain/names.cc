#include "server/domain/names.h"

namespace mergegate {

std::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kUnspecified:
      break;
    case Severity::kInfo:
      return "info";
    case Severity::kMinor:
      return "minor";
    case Severity::kMajor:
      return "major";
    case Severity::kCritical:
      return "critical";
    case Severity::kBlocker:
      return "blocker";
  }
  return "unspecified";
}

std::string_view Name(BaselineState state) {
  switch (state) {
    case BaselineState::kUnspecified:
      break;
    case BaselineState::kNew:
      return "new";
    case BaselineState::kCaused:
      return "caused";
    case BaselineState::kUnchanged:
      return "unchanged";
    case BaselineState::kFixed:
      return "fixed";
  }
  return "unspecified";
}

std::string_view Name(ConditionLevel level) {
  switch (level) {
    case ConditionLevel::kUnspecified:
      break;
    case ConditionLevel::kBlock:
      return "block";
    case ConditionLevel::kWarn:
      return "warn";
  }
  return "unspecified";
}

std::string_view Name(ConditionKind kind) {
  switch (kind) {
    case ConditionKind::kFindings:
      return "findings";
    case ConditionKind::kQuality:
      return "q";
    case ConditionKind::kComplexity:
      return "complexity";
    case ConditionKind::kDuplication:
      return "duplication";
    case ConditionKind::kSize:
      return "size";
    case ConditionKind::kAnalysisCoverage:
      return "analysis_coverage";
    case ConditionKind::kSuppressionsAdded:
      return "suppressions_added";
    case ConditionKind::kRequiredReports:
      return "required_reports";
  }
  return "unspecified";
}

}  // namespace mergegate
