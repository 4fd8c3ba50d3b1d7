// SignalService: telling what happened elsewhere, reading what was told.
#ifndef MERGEGATE_SERVER_RPC_SIGNAL_SERVICE_H_
#define MERGEGATE_SERVER_RPC_SIGNAL_SERVICE_H_

#include "absl/time/time.h"
#include "mergegate/v1/signal_service.grpc.pb.h"
#include "server/domain/signal.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class SignalService final : public v1::SignalService::Service {
 public:
  SignalService(const Access& access, const pipeline::PipelineParts& parts) : access_(access), parts_(parts) {}

  grpc::Status RecordSignals(grpc::ServerContext* context, const v1::RecordSignalsRequest* request,
                             v1::RecordSignalsResponse* response) override;
  grpc::Status ListSignals(grpc::ServerContext* context, const v1::ListSignalsRequest* request,
                           v1::ListSignalsResponse* response) override;

 private:
  const Access& access_;
  const pipeline::PipelineParts& parts_;
};

// Whether the caller may record the signal: leads, administrators and bots any of their projects', others what they say
// themselves. kPermissionDenied. Nobody writes into the server's own sources but to correct what they say.
absl::Status MayRecord(const Caller& caller, const Signal& signal);

// Whether the signal is the caller's to see. `self` is the caller's person with all their names.
bool MayRead(const Caller& caller, const Person& self, const Signal& signal);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_SIGNAL_SERVICE_H_
