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

  void Start(std::string stage, int total, int cached) {
    now_ = {.stage = std::move(stage), .units_done = cached, .units_total = total, .units_from_cache = cached};
    start_ = parts_.clock.Now();
    parts_.progress.Report(run_, now_);
  }

  void Done() {
    ++now_.units_done;
    const int analyzed = now_.units_done - now_.units_from_cache;
    const double elapsed = absl::ToDoubleSeconds(parts_.clock.Now() - start_);
    now_.seconds_left = elapsed / analyzed * (now_.units_total - now_.units_done);
    parts_.progress.Report(run_, now_);
  }

 private:
  const PipelineParts& parts_;
  const RunId& run_;
  Progress now_;
  absl::Time start_;
};

class Stage {
 public:
  Stage(const PipelineParts& parts, const Run& run, const PatchSet& patch_set, const planning::Plan& plan,
        const AnalysisPolicy& policy, const AnalysisCalls& calls)
      : parts_(parts),
        run_(run),
        patch_set_(patch_set),
        plan_(plan),
        policy_(policy),
        calls_(calls),
        cache_(parts.store),
        pace_(parts, run.id),
        tier_(policy.static_analyzer ? policy.tier : Tier::kFull) {}

  absl::StatusOr<AnalysisResults> Run() {
    AddPairs(Tier::kMatching);
    if (plan_.duplication) {
      AnalysisTask task = EmptyTask(run_, patch_set_, policy_, /*at_base=*/false);
      task.work = *plan_.duplication;
      Add(std::move(task), Tier::kMatching, {});
    }
    if (calls_.extend_plan) RETURN_IF_ERROR(RunRounds());
    if (policy_.static_analyzer) AddPairs(Tier::kFull);
    AskCache();
    StartTier(Missing(Tier::kMatching) > 0 ? Tier::kMatching : Tier::kFull);
    RETURN_IF_ERROR(AskWorkers(tier_));
    if (tier_ == Tier::kMatching) GoOnInBackground();
    return Collect(tier_);
  }

 private:
  // The matching tier, whose results tell which further units are needed.
  absl::Status RunRounds() {
    size_t units = 0;
    do {
      if (units > 0) AddPairs(Tier::kMatching, units);
      units = plan_.head.size();
      AskCache();
      StartTier(Tier::kMatching);
      RETURN_IF_ERROR(AskWorkers(Tier::kMatching));
    } while (calls_.extend_plan(Collect(Tier::kMatching)));
    return absl::OkStatus();
  }

  // Tasks of the plan's units from number `first` on.
  void AddPairs(Tier tier, size_t first = 0) {
    for (const UnitPair& pair : PairUnits(plan_, patch_set_.diff)) {
      // What the analyzer said about a unit that is gone is of no use.
      if (tier == Tier::kFull && !pair.head) continue;
      if (first > 0 && pair.head.value_or(0) < first) continue;
      Add(PairTask(run_, patch_set_, plan_, pair, policy_, tier), tier, pair);
    }
  }

  void Add(AnalysisTask task, Tier tier, const UnitPair& pair) {
    wanted_.push_back(
        {.task = std::move(task), .tier = tier, .pair = pair, .cache_key = {}, .known = {}, .result = {}});
  }

  TaskTrees TreesOf(const Wanted& item) const {
    if (!item.pair.head) return {*patch_set_.base_tree, nullptr};
    return {*patch_set_.head_tree, item.pair.base ? patch_set_.base_tree.get() : nullptr};
  }

  void AskCache() {
    if (wanted_.empty()) return;
    const std::optional<std::string> build =
        parts_.board.WaitForAnalyzerBuild(run_.id, run_.submission.caller_analyzes, run_.deadline);
    if (!build) return;
    const std::string config = ResultCache::ConfigDigest(*patch_set_.base_tree);
    for (Wanted& item : wanted_) {
      if (!std::holds_alternative<UnitTask>(item.task.work) || !item.cache_key.empty()) continue;
      item.cache_key = ResultCache::Key(item.task, TreesOf(item), config, *build);
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

  // How many of the tier have no result yet.
  int Missing(Tier tier) const {
    return static_cast<int>(
        std::ranges::count_if(wanted_, [&](const Wanted& item) { return item.tier == tier && !item.result; }));
  }

  void StartTier(Tier tier) {
    const auto of_tier = [&](const Wanted& item) { return item.tier == tier; };
    const auto cached = [&](const Wanted& item) { return item.tier == tier && item.from_cache; };
    pace_.Start(tier == Tier::kMatching ? "matching checks" : "static analyzer",
                static_cast<int>(std::ranges::count_if(wanted_, of_tier)),
                static_cast<int>(std::ranges::count_if(wanted_, cached)));
    current_ = tier;
  }

  absl::Status AskWorkers(Tier up_to) {
    std::vector<Wanted*> asked;
    std::vector<AnalysisTask> tasks;
    for (Wanted& item : wanted_) {
      if (item.result || item.tier > up_to) continue;
      asked.push_back(&item);
      tasks.push_back(item.task);
    }
    TellPartialResults();
    const auto on_done = [&](size_t index, const TaskResult& answer) {
      Wanted& item = *asked[index];
      item.result = Settle(item, answer);
      if (current_ == item.tier) pace_.Done();
      if (current_ == Tier::kMatching && up_to == Tier::kFull && Missing(Tier::kMatching) == 0) StartTier(Tier::kFull);
      TellPartialResults();
    };
    return parts_.board
        .Analyze(std::move(tasks), {.caller_analyzes = run_.submission.caller_analyzes,
                                    .deadline = run_.deadline,
                                    .on_done = on_done,
                                    .cancelled = calls_.cancelled})
        .status();
  }

  // What a worker's answer comes to: kept, compared with what was known.
  TaskResult Settle(const Wanted& item, TaskResult answer) {
    CheckAnswer(item.task, answer);
    AddCost(answer.cost, cost_);
    if (item.known && !ResultCache::FollowsFromInputs(answer)) {
      // Nothing to compare: the machine failed, not the unit. What was known stands.
      return *item.known;
    }
    if (item.known && !ResultCache::Agree(*item.known, answer)) {
      parts_.metrics.Count(Counter::kCacheDisagreements);
      parts_.metrics.Count(Counter::kCacheEvictions);
      spdlog::error("result cache: what was known about {} is not what its analysis says now; dropped. Key {}",
                    std::get<UnitTask>(item.task.work).main_file, item.cache_key);
      cache_.Drop(item.cache_key);
    }
    if (!item.cache_key.empty()) cache_.Save(item.cache_key, answer, parts_.clock.Now());
    return answer;
  }

  void TellPartialResults() {
    if (!calls_.on_matching || tier_ != Tier::kFull || Missing(Tier::kMatching) > 0 || Missing(Tier::kFull) == 0)
      return;
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
      parts_.board.Post(item.task, [parts = parts_, task = item.task, key = item.cache_key](TaskResult answer) {
        CheckAnswer(task, answer);
        ResultCache(parts.store).Save(key, answer, parts.clock.Now());
      });
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
      if (item.pair.head) put(*item.result, all.head[*item.pair.head]);
      if (item.pair.head && item.pair.base && !item.result->base.empty()) {
        put(item.result->base.front(), all.base[*item.pair.base]);
      } else if (!item.pair.head) {
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
  const planning::Plan& plan_;  // grows in rounds
  const AnalysisPolicy& policy_;
  const AnalysisCalls& calls_;
  ResultCache cache_;
  Pace pace_;
  const Tier tier_;  // to be completed
  Tier current_ = Tier::kMatching;
  std::vector<Wanted> wanted_;  // the matching tier first
  TaskCost cost_;
  absl::Time told_ = absl::InfinitePast();
};

}  // namespace

absl::StatusOr<AnalysisResults> Analyze(const PipelineParts& parts, const Run& run, const PatchSet& patch_set,
                                        const planning::Plan& plan, const AnalysisPolicy& policy,
                                        const AnalysisCalls& calls) {
  return Stage(parts, run, patch_set, plan, policy, calls).Run();
}

}  // namespace mergegate::pipeline
