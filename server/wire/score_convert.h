// The part of the border that scores cross. convert.h uses it for facts and verdicts.
#ifndef MERGEGATE_SERVER_WIRE_SCORE_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_SCORE_CONVERT_H_

#include "absl/status/statusor.h"
#include "mergegate/v1/score.pb.h"
#include "server/domain/score.h"

namespace mergegate::wire {

v1::RangedValue ToProto(const Ranged& value);
v1::MetricFact ToProto(const MetricFact& fact);
v1::Score ToProto(const CompositeScore& score);
v1::ScoreFacts ToProto(const ScoreFacts& facts);
v1::ProjectM ToProto(const ProjectM& m);
v1::WeightVersion ToProto(const ProjectId& project, const WeightVersion& version);

// Metrics and weights that are not those of E, Q, T, K, C are errors.
absl::StatusOr<ScoreFacts> FromProto(const v1::ScoreFacts& proto);
absl::StatusOr<ProjectM> FromProto(const v1::ProjectM& proto);

// "projects/{project}/weights/{number}"; kInvalidArgument says what the form is.
struct WeightsName {
  ProjectId project = {};
  int number = 0;
};
absl::StatusOr<WeightsName> ParseWeightsName(std::string_view name);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_SCORE_CONVERT_H_
