// ScoreService: scores of projects, teams and oneself, and the weights of M.
#ifndef MERGEGATE_SERVER_RPC_SCORE_SERVICE_H_
#define MERGEGATE_SERVER_RPC_SCORE_SERVICE_H_

#include "mergegate/v1/score_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/pipeline/score_board.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class ScoreService final : public v1::ScoreService::Service {
 public:
  ScoreService(const Access& access, const pipeline::PipelineParts& parts) : access_(access), parts_(parts) {}

  grpc::Status GetScore(grpc::ServerContext* context, const v1::GetScoreRequest* request,
                        v1::GetScoreResponse* response) override;
  grpc::Status GetScoreHistory(grpc::ServerContext* context, const v1::GetScoreHistoryRequest* request,
                               v1::GetScoreHistoryResponse* response) override;
  grpc::Status ListWeights(grpc::ServerContext* context, const v1::ListWeightsRequest* request,
                           v1::ListWeightsResponse* response) override;
  grpc::Status ApproveWeights(grpc::ServerContext* context, const v1::ApproveWeightsRequest* request,
                              v1::ApproveWeightsResponse* response) override;

 private:
  // kUnimplemented on a server without scores (an embedded one).
  absl::StatusOr<pipeline::ScoreBoard*> Board() const;
  absl::StatusOr<scoring::Scope> ScopeOf(const Caller& caller, const std::string& name) const;
  absl::StatusOr<pipeline::WhatIf> ReadWhatIf(const scoring::Scope& scope, const v1::WhatIf& proto, bool fixed) const;
  absl::StatusOr<v1::Score> Score(const scoring::Scope& scope, absl::Time as_of, const pipeline::WhatIf& what_if) const;

  const Access& access_;
  const pipeline::PipelineParts& parts_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_SCORE_SERVICE_H_
