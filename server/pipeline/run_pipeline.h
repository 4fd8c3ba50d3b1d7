// READ THIS FIRST. The way of a change, from two commits to a verdict; run_pipeline.cc is the product on one page.
#ifndef MERGEGATE_SERVER_PIPELINE_RUN_PIPELINE_H_
#define MERGEGATE_SERVER_PIPELINE_RUN_PIPELINE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/chance.h"
#include "server/base/clock.h"
#include "server/base/metrics.h"
#include "server/domain/run.h"
#include "server/domain/verdict.h"
#include "server/pipeline/analysis_board.h"
#include "server/pipeline/mirrors.h"
#include "server/pipeline/progress_board.h"
#include "server/reviewers/rank.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

class ScoreBoard;

// What the pipeline works with; all outlive it.
struct PipelineParts {
  const Clock& clock;
  const Mirrors& mirrors;
  storage::Store& store;
  AnalysisBoard& board;
  ProgressBoard& progress;
  Metrics& metrics;
  // Share of the cache's hits that are analyzed again and compared, 0 to 1.
  double recheck_share = 0.01;
  Chance chance = UniformChance;
  // Of this server; verdicts of another one are not taken for its own.
  std::string version = "";
  // Everybody whom a project's history knows, for a query's paths; nobody by default.
  std::function<absl::StatusOr<std::vector<reviewers::RankedPerson>>(const ProjectId&, const reviewers::RankQuery&)>
      rank = [](const ProjectId&, const reviewers::RankQuery&) { return std::vector<reviewers::RankedPerson>(); };
  // How likely the change from `base` to `head` is to cause a defect; nullopt where that is not asked.
  std::function<std::optional<RiskFacts>(const ProjectId&, const CommitId& base, const CommitId& head)> risk =
      [](const ProjectId&, const CommitId&, const CommitId&) { return std::nullopt; };
  // Scores of projects, teams and people; without it there are none.
  ScoreBoard* scores = nullptr;
  // Hears of what the target branch of a project is, or was: `base` of the submission.
  std::function<void(const Submission&)> on_base = [](const Submission&) {};
};

// Runs one patch set through git, policy, planning, analysis, tracking, scoring and gate.
// What is wrong with the change, or missing, is in the verdict; a status is a failed environment, to be tried again
// (kCancelled when `cancelled` said so). Thread safety: several runs may execute at once.
absl::StatusOr<storage::VerdictRecord> RunPipeline(const PipelineParts& parts, const Run& run,
                                                   const std::function<bool()>& cancelled);

// The verdict of a run that could not be carried out: inconclusive, with the reason.
storage::VerdictRecord InconclusiveRecord(const Run& run, const std::string& reason);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_RUN_PIPELINE_H_
