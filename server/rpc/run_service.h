// RunService: submitting changes, following runs, reading and replaying verdicts.
#ifndef MERGEGATE_SERVER_RPC_RUN_SERVICE_H_
#define MERGEGATE_SERVER_RPC_RUN_SERVICE_H_

#include <atomic>
#include <functional>

#include "mergegate/v1/run_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"
#include "server/rpc/run_claims.h"

namespace mergegate::rpc {

class RunService final : public v1::RunService::Service {
 public:
  // `submitted` is called after a run was stored (it wakes the scheduler).
  RunService(const Access& access, const pipeline::PipelineParts& parts, RunClaims& claims,
             std::function<void()> submitted)
      : access_(access), parts_(parts), claims_(claims), submitted_(std::move(submitted)) {}

  grpc::Status SubmitChange(grpc::ServerContext* context, const v1::SubmitChangeRequest* request,
                            v1::Run* response) override;
  grpc::Status GetRun(grpc::ServerContext* context, const v1::GetRunRequest* request, v1::Run* response) override;
  grpc::Status ListRuns(grpc::ServerContext* context, const v1::ListRunsRequest* request,
                        v1::ListRunsResponse* response) override;
  grpc::Status WatchRun(grpc::ServerContext* context, const v1::WatchRunRequest* request,
                        grpc::ServerWriter<v1::WatchRunResponse>* writer) override;
  grpc::Status GetVerdict(grpc::ServerContext* context, const v1::GetVerdictRequest* request,
                          v1::GetVerdictResponse* response) override;
  grpc::Status ListFindings(grpc::ServerContext* context, const v1::ListFindingsRequest* request,
                            v1::ListFindingsResponse* response) override;
  grpc::Status ReplayVerdict(grpc::ServerContext* context, const v1::ReplayVerdictRequest* request,
                             v1::ReplayVerdictResponse* response) override;

  // Ends the streams (the server stops).
  void Stop() { stopping_ = true; }

 private:
  absl::StatusOr<Submission> ReadSubmission(const v1::SubmitChangeRequest& request);
  absl::StatusOr<Run> FindRun(const std::string& name);
  absl::StatusOr<v1::GetVerdictResponse> ReadVerdict(const std::string& name);
  absl::Status Watch(const grpc::ServerContext& context, const std::string& name,
                     grpc::ServerWriter<v1::WatchRunResponse>* writer);

  const Access& access_;
  const pipeline::PipelineParts& parts_;
  RunClaims& claims_;
  const std::function<void()> submitted_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_RUN_SERVICE_H_
