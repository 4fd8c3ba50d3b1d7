// AccessService: tokens, overrides, audit.
#ifndef MERGEGATE_SERVER_RPC_ACCESS_SERVICE_H_
#define MERGEGATE_SERVER_RPC_ACCESS_SERVICE_H_

#include <functional>
#include <utility>

#include "mergegate/v1/access_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class AccessService final : public v1::AccessService::Service {
 public:
  // `submitted` is called after a run was stored (it wakes the scheduler).
  AccessService(const Access& access, const pipeline::PipelineParts& parts, std::function<void()> submitted)
      : access_(access), parts_(parts), submitted_(std::move(submitted)) {}

  grpc::Status WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest* request,
                      v1::WhoAmIResponse* response) override;
  grpc::Status CreateToken(grpc::ServerContext* context, const v1::CreateTokenRequest* request,
                           v1::CreateTokenResponse* response) override;
  grpc::Status ListTokens(grpc::ServerContext* context, const v1::ListTokensRequest* request,
                          v1::ListTokensResponse* response) override;
  grpc::Status RevokeToken(grpc::ServerContext* context, const v1::RevokeTokenRequest* request,
                           v1::RevokeTokenResponse* response) override;
  grpc::Status OverrideCondition(grpc::ServerContext* context, const v1::OverrideConditionRequest* request,
                                 v1::ConditionOverride* response) override;
  grpc::Status ListOverrides(grpc::ServerContext* context, const v1::ListOverridesRequest* request,
                             v1::ListOverridesResponse* response) override;
  grpc::Status ListAuditEntries(grpc::ServerContext* context, const v1::ListAuditEntriesRequest* request,
                                v1::ListAuditEntriesResponse* response) override;
  grpc::Status VerifyAudit(grpc::ServerContext* context, const v1::VerifyAuditRequest* request,
                           v1::VerifyAuditResponse* response) override;

 private:
  const Access& access_;
  const pipeline::PipelineParts& parts_;
  const std::function<void()> submitted_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_ACCESS_SERVICE_H_
