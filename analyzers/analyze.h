// One task in, one result out: what the program mergegate-analyze does between its pipes.
//
//   v1::AnalyzerAnswer answer = Analyze(task, {.repository = "/var/mirrors/p.git", .roots = DefaultRoots()});
//
// Thread safety: one call at a time in a process.
#ifndef MERGEGATE_ANALYZERS_ANALYZE_H_
#define MERGEGATE_ANALYZERS_ANALYZE_H_

#include <string>
#include <vector>

#include "analyzers/unit_side.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

// Where compilers' and libraries' headers live on Linux.
std::vector<std::string> DefaultRoots();

// clang's own headers, of the LLVM that this program was built with.
std::string ResourceDir();

// Version of these analyzers, of LLVM, and the identity of the running binary: what determines results besides the
// inputs that a result lists. One line.
std::string BuildId();

// Never fails as a whole: what could not be done is in the result's failures. The result has at most 32 MiB when
// serialized. Cost and sandbox are left to the caller. Artifacts come only with a cache to keep them in.
v1::AnalyzerAnswer Analyze(const v1::AnalysisTask& task, const Environment& environment);

// A result that says only that the task could not be done.
v1::TaskResult FailedTask(const v1::AnalysisTask& task, v1::FailureKind kind, const std::string& message);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_ANALYZE_H_
