// What a person says to a review, checked and turned into events.
#ifndef MERGEGATE_SERVER_RPC_REVIEW_RESPONSE_H_
#define MERGEGATE_SERVER_RPC_REVIEW_RESPONSE_H_

#include "absl/status/status.h"
#include "mergegate/v1/review_service.pb.h"
#include "server/pipeline/review_log.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate::rpc {

// The event of a request, or why the caller cannot do that (kFailedPrecondition) or what is wrong with it
// (kInvalidArgument). Pure but for the random id of a request without one.
absl::StatusOr<ReviewEvent> EventOf(const v1::RespondToReviewRequest& request, const Handle& caller,
                                    const pipeline::ReviewLog& log, absl::Time now);

// Stores it, once per request id.
absl::Status Respond(const pipeline::PipelineParts& parts, const v1::RespondToReviewRequest& request,
                     const Handle& caller);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_REVIEW_RESPONSE_H_
