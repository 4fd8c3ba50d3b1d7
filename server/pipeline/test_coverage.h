// What reports of coverage say of the lines that a change adds or alters; and, without one, what its paths say.
//
//   const ImportedCoverage coverage = ReadCoverage(patch_set, submission.reports, policy.analysis.exclude_paths);
//   facts.tests = coverage.tests;
//
// Reports come from the machine that ran the tests, so their paths may be absolute: the folder under which most of
// their files are files of the head is taken for the repository's.
#ifndef MERGEGATE_SERVER_PIPELINE_TEST_COVERAGE_H_
#define MERGEGATE_SERVER_PIPELINE_TEST_COVERAGE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/policy.h"
#include "server/domain/run.h"
#include "server/domain/verdict.h"
#include "server/pipeline/patch_set.h"

namespace mergegate::pipeline {

struct ImportedCoverage {
  std::optional<TestCoverage> tests = {};      // absent when no report could be read
  std::vector<AnalysisFailure> failures = {};  // of reports that could not be read, or fit no file of the head
};

// Only lines with a word or a number on them count: braces and comments are nobody's to test.
ImportedCoverage ReadCoverage(const PatchSet& patch_set, const std::vector<ImportedReport>& reports,
                              const std::vector<std::string>& exclude_paths);

// What the paths of the change say of its tests. Errors: those of reading the base's tree.
absl::StatusOr<TouchedTests> TouchedTestsOf(const PatchSet& patch_set, const AnalysisPolicy& policy);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_TEST_COVERAGE_H_
