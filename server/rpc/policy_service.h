// PolicyService: checking policy texts and showing the one in force.
#ifndef MERGEGATE_SERVER_RPC_POLICY_SERVICE_H_
#define MERGEGATE_SERVER_RPC_POLICY_SERVICE_H_

#include "mergegate/v1/policy_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class PolicyService final : public v1::PolicyService::Service {
 public:
  PolicyService(const Access& access, const pipeline::PipelineParts& parts) : access_(access), parts_(parts) {}

  grpc::Status ValidatePolicy(grpc::ServerContext* context, const v1::ValidatePolicyRequest* request,
                              v1::ValidatePolicyResponse* response) override;
  grpc::Status GetPolicy(grpc::ServerContext* context, const v1::GetPolicyRequest* request,
                         v1::GetPolicyResponse* response) override;

 private:
  const Access& access_;
  const pipeline::PipelineParts& parts_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_POLICY_SERVICE_H_
