// A small server of analysis tasks on a unix socket: a queue, leases with attempts, results. It can go away and come
// back with what it knows.
//
//   FakeServer server;
//   server.Add(TaskOf("normal.cc", "t1"));
//   ... start a LeaseLoop on server.address() ...
//   server.WaitForResult("t1")            // the result, or a failed test after a minute
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_TESTS_UNIT_WORKER_FAKE_SERVER_H_
#define MERGEGATE_TESTS_UNIT_WORKER_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "mergegate/v1/worker_service.grpc.pb.h"

namespace mergegate::worker {

class FakeServer final : public v1::WorkerService::Service {
 public:
  FakeServer();
  ~FakeServer() override;

  const std::string& address() const { return address_; }
  void GoAway();    // breaks all connections
  void ComeBack();  // at the same address, with the same tasks and leases

  void set_token(const std::string& token);
  // The lease is taken from the worker: renewals come back as lost, a result is ABORTED.
  void TakeAway(const std::string& task_id);
  // Every result is refused as invalid as long as it holds findings.
  void RefuseFindings();
  void Add(v1::AnalysisTask task);

  std::optional<v1::TaskResult> WaitForResult(const std::string& task_id);
  // True once `holds` does; false after a minute. `holds` is called under the lock.
  bool WaitUntil(const std::function<bool()>& holds);
  // For use inside WaitUntil.
  bool IsLeased(const std::string& task_id) const { return leased_.count(task_id) > 0; }
  int renewals() const { return renewals_; }
  int late_results() const { return late_results_; }
  int lease_calls() const { return lease_calls_; }
  size_t most_leased() const { return most_leased_; }  // at one time
  const v1::LeaseTasksRequest& last_request() const { return last_request_; }

  grpc::Status LeaseTasks(grpc::ServerContext* context, const v1::LeaseTasksRequest* request,
                          v1::LeaseTasksResponse* response) override;
  grpc::Status RenewLeases(grpc::ServerContext* context, const v1::RenewLeasesRequest* request,
                           v1::RenewLeasesResponse* response) override;
  grpc::Status CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                            v1::CompleteTaskResponse* response) override;

 private:
  bool Knows(const grpc::ServerContext& context) const;

  std::string address_;
  std::unique_ptr<grpc::Server> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool away_ = false;
  bool refuses_findings_ = false;
  std::string token_;
  std::deque<v1::AnalysisTask> queue_;
  std::map<std::string, int> leased_;  // attempt by task
  std::set<std::string> taken_away_;
  std::map<std::string, v1::TaskResult> results_;
  v1::LeaseTasksRequest last_request_;
  size_t most_leased_ = 0;
  int renewals_ = 0, late_results_ = 0, lease_calls_ = 0;
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_TESTS_UNIT_WORKER_FAKE_SERVER_H_
