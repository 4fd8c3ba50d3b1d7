#include "server/rpc/call_metrics.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/clock.h"

namespace mergegate::rpc {
namespace {

class OneCall final : public grpc::experimental::Interceptor {
 public:
  // `method`: "/mergegate.v1.RunService/GetRun".
  OneCall(Metrics& metrics, std::string_view method)
      : metrics_(metrics), method_(method.substr(std::min<size_t>(1, method.size()))), begun_(absl::Now()) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      const auto code = static_cast<absl::StatusCode>(methods->GetSendStatus().error_code());
      metrics_.Count(Counter::kGrpcCalls, {method_, absl::StatusCodeToString(code)});
      metrics_.Observe(Histogram::kGrpcSeconds, {method_}, absl::Now() - begun_);
    }
    methods->Proceed();
  }

 private:
  Metrics& metrics_;
  const std::string method_;
  const absl::Time begun_;
};

}  // namespace

grpc::experimental::Interceptor* CallMetrics::CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) {
  return new OneCall(metrics_, info->method());  // the library deletes it
}

}  // namespace mergegate::rpc
