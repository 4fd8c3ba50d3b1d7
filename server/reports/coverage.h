// Reads reports of test coverage: which lines tests ran.
//
//   ASSIGN_OR_RETURN(const CoverageReport report, ParseCoverage(text));   // lcov, llvm-cov, Cobertura, gcovr, gcov
//   report.files.at("/src/db/a.cc").at(12)                                // true: some test ran line 12
//
// Pure: bytes in, lines out.
#ifndef MERGEGATE_SERVER_REPORTS_COVERAGE_H_
#define MERGEGATE_SERVER_REPORTS_COVERAGE_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace mergegate::reports {

// Executable lines of one file, from 1, and whether any test ran them.
using CoveredLines = std::map<int, bool>;

struct CoverageReport {
  std::string format;                         // "lcov", "llvm-cov", "Cobertura", "gcovr" or "gcov"
  std::map<std::string, CoveredLines> files;  // by path as the report has it, with '/' and without "." and ".."
};

// Tells the formats apart by their content: lcov's tracefiles, the JSON of `llvm-cov export`, Cobertura's XML, the JSON
// of gcovr and of gcov. A line that is told of more than once (templates, several tests) was run when any says so.
// Paths that cannot be read as such are passed over. kInvalidArgument says where and what; never throws, whatever the
// bytes.
absl::StatusOr<CoverageReport> ParseCoverage(std::string_view text);

// The formats, for ParseCoverage.
absl::StatusOr<CoverageReport> ParseLcov(std::string_view text);
absl::StatusOr<CoverageReport> ParseCobertura(std::string_view text);
absl::StatusOr<CoverageReport> ParseCoverageJson(std::string_view text);

// Lines told of in all of a report; more are refused.
inline constexpr size_t kMostCoveredLines = 5'000'000;

}  // namespace mergegate::reports

#endif  // MERGEGATE_SERVER_REPORTS_COVERAGE_H_
