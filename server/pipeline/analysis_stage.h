// Units in, results out: from the exact cache where it holds, from workers where it does not. In two tiers: what
// clang-tidy and the measurements say is known first, what the static analyzer says follows.
#ifndef MERGEGATE_SERVER_PIPELINE_ANALYSIS_STAGE_H_
#define MERGEGATE_SERVER_PIPELINE_ANALYSIS_STAGE_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/analysis.h"
#include "server/domain/policy.h"
#include "server/domain/run.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/run_pipeline.h"
#include "server/planning/plan.h"

namespace mergegate::pipeline {

struct AnalysisResults {
  Tier tier = Tier::kFull;       // that is complete
  std::vector<TaskResult> head;  // in the order of plan.head
  std::vector<TaskResult> base;  // in the order of plan.base
  std::vector<DuplicateBlock> duplicates;
  std::vector<AnalysisFailure> duplication_failures;
  int units_from_cache = 0;  // passages, of a unit at one commit
  int units_analyzed = 0;
  TaskCost cost;
};

struct AnalysisCalls {
  // Asked now and then; true stops the analysis.
  std::function<bool()> cancelled;
  // Hears of the results so far once the matching tier is complete and the full one is not, at most once a second.
  std::function<void(const AnalysisResults&)> on_matching;
};

// Up to the tier that the policy asks for; what is above it goes on in the background, for the cache. Units that turn
// out to be needed to cover changed headers are added to the plan.
// kCancelled when `cancelled` said so. Everything else that goes wrong is a failure in the results.
absl::StatusOr<AnalysisResults> Analyze(const PipelineParts& parts, const Run& run, const PatchSet& patch_set,
                                        const planning::PlanInput& plan_input, planning::Plan& plan,
                                        const AnalysisCalls& calls);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_ANALYSIS_STAGE_H_
