#include "analyzers/worker/lease_loop.h"

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzers/worker/run_task.h"
#include "mergegate/v1/worker_service.grpc.pb.h"

namespace mergegate::worker {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMaxMessageBytes = 64 << 20;
constexpr seconds kShortCall{10};
constexpr seconds kUpload{60};
// A result that cannot be delivered for so long is dropped: the lease has lapsed long since.
constexpr seconds kGiveUpDelivery{120};

// The address as gRPC takes it, and whether it is spoken to with TLS: a token does not travel in the clear.
std::pair<std::string, bool> Endpoint(std::string_view server) {
  if (server.starts_with("unix:")) return {std::string(server), false};
  for (const std::string_view scheme : {"https://", "tls:"}) {
    if (!server.starts_with(scheme)) continue;
    server.remove_prefix(scheme.size());
    while (server.ends_with('/')) server.remove_suffix(1);
    return {std::string(server), true};
  }
  if (server.starts_with("http://")) server.remove_prefix(7);
  const bool here = server.starts_with("127.") || server.starts_with("localhost:") || server.starts_with("[::1]");
  return {std::string(server), !here};
}

std::shared_ptr<grpc::Channel> Connect(const LeaseOptions& options) {
  const auto [target, tls] = Endpoint(options.server);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // Finds a peer that vanished without a word, less often than servers object to.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // Several workers in one process (tests) must not share one connection's fate.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(target,
                                   tls ? grpc::SslCredentials({options.authorities, options.key, options.certificate})
                                       : grpc::InsecureChannelCredentials(),
                                   arguments);
}

// Waiting times between attempts: 0.1 s doubling to 5 s, each shortened by up to a fifth by chance, so that many
// workers do not come back at the same moment.
class Backoff {
 public:
  milliseconds Next() {
    const auto now = static_cast<int64_t>(static_cast<double>(next_.count()) * share_(random_));
    next_ = std::min(2 * next_, kLongest);
    return milliseconds(now);
  }
  void Reset() { next_ = kShortest; }

 private:
  static constexpr milliseconds kShortest{100}, kLongest{5000};
  milliseconds next_ = kShortest;
  std::minstd_rand random_{std::random_device{}()};
  std::uniform_real_distribution<> share_{0.8, 1.0};
};

bool IsRefusal(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
         status.error_code() == grpc::StatusCode::PERMISSION_DENIED;
}

// The attempt is over on the server's side: finished, cancelled or leased anew.
bool IsNoLongerWanted(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::ABORTED || status.error_code() == grpc::StatusCode::NOT_FOUND ||
         status.error_code() == grpc::StatusCode::FAILED_PRECONDITION;
}

// The same bytes will be refused again.
bool IsRefusedContent(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ||
         status.error_code() == grpc::StatusCode::OUT_OF_RANGE ||
         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

// One lease, from its arrival until its result is delivered or dropped.
struct Held {
  v1::AnalysisTask task;
  sandbox::StopRequest stop;  // requested when the lease is lost, or everything ends
};

}  // namespace

class LeaseLoop::Session {
 public:
  Session(LeaseOptions options, RunTask run_task)
      : options_(std::move(options)),
        run_task_(std::move(run_task)),
        stub_(v1::WorkerService::NewStub(Connect(options_))) {}

  absl::Status Run() {
    std::vector<std::thread> threads;
    threads.emplace_back([this] { KeepLeases(); });
    for (int i = 0; i < options_.slots; ++i) threads.emplace_back([this] { WorkOnTasks(); });
    absl::Status ended = TakeTasks();
    Stop();
    for (std::thread& thread : threads) thread.join();
    return ended;
  }

  void Stop() {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (grpc::ClientContext* call : calls_) call->TryCancel();
    for (const auto& [key, held] : held_) held->stop.Request();
    changed_.notify_all();
  }

 private:
  using Key = std::pair<std::string, int>;  // task and attempt

  // One call with deadline and token; Stop cancels it.
  template <typename Method, typename Request, typename Response>
  grpc::Status Call(Method method, milliseconds timeout, const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    if (!options_.token.empty()) context.AddMetadata("authorization", "Bearer " + options_.token);
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return grpc::Status::CANCELLED;
      calls_.insert(&context);
    }
    const grpc::Status status = ((*stub_).*method)(&context, request, response);
    std::lock_guard lock(mutex_);
    calls_.erase(&context);
    return status;
  }

  // False when stopping.
  bool Pause(milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return stopping_; });
  }

  absl::Status TakeTasks() {
    Backoff backoff;
    std::string last_trouble;
    while (const int free = WaitForFreeSlot()) {
      v1::LeaseTasksRequest request;
      request.set_worker(options_.worker);
      request.set_max_tasks(free);
      request.set_wait_seconds(static_cast<int>(options_.wait.count()));
      request.set_run(options_.run);
      request.set_analyzer_build(options_.build());
      v1::LeaseTasksResponse response;
      const Clock::time_point asked = Clock::now();
      const grpc::Status status =
          Call(&v1::WorkerService::Stub::LeaseTasks, options_.wait + kShortCall, request, &response);
      if (!status.ok()) {
        if (IsRefusal(status) && options_.exit_when_idle) {
          return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
        }
        Report(status, &last_trouble);
        Pause(backoff.Next());
        continue;
      }
      if (!last_trouble.empty()) spdlog::info("{} answers again", options_.server);
      last_trouble.clear();
      const bool nothing = response.tasks().empty();
      if (!nothing) Accept(response);
      if (nothing && options_.exit_when_idle && IsIdle()) return absl::OkStatus();
      // A server that says "nothing" without waiting (it is about to stop) must not be asked in a busy loop.
      if (nothing && Clock::now() - asked < milliseconds(500)) {
        Pause(backoff.Next());
      } else {
        backoff.Reset();
      }
    }
    return absl::OkStatus();
  }

  void Report(const grpc::Status& status, std::string* last) const {
    std::string trouble = absl::StrCat("code ", static_cast<int>(status.error_code()), ": ", status.error_message());
    if (IsRefusal(status)) absl::StrAppend(&trouble, "; see --token-file");
    if (trouble == *last || status.error_code() == grpc::StatusCode::CANCELLED) return;
    spdlog::warn("{} gives no tasks: {}; trying on", options_.server, trouble);
    *last = std::move(trouble);
  }

  // How many more tasks can be taken, at least 1; 0 when stopping.
  int WaitForFreeSlot() {
    std::unique_lock lock(mutex_);
    const auto free = [&] { return options_.slots - static_cast<int>(held_.size()); };
    changed_.wait(lock, [&] { return stopping_ || free() > 0; });
    return stopping_ ? 0 : free();
  }

  bool IsIdle() {
    std::lock_guard lock(mutex_);
    return held_.empty();
  }

  void Accept(v1::LeaseTasksResponse& response) {
    std::lock_guard lock(mutex_);
    lease_ = seconds(std::max(1, response.lease_seconds()));
    for (v1::AnalysisTask& task : *response.mutable_tasks()) {
      auto held = std::make_shared<Held>();
      held->task = std::move(task);
      if (stopping_) held->stop.Request();
      held_[{held->task.task_id(), held->task.attempt()}] = held;
      queue_.push_back(std::move(held));
    }
    changed_.notify_all();
  }

  void KeepLeases() {
    Clock::time_point last = Clock::now();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      // Woken by every change, because the first lease may shorten the interval.
      if (changed_.wait_until(lock, last + lease_ / 3) != std::cv_status::timeout) continue;
      last = Clock::now();
      if (held_.empty()) continue;
      v1::RenewLeasesRequest request;
      request.set_worker(options_.worker);
      for (const auto& [key, held] : held_) {
        v1::TaskLease* lease = request.add_leases();
        lease->set_task_id(key.first);
        lease->set_attempt(key.second);
      }
      const milliseconds timeout = std::min<milliseconds>(kShortCall, std::max<milliseconds>(lease_, seconds(1)));
      lock.unlock();
      v1::RenewLeasesResponse response;
      const grpc::Status status = Call(&v1::WorkerService::Stub::RenewLeases, timeout, request, &response);
      lock.lock();
      // After a failure the next round tries again; should the lease lapse meanwhile, it comes back as lost.
      if (!status.ok()) continue;
      for (const v1::TaskLease& lost : response.lost()) {
        if (const auto it = held_.find({lost.task_id(), lost.attempt()}); it != held_.end()) it->second->stop.Request();
      }
      changed_.notify_all();
    }
  }

  void WorkOnTasks() {
    while (const std::shared_ptr<Held> held = NextTask()) {
      std::optional<v1::TaskResult> result;
      if (!held->stop.requested()) result = run_task_(held->task, held->stop);
      if (result) Deliver(*held, *std::move(result));
      std::lock_guard lock(mutex_);
      held_.erase({held->task.task_id(), held->task.attempt()});
      changed_.notify_all();
    }
  }

  std::shared_ptr<Held> NextTask() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return nullptr;
    std::shared_ptr<Held> held = std::move(queue_.front());
    queue_.pop_front();
    return held;
  }

  void Deliver(const Held& held, v1::TaskResult result) {
    v1::CompleteTaskRequest request;
    request.set_worker(options_.worker);
    request.mutable_lease()->set_task_id(held.task.task_id());
    request.mutable_lease()->set_attempt(held.task.attempt());
    *request.mutable_result() = std::move(result);
    Backoff backoff;
    bool replaced = false;
    const Clock::time_point give_up = Clock::now() + kGiveUpDelivery;
    while (!held.stop.requested()) {
      v1::CompleteTaskResponse response;
      const grpc::Status status = Call(&v1::WorkerService::Stub::CompleteTask, kUpload, request, &response);
      if (status.ok() || IsNoLongerWanted(status)) return;
      if (IsRefusedContent(status) && !replaced) {
        // Better a failure that people see than a task that comes back for ever.
        replaced = true;
        spdlog::warn("{} refused the result of {}: {}", options_.server, held.task.task_id(), status.error_message());
        v1::TaskResult failed = FailedTask(held.task, v1::FAILURE_KIND_INTERNAL,
                                           "the server refused the result: " + status.error_message());
        failed.set_analyzer_build(request.result().analyzer_build());
        *failed.mutable_cost() = request.result().cost();
        *request.mutable_result() = std::move(failed);
        continue;
      }
      if (IsRefusedContent(status) || Clock::now() >= give_up) {
        spdlog::warn("the result of {} is dropped: {}", held.task.task_id(), status.error_message());
        return;
      }
      WaitForRetry(held, backoff.Next());
    }
  }

  void WaitForRetry(const Held& held, milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return stopping_ || held.stop.requested(); });
  }

  const LeaseOptions options_;
  const RunTask run_task_;
  const std::unique_ptr<v1::WorkerService::Stub> stub_;

  std::mutex mutex_;
  std::condition_variable changed_;  // anything below
  bool stopping_ = false;
  milliseconds lease_ = seconds(30);
  std::map<Key, std::shared_ptr<Held>> held_;
  std::deque<std::shared_ptr<Held>> queue_;  // held, not begun
  std::set<grpc::ClientContext*> calls_;     // under way
};

LeaseLoop::LeaseLoop(LeaseOptions options, RunTask run_task)
    : session_(std::make_unique<Session>(std::move(options), std::move(run_task))) {}

LeaseLoop::~LeaseLoop() = default;

absl::Status LeaseLoop::Run() { return session_->Run(); }

void LeaseLoop::Stop() { session_->Stop(); }

}  // namespace mergegate::worker
