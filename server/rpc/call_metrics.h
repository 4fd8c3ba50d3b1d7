// Counts and times every call of the gRPC server, those that come in through HTTP included.
//
//   std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
//   interceptors.push_back(std::make_unique<CallMetrics>(metrics));
//   builder.experimental().SetInterceptorCreators(std::move(interceptors));
//
// Thread safety: as Metrics, which must outlive the server.
#ifndef MERGEGATE_SERVER_RPC_CALL_METRICS_H_
#define MERGEGATE_SERVER_RPC_CALL_METRICS_H_

#include <grpcpp/support/server_interceptor.h>

#include "server/base/metrics.h"

namespace mergegate::rpc {

class CallMetrics final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallMetrics(Metrics& metrics) : metrics_(metrics) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override;

 private:
  Metrics& metrics_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_CALL_METRICS_H_
