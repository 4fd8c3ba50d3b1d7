#include "server/pipeline/analysis_stage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/base/status_macros.h"
#include "server/pipeline/result_cache.h"

namespace mergegate::pipeline {
namespace {

// One unit at one commit, or the duplication task.
struct Wanted {
  AnalysisTask task;
  std::string cache_key;  // empty = not cached
  std::optional<TaskResult> result;
};

AnalysisTask MakeTask(const Run& run, const PatchSet& patch_set, const AnalysisPolicy& policy, bool at_base) {
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

std::vector<Wanted> MakeTasks(const Run& run, const PatchSet& patch_set, const planning::Plan& plan,
                              const AnalysisPolicy& policy) {
  std::vector<Wanted> wanted;
  for (const bool at_base : {false, true}) {
    for (const UnitTask& unit : at_base ? plan.base : plan.head) {
      Wanted item{.task = MakeTask(run, patch_set, policy, at_base), .cache_key = {}, .result = {}};
      item.task.work = unit;
      wanted.push_back(std::move(item));
    }
  }
  if (plan.duplication) {
    Wanted item{.task = MakeTask(run, patch_set, policy, false), .cache_key = {}, .result = {}};
    item.task.work = *plan.duplication;
    wanted.push_back(std::move(item));
  }
  return wanted;
}

// Reports progress with an estimate of the time left: the mean pace of the analyzed units so far.
class Pace {
 public:
  Pace(const PipelineParts& parts, const Run& run, int total)
      : parts_(parts), run_(run), total_(total), start_(parts.clock.Now()) {}

  void Done(bool from_cache) {
    ++done_;
    if (from_cache) ++cached_;
    Report();
  }

  void Report() {
    const int analyzed = done_ - cached_;
    const double elapsed = absl::ToDoubleSeconds(parts_.clock.Now() - start_);
    parts_.progress.Report(run_.id, {.stage = "analysis",
                                     .units_done = done_,
                                     .units_total = total_,
                                     .units_from_cache = cached_,
                                     .seconds_left = analyzed == 0 ? -1 : elapsed / analyzed * (total_ - done_)});
  }

  int cached() const { return cached_; }

 private:
  const PipelineParts& parts_;
  const Run& run_;
  const int total_;
  const absl::Time start_;
  int done_ = 0;
  int cached_ = 0;
};

void AnswerFromCache(ResultCache& cache, const PatchSet& patch_set, std::string_view build, std::vector<Wanted>& wanted,
                     Pace& pace) {
  const std::string config = ResultCache::ConfigDigest(*patch_set.base_tree);
  for (Wanted& item : wanted) {
    if (!std::holds_alternative<UnitTask>(item.task.work)) continue;
    item.cache_key = ResultCache::Key(item.task, config, build);
    const Tree& tree = item.task.at_base ? *patch_set.base_tree : *patch_set.head_tree;
    item.result = cache.Find(item.cache_key, tree, item.task.at_base);
    if (item.result) pace.Done(/*from_cache=*/true);
  }
}

}  // namespace

absl::StatusOr<AnalysisResults> Analyze(const PipelineParts& parts, const Run& run, const PatchSet& patch_set,
                                        const planning::Plan& plan, const AnalysisPolicy& policy,
                                        const std::function<bool()>& cancelled) {
  std::vector<Wanted> wanted = MakeTasks(run, patch_set, plan, policy);
  Pace pace(parts, run, static_cast<int>(wanted.size()));
  pace.Report();

  ResultCache cache(parts.store);
  if (!wanted.empty()) {
    const std::optional<std::string> build =
        parts.board.WaitForAnalyzerBuild(run.id, run.submission.caller_analyzes, run.deadline);
    if (build) AnswerFromCache(cache, patch_set, *build, wanted, pace);
  }

  std::vector<size_t> missing;
  std::vector<AnalysisTask> tasks;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].result) continue;
    missing.push_back(i);
    tasks.push_back(wanted[i].task);
  }
  const auto on_done = [&](size_t index, const TaskResult& result) {
    const Wanted& item = wanted[missing[index]];
    if (!item.cache_key.empty()) cache.Save(item.cache_key, result, parts.clock.Now());
    pace.Done(/*from_cache=*/false);
  };
  ASSIGN_OR_RETURN(std::vector<TaskResult> results,
                   parts.board.Analyze(std::move(tasks), {.caller_analyzes = run.submission.caller_analyzes,
                                                          .deadline = run.deadline,
                                                          .on_done = on_done,
                                                          .cancelled = cancelled}));

  AnalysisResults all;
  all.units_from_cache = pace.cached();
  for (size_t i = 0; i < missing.size(); ++i) {
    all.cpu_seconds += results[i].cost.cpu_seconds;
    all.peak_memory_kib = std::max(all.peak_memory_kib, results[i].cost.peak_memory_kib);
    wanted[missing[i]].result = std::move(results[i]);
  }
  for (Wanted& item : wanted) {
    if (std::holds_alternative<DuplicationTask>(item.task.work)) {
      all.duplicates = std::move(item.result->duplicates);
      all.duplication_failures = std::move(item.result->failures);
    } else {
      (item.task.at_base ? all.base : all.head).push_back(*std::move(item.result));
    }
  }
  all.units_analyzed = static_cast<int>(all.base.size() + all.head.size()) - all.units_from_cache;
  return all;
}

}  // namespace mergegate::pipeline
