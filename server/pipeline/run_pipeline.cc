// The product on one page: what happens between two commits and a verdict. Each stage is one call of one library; if
// this stops fitting on a screen, a stage is in the wrong place.
#include "server/pipeline/run_pipeline.h"

#include "server/base/status_macros.h"
#include "server/pipeline/analysis_stage.h"
#include "server/pipeline/gather_facts.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/stopwatch.h"
#include "server/planning/plan.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

storage::VerdictRecord Record(const Facts& facts, const RunStats& stats) {
  const Verdict verdict = Judge(facts);
  return {.state = verdict.state,
          .verdict = wire::Serialize(wire::ToProto(verdict)),
          .facts = wire::Serialize(wire::ToProto(facts)),
          .stats = wire::Serialize(wire::ToProto(stats))};
}

}  // namespace

absl::StatusOr<storage::VerdictRecord> RunPipeline(const PipelineParts& parts, const Run& run,
                                                   const std::function<bool()>& cancelled) {
  const Submission& submission = run.submission;
  Stopwatch watch([&](std::string_view stage) { parts.progress.Report(run.id, {.stage = std::string(stage)}); });

  watch.Start("git");
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, parts.mirrors.Open(submission.project));
  ASSIGN_OR_RETURN(const PatchSet patch_set, LoadPatchSet(*mirror, submission));
  ASSIGN_OR_RETURN(const PolicyInForce policy, LoadPolicy(patch_set, submission));
  if (!patch_set.missing.empty()) {
    return Record(FactsWithoutComparison(submission, policy, patch_set.missing), watch.Finish());
  }

  watch.Start("planning");
  ASSIGN_OR_RETURN(CommandSets commands, LoadCommands(*mirror, parts.store, patch_set, submission, parts.clock.Now()));
  const planning::PlanInput plan_input{.diff = patch_set.diff,
                                       .base = *patch_set.base_tree,
                                       .head = *patch_set.head_tree,
                                       .base_commit = patch_set.base,
                                       .policy = policy.policy.analysis,
                                       .base_commands = *commands.base,
                                       .head_commands = *commands.head};
  ASSIGN_OR_RETURN(planning::Plan plan, planning::MakePlan(plan_input));

  watch.Start("analysis");
  AnalysisCalls calls{.cancelled = cancelled, .on_matching = {}, .extend_plan = {}};
  if (!plan.candidates.empty()) {  // changed headers
    calls.extend_plan = [&](const AnalysisResults& matching) {
      return planning::ExtendPlan(plan_input, matching.head, matching.base, plan);
    };
  }
  ASSIGN_OR_RETURN(AnalysisResults results, Analyze(parts, run, patch_set, plan, policy.policy.analysis, calls));
  watch.AddAnalyzers(results.cost, results.units_analyzed, results.units_from_cache);

  watch.Start("tracking");
  ImportedFindings imported = ReadReports(patch_set, submission.reports);
  const Facts facts =
      GatherFacts(patch_set, policy, plan, std::move(results), std::move(imported), std::move(commands.failures));

  watch.Start("gate");
  storage::VerdictRecord record = Record(facts, {});
  record.stats = wire::Serialize(wire::ToProto(watch.Finish()));
  return record;
}

storage::VerdictRecord InconclusiveRecord(const Run& run, const std::string& reason) {
  const absl::StatusOr<PolicyInForce> policy = LoadPolicy({}, run.submission);
  return Record(FactsWithoutComparison(run.submission, *policy, reason), {});
}

}  // namespace mergegate::pipeline
