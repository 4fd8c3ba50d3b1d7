// Joins what the stages found into the facts that scoring and gate look at.
#ifndef MERGEGATE_SERVER_PIPELINE_GATHER_FACTS_H_
#define MERGEGATE_SERVER_PIPELINE_GATHER_FACTS_H_

#include <string>
#include <vector>

#include "server/domain/run.h"
#include "server/domain/verdict.h"
#include "server/pipeline/analysis_stage.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/test_coverage.h"
#include "server/planning/plan.h"

namespace mergegate::pipeline {

// Findings of other tools about both commits. A tool without a report about the base is compared by lines: what it says
// about unchanged lines counts as unchanged.
struct ImportedFindings {
  std::vector<Finding> base;
  std::vector<Finding> head;
  std::vector<std::string> tools;  // with a report about the head; ordered
  std::vector<AnalysisFailure> failures;
};

ImportedFindings ReadReports(const PatchSet& patch_set, const std::vector<ImportedReport>& reports);

// Facts of a change whose commits could not be compared, or of a run that could not be carried out.
Facts FactsWithoutComparison(const Submission& submission, const PolicyInForce& policy, std::string why);

// Functions that the change touched, with their measurements at both commits; by path and line.
std::vector<FunctionChange> ChangedFunctions(const Diff& diff, const std::vector<TaskResult>& base,
                                             const std::vector<TaskResult>& head);

Facts GatherFacts(const PatchSet& patch_set, const PolicyInForce& policy, const planning::Plan& plan,
                  AnalysisResults results, ImportedFindings imported, ImportedCoverage coverage, TouchedTests touched,
                  std::vector<AnalysisFailure> other_failures);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_GATHER_FACTS_H_
