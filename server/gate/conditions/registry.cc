#include <array>

#include "server/domain/names.h"
#include "server/gate/conditions/condition.h"

namespace mergegate::gate {
namespace {

using Target = Remedy::Target;

// In the order of the enum, so that a kind is its own index.
constexpr std::array kRows = {
    ConditionRow{ConditionKind::kFindings, Target::kFinding, JudgeFindings, ProposeForFindings},
    ConditionRow{ConditionKind::kQuality, Target::kFinding, JudgeQuality, ProposeForQuality},
    ConditionRow{ConditionKind::kComplexity, Target::kFunction, JudgeComplexity, ProposeForComplexity},
    ConditionRow{ConditionKind::kDuplication, Target::kDuplicate, JudgeDuplication, ProposeForDuplication},
    ConditionRow{ConditionKind::kSize, Target::kFinding, JudgeSize, ProposeForSize},
    ConditionRow{ConditionKind::kAnalysisCoverage, Target::kUnit, JudgeAnalysisCoverage, ProposeForAnalysisCoverage},
    ConditionRow{ConditionKind::kSuppressionsAdded, Target::kSuppression, JudgeSuppressionsAdded,
                 ProposeForSuppressionsAdded},
    ConditionRow{ConditionKind::kRequiredReports, Target::kReport, JudgeRequiredReports, ProposeForRequiredReports},
    ConditionRow{ConditionKind::kApprovals, Target::kApproval, JudgeApprovals, ProposeForApprovals},
    ConditionRow{ConditionKind::kOwners, Target::kApproval, JudgeOwners, ProposeForOwners},
    ConditionRow{ConditionKind::kTestCoverage, Target::kTestedFile, JudgeTestCoverage, ProposeForTestCoverage},
};

consteval bool InEnumOrder() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].kind) != i) return false;
  }
  return kRows.size() == kConditionKinds.size();
}
static_assert(InEnumOrder());

}  // namespace

const ConditionRow& RowOf(ConditionKind kind) { return kRows[static_cast<size_t>(kind)]; }

}  // namespace mergegate::gate
