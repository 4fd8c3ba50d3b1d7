#include "server/rpc/server_service.h"

#include "server/rpc/serve.h"

namespace mergegate::rpc {

grpc::Status ServerService::GetMetrics(grpc::ServerContext* context, const v1::GetMetricsRequest* request,
                                       v1::GetMetricsResponse* response) {
  return Serve(access_, context, *request, [&] {
    response->set_text(metrics_.Text());
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
