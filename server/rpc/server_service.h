// ServerService: what the server says about itself.
#ifndef MERGEGATE_SERVER_RPC_SERVER_SERVICE_H_
#define MERGEGATE_SERVER_RPC_SERVER_SERVICE_H_

#include "mergegate/v1/server_service.grpc.pb.h"
#include "server/base/metrics.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class ServerService final : public v1::ServerService::Service {
 public:
  ServerService(const Access& access, const Metrics& metrics) : access_(access), metrics_(metrics) {}

  grpc::Status GetMetrics(grpc::ServerContext* context, const v1::GetMetricsRequest* request,
                          v1::GetMetricsResponse* response) override;

 private:
  const Access& access_;
  const Metrics& metrics_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_SERVER_SERVICE_H_
