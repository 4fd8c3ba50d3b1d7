// The part of the border that a change's risk crosses. convert.h uses it for facts and verdicts.
//
//   facts.risk = wire::FromProto(proto.risk());
//   *verdict.mutable_risk() = wire::ToDefectRisk(*facts.risk);
//
// Pure functions; any thread.
#ifndef MERGEGATE_SERVER_WIRE_RISK_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_RISK_CONVERT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "mergegate/v1/facts.pb.h"
#include "mergegate/v1/verdict.pb.h"
#include "server/domain/verdict.h"

namespace mergegate::wire {

// How much of the history was read crosses with neither: it is told with what a run cost.
v1::RiskFacts ToProto(const RiskFacts& risk);
v1::DefectRisk ToDefectRisk(const RiskFacts& risk);
RiskFacts FromProto(const v1::RiskFacts& proto);
RiskFacts FromProto(const v1::DefectRisk& proto);

// As they were kept. kDataLoss when the bytes are none.
absl::StatusOr<RiskFacts> ParseRisk(std::string_view bytes);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_RISK_CONVERT_H_
