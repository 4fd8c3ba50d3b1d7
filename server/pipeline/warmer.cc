#include "server/pipeline/warmer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/status_macros.h"
#include "server/pipeline/analysis_tasks.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/result_cache.h"
#include "server/planning/plan.h"

namespace mergegate::pipeline {
namespace {

// How many commits back recent changes are looked for.
constexpr int kCommitsSearched = 50;

UnitTask UnitAlone(const planning::CommandSet& commands, const std::string& main_file, const CommitId& commit,
                   const AnalysisPolicy& policy, Tier tier) {
  planning::CompileCommand command = commands.For(main_file);
  UnitTask unit;
  unit.main_file = main_file;
  unit.arguments = std::move(command.arguments);
  unit.directory = std::move(command.directory);
  unit.source = command.source;
  unit.confidence = command.confidence;
  unit.config_commit = commit;
  unit.checks = policy.checks;
  SetTier(unit, tier, policy);
  return unit;
}

}  // namespace

std::vector<std::string> WarmOrder(const git::Mirror& mirror, const planning::CommandSet& commands,
                                   const CommitId& last, const CommitId& base, size_t limit) {
  const std::vector<std::string> known = commands.KnownMainFiles();
  std::vector<std::string> order;
  std::set<std::string> taken;
  const auto take = [&](const std::string& file) {
    if (order.size() < limit && std::ranges::binary_search(known, file) && taken.insert(file).second) {
      order.push_back(file);
    }
  };
  if (!last.empty()) {
    const auto graph = planning::IncludeGraph::Build(commands.index(), commands.IncludeDirectories());
    if (const auto diff = mirror.DiffCommits(last, base); diff.ok()) {
      for (const ChangedFile& file : diff->files) {
        take(file.new_path);
        if (!graph.ok() || file.new_path.empty()) continue;
        for (const std::string& includer : graph->IncludersOf(file.new_path)) take(includer);
      }
    }
  }
  if (const auto commits = mirror.FirstParents(base, kCommitsSearched); commits.ok()) {
    for (size_t i = 0; i + 1 < commits->size() && order.size() < std::min(limit, known.size()); ++i) {
      const auto diff = mirror.DiffCommits((*commits)[i + 1], (*commits)[i]);
      if (!diff.ok()) continue;
      for (const ChangedFile& file : diff->files) take(file.new_path);
    }
  }
  for (const std::string& file : known) take(file);
  return order;
}

void Warmer::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Warmer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Warmer::BaseMoved(const Submission& base) {
  if (base.base.empty()) return;
  std::lock_guard lock(mutex_);
  if (const auto it = last_.find(base.project); it != last_.end() && it->second == base.base) return;
  moved_[base.project] = base;
  changed_.notify_all();
}

void Warmer::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !moved_.empty(); });
    if (stopping_) return;
    const Submission base = std::move(moved_.extract(moved_.begin()).mapped());
    lock.unlock();
    const absl::Status status = Warm(base, [&] {
      std::lock_guard guard(mutex_);
      return stopping_ || moved_.contains(base.project);
    });
    if (!status.ok() && !absl::IsCancelled(status))
      spdlog::warn("warming {}: {}", base.base.value(), status.ToString());
    lock.lock();
  }
}

absl::Status Warmer::Warm(const Submission& base, const std::function<bool()>& cancelled) {
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, parts_.mirrors.Open(base.project));
  CommitId last;
  {
    std::lock_guard lock(mutex_);
    if (const auto it = last_.find(base.project); it != last_.end()) last = it->second;
  }
  if (!last.empty()) {
    const absl::StatusOr<CommitId> common = mirror->MergeBase(last, base.base);
    if (!common.ok() || *common != last) return absl::OkStatus();  // another branch, or older
  }
  PatchSet at_base;
  at_base.base = at_base.head = base.base;
  ASSIGN_OR_RETURN(at_base.base_tree, mirror->OpenTree(base.base));
  at_base.head_tree = at_base.base_tree;
  ASSIGN_OR_RETURN(const PolicyInForce policy, LoadPolicy(at_base, {}));
  Submission asked = base;
  asked.head = base.base;
  ASSIGN_OR_RETURN(const CommandText text, FindCommandText(*mirror, parts_.store, asked));
  const planning::CommandSet commands = CommandsOf(text, *at_base.base_tree);
  const std::string config = ResultCache::ConfigDigest(*at_base.base_tree);
  const auto build = parts_.board.WaitForAnalyzerBuild(RunId(), false, absl::InfiniteFuture());
  if (!build) return absl::OkStatus();

  const AnalysisPolicy& analysis = policy.policy.analysis;
  mergegate::Run run;
  run.id = RunId("warm");
  run.submission.project = base.project;
  ResultCache cache(parts_.store);
  const TaskTrees trees{*at_base.base_tree};
  AnalyzeOptions options;
  options.priority = Priority::kBackground;
  options.cancelled = cancelled;
  for (const std::string& file :
       WarmOrder(*mirror, commands, last, base.base, static_cast<size_t>(std::max(0, options_.units)))) {
    for (const Tier tier : {Tier::kMatching, Tier::kFull}) {
      if (tier == Tier::kFull && !analysis.static_analyzer) continue;
      AnalysisTask task = EmptyTask(run, at_base, analysis, /*at_base=*/true);
      task.work = UnitAlone(commands, file, base.base, analysis, tier);
      const std::string key = ResultCache::Key(task, trees, config, *build);
      if (cache.Find(key, trees, /*at_base=*/true)) continue;
      ASSIGN_OR_RETURN(const std::vector<TaskResult> results, parts_.board.Analyze({task}, options));
      parts_.metrics.Count(Counter::kWarmTasks);
      cache.Save(key, results.front(), parts_.clock.Now());
    }
  }
  std::lock_guard lock(mutex_);
  last_[base.project] = base.base;
  return absl::OkStatus();
}

}  // namespace mergegate::pipeline
