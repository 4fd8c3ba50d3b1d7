// The product on one page: what happens between two commits and a verdict. Each stage is one call of one library; if
// this stops fitting on a screen, a stage is in the wrong place.
#include "server/pipeline/run_pipeline.h"

#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "server/base/status_macros.h"
#include "server/pipeline/analysis_stage.h"
#include "server/pipeline/gather_facts.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/review_log.h"
#include "server/pipeline/reviewers_stage.h"
#include "server/pipeline/run_memo.h"
#include "server/pipeline/score_board.h"
#include "server/pipeline/stopwatch.h"
#include "server/planning/plan.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

storage::VerdictRecord Record(const Facts& facts, RunStats stats, const Submission& submission) {
  const Verdict verdict = Judge(facts);
  if (facts.risk) {
    stats.history_read = facts.risk->commits_read;
    stats.history_in_all = facts.risk->commits_in_all;
  }
  storage::VerdictRecord record{.state = verdict.state,
                                .verdict = wire::Serialize(wire::ToProto(verdict)),
                                .facts = wire::Serialize(wire::ToProto(facts)),
                                .stats = wire::Serialize(wire::ToProto(stats))};
  if (IsReviewed(submission) && !verdict.quality.ledger.empty()) record.quality = verdict.quality.value;
  return record;
}

}  // namespace

absl::StatusOr<storage::VerdictRecord> RunPipeline(const PipelineParts& given, const Run& run,
                                                   const std::function<bool()>& cancelled) {
  PipelineParts parts = given;
  const Submission& submission = run.submission;
  Stopwatch watch([&](std::string_view stage) { parts.progress.Report(run.id, {.stage = std::string(stage)}); });

  if (!submission.judges_again.empty()) {
    watch.Start("gate");
    ASSIGN_OR_RETURN(const Facts facts, FactsToJudgeAgain(parts, run));
    return Record(facts, watch.Finish(), submission);
  }

  watch.Start("git");
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, parts.mirrors.Open(submission.project));
  ASSIGN_OR_RETURN(PatchSet patch_set, FindPatchSet(*mirror, submission));
  ASSIGN_OR_RETURN(const PolicyInForce policy, LoadPolicy(patch_set, submission));
  ASSIGN_OR_RETURN(const CommandText command_text, FindCommandText(*mirror, parts.store, submission));
  // Beside the analysis: the history may have to be read.
  const std::shared_future<std::optional<RiskFacts>> risk =
      std::async(std::launch::async,
                 [&given, &submission, known = patch_set.missing.empty(), base = patch_set.base,
                  head = patch_set.head]() -> std::optional<RiskFacts> {
                   return known ? given.risk(submission.project, base, head) : std::nullopt;
                 });
  // What history says and who looks at it is no property of the change, so it is added to what is kept for identical
  // requests.
  const auto with_rest = [&](storage::VerdictRecord record) -> absl::StatusOr<storage::VerdictRecord> {
    const bool reviewed = IsReviewed(submission), queued = submission.change.starts_with(kQueuePrefix);
    if (!risk.get() && !reviewed && !queued) return record;
    if (reviewed) watch.Start("reviewers");
    ASSIGN_OR_RETURN(Facts facts, wire::ParseFacts(record.facts));
    facts.risk = risk.get();
    if (reviewed) {
      RETURN_IF_ERROR(LoadDiff(*mirror, patch_set));
      RETURN_IF_ERROR(AddReview(parts, run, *mirror, patch_set, policy.policy, facts));
      watch.Start("scoring");
      RETURN_IF_ERROR(AddScores(parts, run, policy.policy, facts));
      return Record(facts, watch.Finish(), submission);
    }
    if (queued) RETURN_IF_ERROR(BorrowReview(parts, run, facts));
    ASSIGN_OR_RETURN(RunStats stats, wire::ParseStats(record.stats));
    return Record(facts, std::move(stats), submission);
  };
  std::optional<RunMemo> memo;
  if (patch_set.missing.empty()) {
    memo.emplace(parts, run, patch_set, policy, command_text);
    if (std::optional<storage::VerdictRecord> known = memo->Find(watch)) {
      return with_rest(*std::move(known));
    }
    if (memo->rechecks()) parts.recheck_share = 1;
    RETURN_IF_ERROR(LoadDiff(*mirror, patch_set));
  }
  if (!patch_set.missing.empty()) {
    return Record(FactsWithoutComparison(submission, policy, patch_set.missing), watch.Finish(), submission);
  }

  watch.Start("planning");
  ASSIGN_OR_RETURN(const CommandSets commands,
                   LoadCommands(command_text, parts.store, patch_set, submission, parts.clock.Now()));
  const planning::PlanInput plan_input{.diff = patch_set.diff,
                                       .base = *patch_set.base_tree,
                                       .head = *patch_set.head_tree,
                                       .base_commit = patch_set.base,
                                       .policy = policy.policy.analysis,
                                       .base_commands = *commands.base,
                                       .head_commands = *commands.head};
  ASSIGN_OR_RETURN(planning::Plan plan, planning::MakePlan(plan_input));
  const ImportedFindings imported = ReadReports(patch_set, submission.reports);
  const ImportedCoverage coverage = ReadCoverage(patch_set, submission.reports, policy.policy.analysis.exclude_paths);
  ASSIGN_OR_RETURN(const TouchedTests touched, TouchedTestsOf(patch_set, policy.policy.analysis));
  const auto facts_of = [&](AnalysisResults results) {
    return GatherFacts(patch_set, policy, plan, std::move(results), imported, coverage, touched, commands.failures);
  };

  watch.Start("analysis");
  const auto on_matching = [&](AnalysisResults results) {
    Facts facts = facts_of(std::move(results));
    if (risk.wait_for(std::chrono::seconds(0)) == std::future_status::ready) facts.risk = risk.get();
    parts.progress.ReportPreliminary(run.id, Judge(facts));
  };
  ASSIGN_OR_RETURN(AnalysisResults results, Analyze(parts, run, patch_set, plan_input, plan,
                                                    {.cancelled = cancelled, .on_matching = on_matching}));
  watch.AddAnalyzers(results.cost, results.units_analyzed, results.units_from_cache);

  watch.Start("tracking");
  const Facts facts = facts_of(std::move(results));

  watch.Start("gate");
  storage::VerdictRecord record = Record(facts, {}, submission);
  record.stats = wire::Serialize(wire::ToProto(watch.Finish()));
  return with_rest(memo->Keep(facts, std::move(record)));
}

storage::VerdictRecord InconclusiveRecord(const Run& run, const std::string& reason) {
  const absl::StatusOr<PolicyInForce> policy = LoadPolicy({}, run.submission);
  return Record(FactsWithoutComparison(run.submission, *policy, reason), {}, run.submission);
}

}  // namespace mergegate::pipeline
