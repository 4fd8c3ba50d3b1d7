// The part of the border that a change's risk crosses. convert.h uses it for facts.
//
//   facts.risk = wire::FromProto(proto.risk());
//
// Pure functions; any thread.
#ifndef MERGEGATE_SERVER_WIRE_RISK_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_RISK_CONVERT_H_

#include "mergegate/v1/facts.pb.h"
#include "server/domain/verdict.h"

namespace mergegate::wire {

v1::RiskFacts ToProto(const RiskFacts& risk);
RiskFacts FromProto(const v1::RiskFacts& proto);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_RISK_CONVERT_H_
