#include "tests/unit/worker/fake_server.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace mergegate::worker {
namespace {

constexpr auto kPatience = std::chrono::minutes(1);

}  // namespace

FakeServer::FakeServer() {
  static std::atomic<int> number = 0;
  address_ = "unix:/tmp/mergegate_fake_server_" + std::to_string(getpid()) + "_" + std::to_string(++number);
  ComeBack();
}

FakeServer::~FakeServer() { GoAway(); }

void FakeServer::GoAway() {
  {
    std::lock_guard lock(mutex_);
    away_ = true;
    changed_.notify_all();
  }
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

void FakeServer::ComeBack() {
  {
    std::lock_guard lock(mutex_);
    away_ = false;
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

void FakeServer::set_token(const std::string& token) {
  std::lock_guard lock(mutex_);
  token_ = token;
}

void FakeServer::TakeAway(const std::string& task_id) {
  std::lock_guard lock(mutex_);
  taken_away_.insert(task_id);
}

void FakeServer::RefuseFindings() {
  std::lock_guard lock(mutex_);
  refuses_findings_ = true;
}

void FakeServer::Add(v1::AnalysisTask task) {
  std::lock_guard lock(mutex_);
  queue_.push_back(std::move(task));
  changed_.notify_all();
}

bool FakeServer::WaitUntil(const std::function<bool()>& holds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, holds);
}

std::optional<v1::TaskResult> FakeServer::WaitForResult(const std::string& task_id) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return results_.count(task_id) > 0; })) return std::nullopt;
  return results_[task_id];
}

bool FakeServer::Knows(const grpc::ServerContext& context) const {
  if (token_.empty()) return true;
  const auto it = context.client_metadata().find("authorization");
  return it != context.client_metadata().end() && it->second == "Bearer " + token_;
}

grpc::Status FakeServer::LeaseTasks(grpc::ServerContext* context, const v1::LeaseTasksRequest* request,
                                    v1::LeaseTasksResponse* response) {
  std::unique_lock lock(mutex_);
  ++lease_calls_;
  last_request_ = *request;
  changed_.notify_all();
  if (!Knows(*context)) return {grpc::StatusCode::UNAUTHENTICATED, "a valid token is needed"};
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(request->wait_seconds());
  // Looks up now and then, for a caller that gave up.
  while (queue_.empty() && !away_ && !context->IsCancelled() && std::chrono::steady_clock::now() < until) {
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
  if (away_) return {grpc::StatusCode::UNAVAILABLE, "going away"};
  while (!queue_.empty() && response->tasks_size() < request->max_tasks() && !context->IsCancelled()) {
    leased_[queue_.front().task_id()] = queue_.front().attempt();
    *response->add_tasks() = std::move(queue_.front());
    queue_.pop_front();
  }
  most_leased_ = std::max(most_leased_, leased_.size());
  response->set_lease_seconds(1);
  changed_.notify_all();
  return grpc::Status::OK;
}

grpc::Status FakeServer::RenewLeases(grpc::ServerContext* context, const v1::RenewLeasesRequest* request,
                                     v1::RenewLeasesResponse* response) {
  std::lock_guard lock(mutex_);
  if (!Knows(*context)) return {grpc::StatusCode::UNAUTHENTICATED, "a valid token is needed"};
  ++renewals_;
  for (const v1::TaskLease& lease : request->leases()) {
    if (taken_away_.count(lease.task_id()) > 0) *response->add_lost() = lease;
  }
  changed_.notify_all();
  return grpc::Status::OK;
}

grpc::Status FakeServer::CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                                      v1::CompleteTaskResponse*) {
  std::lock_guard lock(mutex_);
  if (!Knows(*context)) return {grpc::StatusCode::UNAUTHENTICATED, "a valid token is needed"};
  const std::string& id = request->lease().task_id();
  const auto lease = leased_.find(id);
  changed_.notify_all();
  if (taken_away_.count(id) > 0 || lease == leased_.end() || lease->second != request->lease().attempt()) {
    ++late_results_;
    return {grpc::StatusCode::ABORTED, "the attempt is not the current one"};
  }
  if (refuses_findings_ && request->result().findings_size() > 0) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "findings[0].path: too deep"};
  }
  results_[id] = request->result();
  leased_.erase(lease);
  return grpc::Status::OK;
}

}  // namespace mergegate::worker
