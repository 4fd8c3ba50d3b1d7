// ServerService: what the server says about itself.
#ifndef MERGEGATE_SERVER_RPC_SERVER_SERVICE_H_
#define MERGEGATE_SERVER_RPC_SERVER_SERVICE_H_

#include "mergegate/v1/server_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class ServerService final : public v1::ServerService::Service {
 public:
  ServerService(const Access& access, const pipeline::PipelineParts& parts) : access_(access), parts_(parts) {}

  grpc::Status GetMetrics(grpc::ServerContext* context, const v1::GetMetricsRequest* request,
                          v1::GetMetricsResponse* response) override;
  grpc::Status ListOutbox(grpc::ServerContext* context, const v1::ListOutboxRequest* request,
                          v1::ListOutboxResponse* response) override;
  grpc::Status RetryOutboxMessage(grpc::ServerContext* context, const v1::RetryOutboxMessageRequest* request,
                                  v1::RetryOutboxMessageResponse* response) override;
  grpc::Status DropOutboxMessage(grpc::ServerContext* context, const v1::DropOutboxMessageRequest* request,
                                 v1::DropOutboxMessageResponse* response) override;

 private:
  const Access& access_;
  const pipeline::PipelineParts& parts_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_SERVER_SERVICE_H_
