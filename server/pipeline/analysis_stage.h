// Units in, results out: from the exact cache where it holds, from workers where it does not.
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
  std::vector<TaskResult> head;  // in the order of plan.head
  std::vector<TaskResult> base;  // in the order of plan.base
  std::vector<DuplicateBlock> duplicates;
  std::vector<AnalysisFailure> duplication_failures;
  int units_from_cache = 0;
  int units_analyzed = 0;
  double cpu_seconds = 0;
  int64_t peak_memory_kib = 0;
};

// kCancelled when `cancelled` said so. Everything else that goes wrong is a failure in the results.
absl::StatusOr<AnalysisResults> Analyze(const PipelineParts& parts, const Run& run, const PatchSet& patch_set,
                                        const planning::Plan& plan, const AnalysisPolicy& policy,
                                        const std::function<bool()>& cancelled);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_ANALYSIS_STAGE_H_
