#include "server/rpc/policy_service.h"

#include "server/config/policy_file.h"
#include "server/pipeline/patch_set.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"

namespace mergegate::rpc {

grpc::Status PolicyService::ValidatePolicy(grpc::ServerContext* context, const v1::ValidatePolicyRequest* request,
                                           v1::ValidatePolicyResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    const config::ParsedPolicy parsed = config::ParsePolicy(request->text());
    for (const PolicyProblem& problem : parsed.problems) {
      v1::PolicyProblem* out = response->add_problems();
      out->set_line(problem.line);
      out->set_column(problem.column);
      out->set_message(problem.message);
    }
    if (!parsed.problems.empty()) return absl::OkStatus();
    for (std::string& line : config::DescribeConditions(parsed.policy)) response->add_conditions(std::move(line));
    return absl::OkStatus();
  });
}

grpc::Status PolicyService::GetPolicy(grpc::ServerContext* context, const v1::GetPolicyRequest* request,
                                      v1::GetPolicyResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    pipeline::PatchSet at_commit;
    if (!request->project().empty() && !request->commit().empty()) {
      ASSIGN_OR_RETURN(const ProjectId project, wire::ParseProjectName(request->project()));
      RETURN_IF_ERROR(parts_.store.GetProject(project).status());
      ASSIGN_OR_RETURN(const CommitId commit, wire::ParseCommitId(request->commit(), "commit"));
      ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(project));
      ASSIGN_OR_RETURN(at_commit.base_tree, mirror->OpenTree(commit));
    }
    ASSIGN_OR_RETURN(const pipeline::PolicyInForce in_force, pipeline::LoadPolicy(at_commit, {}));
    response->set_text(in_force.text);
    response->set_source(in_force.source);
    for (std::string& line : config::DescribeConditions(in_force.policy)) response->add_conditions(std::move(line));
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
