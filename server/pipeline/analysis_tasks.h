// What a plan asks of the workers, tier by tier, and how their answers become one result per unit and commit. Pure.
//
//   for (const UnitPair& pair : PairUnits(plan, diff)) { ... MakeTask(context, plan, pair, Tier::kMatching) ... }
#ifndef MERGEGATE_SERVER_PIPELINE_ANALYSIS_TASKS_H_
#define MERGEGATE_SERVER_PIPELINE_ANALYSIS_TASKS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "server/domain/analysis.h"
#include "server/domain/policy.h"
#include "server/domain/run.h"
#include "server/pipeline/patch_set.h"
#include "server/planning/plan.h"

namespace mergegate::pipeline {

// A unit at the head and what it is compared with: indices into plan.head and plan.base. One of them at least is set.
struct UnitPair {
  std::optional<size_t> head;
  std::optional<size_t> base;
};

// In the order of plan.head, renames followed; then the units of plan.base that the head has no more.
std::vector<UnitPair> PairUnits(const planning::Plan& plan, const Diff& diff);

// A task of the run without work: whose, where, within which bounds.
AnalysisTask EmptyTask(const Run& run, const PatchSet& patch_set, const AnalysisPolicy& policy, bool at_base);

// Sets the analyzers of a tier and the policy's steps.
void SetTier(UnitTask& unit, Tier tier, const AnalysisPolicy& policy);

// The pair's task of one tier: the head compared with the base, or the one side that there is.
AnalysisTask PairTask(const Run& run, const PatchSet& patch_set, const planning::Plan& plan, const UnitPair& pair,
                      const AnalysisPolicy& policy, Tier tier);

// Makes an answer fit its task: a base side that is missing without a reason is a failure of the worker.
void CheckAnswer(const AnalysisTask& task, TaskResult& result);

// Adds what another tier said about the same unit and commit. Declarations, measurements and inputs stay those of
// `side`.
void MergeTier(const TaskResult& tier, TaskResult& side);

// Adds up what tasks cost; of memory, the peak.
void AddCost(const TaskCost& cost, TaskCost& sum);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_ANALYSIS_TASKS_H_
