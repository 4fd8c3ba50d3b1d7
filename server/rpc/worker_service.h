// WorkerService: workers pull analysis tasks off the board.
#ifndef MERGEGATE_SERVER_RPC_WORKER_SERVICE_H_
#define MERGEGATE_SERVER_RPC_WORKER_SERVICE_H_

#include "mergegate/v1/worker_service.grpc.pb.h"
#include "server/pipeline/analysis_board.h"
#include "server/rpc/access.h"
#include "server/rpc/run_claims.h"
#include "server/storage/store.h"

namespace mergegate::rpc {

class WorkerService final : public v1::WorkerService::Service {
 public:
  WorkerService(const Access& access, storage::Store& store, pipeline::AnalysisBoard& board, RunClaims& claims)
      : access_(access), store_(store), board_(board), claims_(claims) {}

  grpc::Status LeaseTasks(grpc::ServerContext* context, const v1::LeaseTasksRequest* request,
                          v1::LeaseTasksResponse* response) override;
  grpc::Status RenewLeases(grpc::ServerContext* context, const v1::RenewLeasesRequest* request,
                           v1::RenewLeasesResponse* response) override;
  grpc::Status CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                            v1::CompleteTaskResponse* response) override;

 private:
  // The run that the caller works for: one that its caller analyzes, and the caller's own unless an administrator asks.
  absl::StatusOr<RunId> OwnRun(const Caller& caller, const std::string& name);

  const Access& access_;
  storage::Store& store_;
  pipeline::AnalysisBoard& board_;
  RunClaims& claims_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_WORKER_SERVICE_H_
