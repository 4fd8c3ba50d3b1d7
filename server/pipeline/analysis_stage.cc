#include "server/pipeline/analysis_stage.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/base/status_macros.h"
#include "server/pipeline/analysis_tasks.h"
#include "server/pipeline/result_cache.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kBetweenPartialResults = absl::Seconds(1);

// One tier of one pair, or the duplication task.
struct Wanted {
  AnalysisTask task;
  Tier tier = Tier::kMatching;
  UnitPair pair;
  std::string cache_key;            // empty = not cached
  std::optional<TaskResult> known;  // a hit that is analyzed again, to be compared
  std::optional<TaskResult> result;
  bool from_cache = false;
};

// Reports progress within a tier with an estimate of the time left: the mean pace of its analyzed tasks so far.
class Pace {
 public:
  Pace(const PipelineParts& parts, const RunId& run) : parts_(parts), run_(run) {}

  void Start(std::string stage, int total, int done, int cached) {
    now_ = {.stage = std::move(stage), .units_done = done, .units_total = total, .units_from_cache = cached};
    already_ = done;
    start_ = parts_.clock.Now();
    parts_.progress.Report(run_, now_);
  }

  void Done() {
    ++now_.units_done;
    const double elapsed = absl::ToDoubleSeconds(parts_.clock.Now() - start_);
    now_.seconds_left = elapsed / (now_.units_done - already_) * (now_.units_total - now_.units_done);
    parts_.progress.Report(run_, now_);
  }

 private:
  const PipelineParts& parts_;
  const RunId& run_;
  Progress now_;
  int already_ = 0;
  absl::Time start_;
};

bool NobodyWorks(const TaskResult& result) {
  return std::ranges::any_of(result.failures,
                             [](const AnalysisFailure& failure) { return failure.kind == FailureKind::kNoWorker; });
}

class Stage {
 public:
  Stage(const PipelineParts& parts, const Run& run, const PatchSet& patch_set, const planning::PlanInput& plan_input,
        planning::Plan& plan, const AnalysisCalls& calls)
      : parts_(parts),
        run_(run),
        patch_set_(patch_set),
        plan_input_(plan_input),
        policy_(plan_input.policy),
        plan_(plan),
        calls_(calls),
        cache_(parts.store),
        pace_(parts, run.id),
        tier_(policy_.static_analyzer ? policy_.tier : Tier::kFull) {}

  absl::StatusOr<AnalysisResults> Run() {
    FindBuild();
    RETURN_IF_ERROR(MatchInRounds());
    if (policy_.static_analyzer) {
      // What the analyzer said about a unit that is gone is of no use.
      for (const UnitPair& pair : PairUnits(plan_, patch_set_.diff)) {
        if (pair.head) Add(PairTask(run_, patch_set_, plan_, pair, policy_, Tier::kFull), Tier::kFull, pair);
      }
      AskCache();
      if (tier_ == Tier::kMatching) {
        GoOnInBackground();
      } else {
        TellPartialResults();
        RETURN_IF_ERROR(AskWorkers(Tier::kFull));
      }
    }
    return Collect(tier_);
  }

 private:
  void Add(AnalysisTask task, Tier tier, const UnitPair& pair) {
    wanted_.push_back(
        {.task = std::move(task), .tier = tier, .pair = pair, .cache_key = {}, .known = {}, .result = {}});
  }

  TaskTrees TreesOf(const Wanted& item) const {
    if (!item.pair.head) return {*patch_set_.base_tree, nullptr};
    return {*patch_set_.head_tree, item.pair.base ? patch_set_.base_tree.get() : nullptr};
  }

  void FindBuild() {
    if (plan_.head.empty() && plan_.base.empty()) return;
    build_ = parts_.board.WaitForAnalyzerBuild(run_.id, run_.submission.caller_analyzes, run_.deadline);
    config_digest_ = ResultCache::ConfigDigest(*patch_set_.base_tree);
  }

  // Rounds of matching tasks, until the plan's units cover what can be covered.
  absl::Status MatchInRounds() {
    if (plan_.duplication) {
      AnalysisTask task = EmptyTask(run_, patch_set_, policy_, /*at_base=*/false);
      task.work = *plan_.duplication;
      Add(std::move(task), Tier::kMatching, {});
    }
    for (size_t known_heads = 0;;) {
      for (const UnitPair& pair : PairUnits(plan_, patch_set_.diff)) {
        const bool added = pair.head ? *pair.head >= known_heads : known_heads == 0;
        if (added) Add(PairTask(run_, patch_set_, plan_, pair, policy_, Tier::kMatching), Tier::kMatching, pair);
      }
      known_heads = plan_.head.size();
      AskCache();
      RETURN_IF_ERROR(AskWorkers(Tier::kMatching));
      if (plan_.candidates.empty()) return absl::OkStatus();
      const AnalysisResults results = Collect(Tier::kMatching);
      const bool nobody = std::ranges::any_of(results.head, NobodyWorks) || parts_.clock.Now() >= run_.deadline;
      if (nobody || !planning::ExtendPlan(plan_input_, results.head, results.base, plan_)) return absl::OkStatus();
    }
  }

  void AskCache() {
    if (!build_) return;
    for (Wanted& item : wanted_) {
      if (!item.cache_key.empty() || !std::holds_alternative<UnitTask>(item.task.work)) continue;
      item.cache_key = ResultCache::Key(item.task, TreesOf(item), config_digest_, *build_);
      std::optional<TaskResult> hit = cache_.Find(item.cache_key, TreesOf(item), item.task.at_base);
      parts_.metrics.Count(hit ? Counter::kCacheHits : Counter::kCacheMisses);
      if (!hit) continue;
      if (item.tier <= tier_ && parts_.chance() < parts_.recheck_share) {
        parts_.metrics.Count(Counter::kCacheRechecks);
        item.known = std::move(hit);
      } else {
        item.result = std::move(hit);
        item.from_cache = true;
      }
    }
  }

  int Missing(Tier tier) const {
    return static_cast<int>(
        std::ranges::count_if(wanted_, [&](const Wanted& item) { return item.tier == tier && !item.result; }));
  }

  // Asks for all of the tier that has no result yet.
  absl::Status AskWorkers(Tier tier) {
    int total = 0, cached = 0;
    std::vector<Wanted*> asked;
    std::vector<AnalysisTask> tasks;
    for (Wanted& item : wanted_) {
      if (item.tier != tier) continue;
      ++total;
      if (item.from_cache) ++cached;
      if (item.result) continue;
      asked.push_back(&item);
      tasks.push_back(item.task);
    }
    pace_.Start(tier == Tier::kMatching ? "matching checks" : "static analyzer", total,
                total - static_cast<int>(asked.size()), cached);
    const auto on_done = [&](size_t index, const TaskResult& answer) {
      Wanted& item = *asked[index];
      item.result = Settle(item, answer);
      pace_.Done();
      if (tier == Tier::kFull) TellPartialResults();
    };
    return parts_.board
        .Analyze(std::move(tasks), {.caller_analyzes = run_.submission.caller_analyzes,
                                    .deadline = run_.deadline,
                                    .on_done = on_done,
                                    .cancelled = calls_.cancelled})
        .status();
  }

  // Workers of one server may have different analyzers or toolchains, and these may change while a run goes on.
  static bool IsBy(const std::string& build, const TaskResult& answer) {
    return answer.analyzer_build.empty() || answer.analyzer_build == build;
  }

  // What a worker's answer comes to: kept, or compared with what was known.
  TaskResult Settle(const Wanted& item, TaskResult answer) {
    CheckAnswer(item.task, answer);
    AddCost(answer.cost, cost_);
    // Nothing to compare when the machine failed, not the unit: what was known stands.
    if (item.known && !ResultCache::FollowsFromInputs(answer)) return *item.known;
    if (item.known && !ResultCache::Agree(*item.known, answer)) {
      parts_.metrics.Count(Counter::kCacheDisagreements);
      parts_.metrics.Count(Counter::kCacheEvictions);
      spdlog::error("result cache: what was known about {} is not what its analysis says now; dropped. Key {}",
                    std::get<UnitTask>(item.task.work).main_file, item.cache_key);
      cache_.Drop(item.cache_key);
    }
    if (!item.cache_key.empty() && IsBy(*build_, answer)) cache_.Save(item.cache_key, answer, parts_.clock.Now());
    return answer;
  }

  void TellPartialResults() {
    if (!calls_.on_matching || Missing(Tier::kFull) == 0) return;
    const absl::Time now = parts_.clock.Now();
    if (now - told_ < kBetweenPartialResults) return;
    told_ = now;
    calls_.on_matching(Collect(Tier::kMatching));
  }

  // Nobody waits for these, so their worker must be one that stays.
  void GoOnInBackground() {
    if (run_.submission.caller_analyzes) return;
    for (const Wanted& item : wanted_) {
      if (item.result || item.cache_key.empty()) continue;
      const auto keep = [parts = parts_, task = item.task, key = item.cache_key, build = *build_](TaskResult answer) {
        CheckAnswer(task, answer);
        if (IsBy(build, answer)) ResultCache(parts.store).Save(key, answer, parts.clock.Now());
      };
      parts_.board.Post(item.task, keep);
    }
  }

  AnalysisResults Collect(Tier tier) const {
    AnalysisResults all;
    all.tier = tier;
    all.cost = cost_;
    all.head.resize(plan_.head.size());
    all.base.resize(plan_.base.size());
    std::vector<bool> fresh_head(plan_.head.size()), fresh_base(plan_.base.size());
    // Matching comes first, so that a side begins with its result and the other tier is added to it.
    for (const Wanted& item : wanted_) {
      if (!item.result) continue;
      if (std::holds_alternative<DuplicationTask>(item.task.work)) {
        all.duplicates = item.result->duplicates;
        all.duplication_failures = item.result->failures;
        continue;
      }
      const auto put = [&](const TaskResult& result, TaskResult& side) {
        if (item.tier == Tier::kFull) return MergeTier(result, side);
        side = result;
        side.base.clear();
      };
      if (item.pair.head) {
        put(*item.result, all.head[*item.pair.head]);
        if (item.pair.base && !item.result->base.empty()) put(item.result->base.front(), all.base[*item.pair.base]);
      } else {
        put(*item.result, all.base[*item.pair.base]);
      }
      if (item.from_cache) continue;
      if (item.pair.head) fresh_head[*item.pair.head] = true;
      if (item.pair.base) fresh_base[*item.pair.base] = true;
    }
    all.units_analyzed = static_cast<int>(std::ranges::count(fresh_head, true) + std::ranges::count(fresh_base, true));
    all.units_from_cache = static_cast<int>(plan_.head.size() + plan_.base.size()) - all.units_analyzed;
    return all;
  }

  const PipelineParts& parts_;
  const mergegate::Run& run_;
  const PatchSet& patch_set_;
  const planning::PlanInput& plan_input_;
  const AnalysisPolicy& policy_;
  planning::Plan& plan_;
  const AnalysisCalls& calls_;
  ResultCache cache_;
  Pace pace_;
  const Tier tier_;  // to be completed
  std::optional<std::string> build_;
  std::string config_digest_;
  std::vector<Wanted> wanted_;  // the matching tier first
  TaskCost cost_;
  absl::Time told_ = absl::InfinitePast();
};

}  // namespace

absl::StatusOr<AnalysisResults> Analyze(const PipelineParts& parts, const Run& run, const PatchSet& patch_set,
                                        const planning::PlanInput& plan_input, planning::Plan& plan,
                                        const AnalysisCalls& calls) {
  return Stage(parts, run, patch_set, plan_input, plan, calls).Run();
}

}  // namespace mergegate::pipeline
