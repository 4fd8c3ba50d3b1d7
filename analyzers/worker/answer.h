// The border at which an analyzer's answer is taken in. The process that made it has read a stranger's source: what it
// says about itself is not believed, and what it says at all must have the shape of the contract.
//
//   ASSIGN_OR_RETURN(v1::TaskResult result, ParseAnswer(child.output, task));
//
// Thread safety: pure function.
#ifndef MERGEGATE_ANALYZERS_WORKER_ANSWER_H_
#define MERGEGATE_ANALYZERS_WORKER_ANSWER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::worker {

// `output` must be exactly one frame with a TaskResult whose paths lie inside the repository, whose positions, counts
// and references are in range, whose lists keep to `task`'s limits, and in which nothing is set that only the server
// sets. kInvalidArgument names the first field that is not so.
absl::StatusOr<v1::TaskResult> ParseAnswer(std::string_view output, const v1::AnalysisTask& task);

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_ANSWER_H_
