// The border at which an analyzer's answer is taken in. The process that made it has read a stranger's source: what it
// says about itself is not believed, and what it says at all must have the shape of the contract.
//
//   ASSIGN_OR_RETURN(v1::AnalyzerAnswer answer, ParseAnswer(child.output, task));
//
// Thread safety: pure function.
#ifndef MERGEGATE_ANALYZERS_WORKER_ANSWER_H_
#define MERGEGATE_ANALYZERS_WORKER_ANSWER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::worker {

// `output` must be exactly one frame with an AnalyzerAnswer. Its result must not be larger than 33 MiB, and on both
// sides paths must lie inside the repository, positions, counts and references be in range, lists keep to `task`'s
// limits, and nothing be set that only the server sets; a base side must be there just when `task` names one, without
// sandbox and cost. kInvalidArgument names the first field that is not so. The names of artifacts are for EngineCache
// to judge.
absl::StatusOr<v1::AnalyzerAnswer> ParseAnswer(std::string_view output, const v1::AnalysisTask& task);

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_ANSWER_H_
