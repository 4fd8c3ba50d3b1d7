// WorkerService: workers pull analysis tasks off the board.
#ifndef MERGEGATE_SERVER_RPC_WORKER_SERVICE_H_
#define MERGEGATE_SERVER_RPC_WORKER_SERVICE_H_

#include "mergegate/v1/worker_service.grpc.pb.h"
#include "server/pipeline/analysis_board.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class WorkerService final : public v1::WorkerService::Service {
 public:
  WorkerService(const Access& access, pipeline::AnalysisBoard& board) : access_(access), board_(board) {}

  grpc::Status LeaseTasks(grpc::ServerContext* context, const v1::LeaseTasksRequest* request,
                          v1::LeaseTasksResponse* response) override;
  grpc::Status RenewLeases(grpc::ServerContext* context, const v1::RenewLeasesRequest* request,
                           v1::RenewLeasesResponse* response) override;
  grpc::Status CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                            v1::CompleteTaskResponse* response) override;

 private:
  const Access& access_;
  pipeline::AnalysisBoard& board_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_WORKER_SERVICE_H_
