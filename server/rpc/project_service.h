// ProjectService: projects, mirrors, packs.
#ifndef MERGEGATE_SERVER_RPC_PROJECT_SERVICE_H_
#define MERGEGATE_SERVER_RPC_PROJECT_SERVICE_H_

#include "mergegate/v1/project_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class ProjectService final : public v1::ProjectService::Service {
 public:
  ProjectService(const Access& access, const pipeline::PipelineParts& parts) : access_(access), parts_(parts) {}

  grpc::Status CreateProject(grpc::ServerContext* context, const v1::CreateProjectRequest* request,
                             v1::Project* response) override;
  grpc::Status GetProject(grpc::ServerContext* context, const v1::GetProjectRequest* request,
                          v1::Project* response) override;
  grpc::Status ListProjects(grpc::ServerContext* context, const v1::ListProjectsRequest* request,
                            v1::ListProjectsResponse* response) override;
  grpc::Status FetchMirror(grpc::ServerContext* context, const v1::FetchMirrorRequest* request,
                           v1::FetchMirrorResponse* response) override;
  grpc::Status FindMissingCommits(grpc::ServerContext* context, const v1::FindMissingCommitsRequest* request,
                                  v1::FindMissingCommitsResponse* response) override;
  grpc::Status PushPack(grpc::ServerContext* context, grpc::ServerReader<v1::PushPackRequest>* reader,
                        v1::PushPackResponse* response) override;

 private:
  // The mirror of an existing project.
  absl::StatusOr<std::unique_ptr<git::Mirror>> OpenMirror(const std::string& name);
  absl::Status Receive(const Caller& caller, grpc::ServerReader<v1::PushPackRequest>* reader,
                       v1::PushPackResponse* response);

  const Access& access_;
  const pipeline::PipelineParts& parts_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_PROJECT_SERVICE_H_
