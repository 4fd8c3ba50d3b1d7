// The table of analyzers.
//
//   for (const Analyzer* analyzer : SelectAnalyzers(task.analyzers())) ...
//
// Thread safety: immutable after the first call.
#ifndef MERGEGATE_ANALYZERS_REGISTRY_H_
#define MERGEGATE_ANALYZERS_REGISTRY_H_

#include <span>
#include <string>
#include <vector>

#include "analyzers/analyzer.h"

namespace mergegate::analyzers {

// All of them, in the order in which they run.
std::span<const Analyzer* const> AllAnalyzers();

// Null when there is none of that name.
const Analyzer* FindAnalyzer(std::string_view name);

// The catalogue as JSON: analyzers with their checks, each with default severity and documentation.
std::string DescribeAnalyzers();

// One per analyzer, each in a file of its own.
const Analyzer& ClangTidyAnalyzer();
const Analyzer& StaticAnalyzer();
const Analyzer& CodeMetricsAnalyzer();

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_REGISTRY_H_
