#include "server/rpc/worker_service.h"

#include "server/rpc/serve.h"
#include "server/wire/convert.h"

namespace mergegate::rpc {
namespace {

absl::Status CheckRange(std::string_view field, int value, int low, int high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return WithDetail(
      absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", value, " is not in ", low, " to ", high)),
      "FIELD_INVALID", field, "");
}

// Under a name of their own, so that nobody answers for another's task.
std::string WorkerOf(const Caller& caller, const std::string& named) {
  return caller.IsAdmin() ? named : absl::StrCat(caller.holder.value(), "/", named);
}

}  // namespace

absl::StatusOr<RunId> WorkerService::OwnRun(const Caller& caller, const std::string& name) {
  ASSIGN_OR_RETURN(const wire::RunName run_name, wire::ParseRunName(name));
  ASSIGN_OR_RETURN(const Run run, store_.GetRun(run_name.run));
  if (run.submission.project != run_name.project) return absl::NotFoundError(absl::StrCat(name, " does not exist"));
  if (!run.submission.caller_analyzes) {
    return absl::FailedPreconditionError(absl::StrCat("run: ", name, " is analyzed by the server's own workers"));
  }
  if (!caller.IsAdmin() && !claims_.Claim(run.id, caller.holder)) {
    return absl::PermissionDeniedError(absl::StrCat("run: ", name, " is analyzed by who submitted it"));
  }
  return run.id;
}

grpc::Status WorkerService::LeaseTasks(grpc::ServerContext* context, const v1::LeaseTasksRequest* request,
                                       v1::LeaseTasksResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    if (request->run().empty() && !caller.IsAdmin()) {
      return RoleMissing(caller, "working for everybody's runs", Role::kAdmin);
    }
    RETURN_IF_ERROR(CheckRange("max_tasks", request->max_tasks(), 1, 64));
    RETURN_IF_ERROR(CheckRange("wait_seconds", request->wait_seconds(), 0, 30));
    if (request->worker().empty()) return absl::InvalidArgumentError("worker: must be named");
    RunId run;
    if (!request->run().empty()) {
      ASSIGN_OR_RETURN(run, OwnRun(caller, request->run()));
    }
    for (const AnalysisTask& task : board_.Lease(WorkerOf(caller, request->worker()), request->analyzer_build(), run,
                                                 request->max_tasks(), absl::Seconds(request->wait_seconds()))) {
      *response->add_tasks() = wire::ToProto(task);
    }
    response->set_lease_seconds(static_cast<int>(absl::ToInt64Seconds(board_.lease_duration())));
    return absl::OkStatus();
  });
}

grpc::Status WorkerService::RenewLeases(grpc::ServerContext* context, const v1::RenewLeasesRequest* request,
                                        v1::RenewLeasesResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    std::vector<pipeline::TaskLease> leases;
    for (const v1::TaskLease& lease : request->leases()) leases.push_back({lease.task_id(), lease.attempt()});
    for (const pipeline::TaskLease& lost : board_.Renew(WorkerOf(caller, request->worker()), leases)) {
      v1::TaskLease* out = response->add_lost();
      out->set_task_id(lost.task_id);
      out->set_attempt(lost.attempt);
    }
    return absl::OkStatus();
  });
}

grpc::Status WorkerService::CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                                         v1::CompleteTaskResponse*) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(TaskResult result, wire::FromProto(request->result()));
    return board_.Complete(WorkerOf(caller, request->worker()),
                           {request->lease().task_id(), request->lease().attempt()}, std::move(result));
  });
}

}  // namespace mergegate::rpc
