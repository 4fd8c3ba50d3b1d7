// Growth as its answers show it.
#ifndef MERGEGATE_SERVER_RPC_GROWTH_VIEW_H_
#define MERGEGATE_SERVER_RPC_GROWTH_VIEW_H_

#include "mergegate/v1/growth.pb.h"
#include "server/pipeline/appraisals.h"

namespace mergegate::rpc {

v1::Plan ViewOf(const pipeline::TrainingPlan& plan);
v1::Report ViewOf(const pipeline::Appraisal& appraisal);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_GROWTH_VIEW_H_
