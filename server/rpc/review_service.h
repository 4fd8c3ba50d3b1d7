// ReviewService: reviews, answers to them, who knows what, who has time.
#ifndef MERGEGATE_SERVER_RPC_REVIEW_SERVICE_H_
#define MERGEGATE_SERVER_RPC_REVIEW_SERVICE_H_

#include <functional>

#include "mergegate/v1/review_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class ReviewService final : public v1::ReviewService::Service {
 public:
  // `submitted` is called after a run was stored (it wakes the scheduler).
  ReviewService(const Access& access, const pipeline::PipelineParts& parts, std::function<void()> submitted)
      : access_(access), parts_(parts), submitted_(std::move(submitted)) {}

  grpc::Status ListReviews(grpc::ServerContext* context, const v1::ListReviewsRequest* request,
                           v1::ListReviewsResponse* response) override;
  grpc::Status GetReview(grpc::ServerContext* context, const v1::GetReviewRequest* request,
                         v1::Review* response) override;
  grpc::Status ListReviewEvents(grpc::ServerContext* context, const v1::ListReviewEventsRequest* request,
                                v1::ListReviewEventsResponse* response) override;
  grpc::Status GetReviewDiff(grpc::ServerContext* context, const v1::GetReviewDiffRequest* request,
                             v1::GetReviewDiffResponse* response) override;
  grpc::Status RespondToReview(grpc::ServerContext* context, const v1::RespondToReviewRequest* request,
                               v1::Review* response) override;
  grpc::Status FindExperts(grpc::ServerContext* context, const v1::FindExpertsRequest* request,
                           v1::FindExpertsResponse* response) override;
  grpc::Status GetLoad(grpc::ServerContext* context, const v1::GetLoadRequest* request,
                       v1::GetLoadResponse* response) override;
  grpc::Status GetAvailability(grpc::ServerContext* context, const v1::GetAvailabilityRequest* request,
                               v1::Availability* response) override;
  grpc::Status SetAvailability(grpc::ServerContext* context, const v1::SetAvailabilityRequest* request,
                               v1::Availability* response) override;

 private:
  absl::Status List(const v1::ListReviewsRequest& request, v1::ListReviewsResponse& response) const;
  absl::Status ReadDiff(const v1::GetReviewDiffRequest& request, v1::GetReviewDiffResponse& response) const;
  absl::Status Find(const v1::FindExpertsRequest& request, v1::FindExpertsResponse& response) const;
  absl::Status Load(const v1::GetLoadRequest& request, v1::GetLoadResponse& response) const;

  const Access& access_;
  const pipeline::PipelineParts& parts_;
  const std::function<void()> submitted_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_REVIEW_SERVICE_H_
