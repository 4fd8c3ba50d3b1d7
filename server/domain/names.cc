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
    case ConditionKind::kApprovals:
      return "approvals";
    case ConditionKind::kOwners:
      return "owners";
    case ConditionKind::kTestCoverage:
      return "test_coverage";
  }
  return "unspecified";
}

std::string_view Name(Tier tier) {
  switch (tier) {
    case Tier::kUnspecified:
      break;
    case Tier::kMatching:
      return "matching";
    case Tier::kFull:
      return "full";
  }
  return "unspecified";
}

std::string_view Name(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUnspecified:
      break;
    case FailureKind::kCrashed:
      return "crashed";
    case FailureKind::kTimedOut:
      return "timed_out";
    case FailureKind::kOutOfMemory:
      return "out_of_memory";
    case FailureKind::kParseError:
      return "parse_error";
    case FailureKind::kNoCommand:
      return "no_command";
    case FailureKind::kNoSandbox:
      return "no_sandbox";
    case FailureKind::kOutputLimit:
      return "output_limit";
    case FailureKind::kNoWorker:
      return "no_worker";
    case FailureKind::kInternal:
      return "internal";
  }
  return "unspecified";
}

std::string_view Name(VerdictState state) {
  switch (state) {
    case VerdictState::kUnspecified:
      break;
    case VerdictState::kPass:
      return "pass";
    case VerdictState::kFail:
      return "fail";
    case VerdictState::kInconclusive:
      return "inconclusive";
  }
  return "unspecified";
}

}  // namespace mergegate
