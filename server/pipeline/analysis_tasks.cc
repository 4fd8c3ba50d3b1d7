#include "server/pipeline/analysis_tasks.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace mergegate::pipeline {
namespace {

// Both tiers parse the unit, so both meet the same errors.
bool SameFailure(const AnalysisFailure& one, const AnalysisFailure& other) {
  if (one.kind != FailureKind::kParseError) return one == other;
  return one.kind == other.kind && one.unit == other.unit && one.message == other.message &&
         one.at_base == other.at_base;
}

}  // namespace

std::vector<UnitPair> PairUnits(const planning::Plan& plan, const Diff& diff) {
  std::map<std::string, size_t, std::less<>> unpaired;
  for (size_t i = 0; i < plan.base.size(); ++i) unpaired[plan.base[i].main_file] = i;
  std::vector<UnitPair> pairs;
  for (size_t i = 0; i < plan.head.size(); ++i) {
    const std::string& path = plan.head[i].main_file;
    const ChangedFile* changed = diff.FindNew(path);
    UnitPair pair{.head = i, .base = std::nullopt};
    if (const auto it = unpaired.find(changed == nullptr ? path : changed->old_path); it != unpaired.end()) {
      pair.base = it->second;
      unpaired.erase(it);
    }
    pairs.push_back(pair);
  }
  for (const auto& [path, index] : unpaired) pairs.push_back({.head = std::nullopt, .base = index});
  return pairs;
}

AnalysisTask EmptyTask(const Run& run, const PatchSet& patch_set, const AnalysisPolicy& policy, bool at_base) {
  AnalysisTask task;
  task.project = run.submission.project;
  task.run = run.id;
  task.commit = at_base ? patch_set.base : patch_set.head;
  task.at_base = at_base;
  task.limits.wall_seconds = policy.unit_seconds;
  task.limits.memory_mib = policy.unit_memory_mib;
  task.require_sandbox = policy.require_sandbox;
  return task;
}

void SetTier(UnitTask& unit, Tier tier, const AnalysisPolicy& policy) {
  if (tier == Tier::kMatching) {
    unit.analyzers = {"clang-tidy", "code-metrics"};
  } else {
    unit.analyzers = {"static-analyzer"};
    unit.analyzer_steps = policy.analyzer_steps;
  }
}

AnalysisTask PairTask(const Run& run, const PatchSet& patch_set, const planning::Plan& plan, const UnitPair& pair,
                      const AnalysisPolicy& policy, Tier tier) {
  AnalysisTask task = EmptyTask(run, patch_set, policy, !pair.head);
  UnitTask unit = pair.head ? plan.head[*pair.head] : plan.base[*pair.base];
  SetTier(unit, tier, policy);
  if (pair.head && pair.base) {
    const UnitTask& base = plan.base[*pair.base];
    unit.base = {.commit = patch_set.base,
                 .main_file = base.main_file,
                 .arguments = base.arguments,
                 .directory = base.directory};
  }
  task.work = std::move(unit);
  return task;
}

void CheckAnswer(const AnalysisTask& task, TaskResult& result) {
  const auto* unit = std::get_if<UnitTask>(&task.work);
  if (unit == nullptr || !unit->base) {
    result.base.clear();
    return;
  }
  const bool failed = std::ranges::any_of(
      result.failures, [](const AnalysisFailure& failure) { return failure.kind != FailureKind::kOutputLimit; });
  if (!result.base.empty() || failed) return;
  result.failures.push_back({.analyzer = "",
                             .unit = unit->main_file,
                             .kind = FailureKind::kInternal,
                             .message = "the worker did not look at the base: it is of an older version; update it",
                             .at_base = true});
}

void MergeTier(const TaskResult& tier, TaskResult& side) {
  side.findings.insert(side.findings.end(), tier.findings.begin(), tier.findings.end());
  for (const AnalysisFailure& failure : tier.failures) {
    const bool known =
        std::ranges::any_of(side.failures, [&](const auto& other) { return SameFailure(failure, other); });
    if (!known) side.failures.push_back(failure);
  }
  side.suppressed += tier.suppressed;
  if (side.sandbox.missing.empty()) side.sandbox = tier.sandbox;
}

void AddCost(const TaskCost& cost, TaskCost& sum) {
  sum.wall_seconds += cost.wall_seconds;
  sum.cpu_seconds += cost.cpu_seconds;
  sum.peak_memory_kib = std::max(sum.peak_memory_kib, cost.peak_memory_kib);
  sum.parses += cost.parses;
  sum.preambles_reused += cost.preambles_reused;
  sum.bodies_skipped += cost.bodies_skipped;
  sum.entries_analyzed += cost.entries_analyzed;
  sum.entries_reused += cost.entries_reused;
}

}  // namespace mergegate::pipeline
