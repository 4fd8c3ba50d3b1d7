// The one border between domain structs and protobuf. Round-trip tested.
// FromProto of anything that came from outside validates: kInvalidArgument names the field.
#ifndef MERGEGATE_SERVER_WIRE_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_CONVERT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "mergegate/v1/analysis.pb.h"
#include "mergegate/v1/facts.pb.h"
#include "mergegate/v1/run_service.pb.h"
#include "mergegate/v1/verdict.pb.h"
#include "server/domain/analysis.h"
#include "server/domain/run.h"
#include "server/domain/verdict.h"

namespace mergegate::wire {

v1::Finding ToProto(const Finding& finding);
v1::AnalysisTask ToProto(const AnalysisTask& task);
v1::TaskResult ToProto(const TaskResult& result);
v1::Facts ToProto(const Facts& facts);
v1::Verdict ToProto(const Verdict& verdict);
v1::RunStats ToProto(const RunStats& stats);

absl::StatusOr<Finding> FromProto(const v1::Finding& proto);
absl::StatusOr<AnalysisTask> FromProto(const v1::AnalysisTask& proto);
// Paths that leave the repository, bad object ids, out-of-range indices and unknown enum values are errors.
absl::StatusOr<TaskResult> FromProto(const v1::TaskResult& proto);
absl::StatusOr<Facts> FromProto(const v1::Facts& proto);
absl::StatusOr<Verdict> FromProto(const v1::Verdict& proto);
RunStats FromProto(const v1::RunStats& proto);

// Deterministic bytes: equal messages give equal bytes within one build.
std::string Serialize(const google::protobuf::MessageLite& message);

// A result as bytes and back, for those who keep it. kDataLoss when the bytes are not one.
std::string SerializeResult(const TaskResult& result);
absl::StatusOr<TaskResult> ParseResult(std::string_view bytes);

// Facts and costs as they were stored. kDataLoss when the bytes are none.
absl::StatusOr<Facts> ParseFacts(std::string_view bytes);
absl::StatusOr<RunStats> ParseStats(std::string_view bytes);

// "projects/{project}" and "projects/{project}/runs/{run}"; kInvalidArgument says what the form is.
absl::StatusOr<ProjectId> ParseProjectName(std::string_view name);
struct RunName {
  ProjectId project;
  RunId run;
};
absl::StatusOr<RunName> ParseRunName(std::string_view name);
std::string ProjectName(const ProjectId& id);
std::string FormatRunName(const ProjectId& project, const RunId& run);
absl::StatusOr<CommitId> ParseCommitId(std::string_view hex, std::string_view field);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_CONVERT_H_
