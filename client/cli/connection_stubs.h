// What the files of connection.h share: the stubs, and how a call is made. The only header of the client with grpcpp.
#ifndef MERGEGATE_CLIENT_CLI_CONNECTION_STUBS_H_
#define MERGEGATE_CLIENT_CLI_CONNECTION_STUBS_H_

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include "client/cli/connection.h"
#include "client/cli/terminal.h"
#include "mergegate/v1/access_service.grpc.pb.h"
#include "mergegate/v1/error_detail.pb.h"
#include "mergegate/v1/growth_service.grpc.pb.h"
#include "mergegate/v1/people_service.grpc.pb.h"
#include "mergegate/v1/policy_service.grpc.pb.h"
#include "mergegate/v1/project_service.grpc.pb.h"
#include "mergegate/v1/review_service.grpc.pb.h"
#include "mergegate/v1/run_service.grpc.pb.h"
#include "mergegate/v1/score_service.grpc.pb.h"
#include "mergegate/v1/server_service.grpc.pb.h"
#include "mergegate/v1/signal_service.grpc.pb.h"

namespace mergegate::client {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

inline constexpr milliseconds kTick(200);
inline constexpr seconds kCallTime(60);
inline constexpr seconds kSubmitTime(600);  // compile commands and reports may weigh tens of megabytes
inline constexpr seconds kPushTime(3600);
inline constexpr size_t kChunk = 1 << 20;
inline constexpr int kLargestAnswer = 512 << 20;

inline absl::Status InterruptedStatus() { return absl::CancelledError("interrupted"); }

// The hint of the first ErrorDetail in grpc-status-details-bin; empty when there is none.
inline std::string Hint(const grpc::Status& status) {
  v1::RpcStatus details;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const auto& any : details.details()) {
    v1::ErrorDetail detail;
    if (!any.UnpackTo(&detail)) continue;
    if (!detail.field().empty() && detail.hint().empty()) return fmt::format("look at {}", detail.field());
    if (!detail.hint().empty()) return detail.hint();
  }
  return "";
}

struct Connection::Stubs {
  Stubs(std::shared_ptr<grpc::Channel> channel, Endpoint to, const Settings& settings)
      : endpoint(std::move(to)),
        token(settings.token),
        caller(settings.as),
        caller_is_default(settings.as_default),
        reviews(v1::ReviewService::NewStub(channel)),
        runs(v1::RunService::NewStub(channel)),
        projects(v1::ProjectService::NewStub(channel)),
        policies(v1::PolicyService::NewStub(channel)),
        signals(v1::SignalService::NewStub(channel)),
        people(v1::PeopleService::NewStub(channel)),
        access(v1::AccessService::NewStub(channel)),
        scores(v1::ScoreService::NewStub(channel)),
        server(v1::ServerService::NewStub(channel)),
        growth(v1::GrowthService::NewStub(channel)) {}

  void Prepare(grpc::ClientContext& context, seconds time) const {
    context.set_deadline(system_clock::now() + time);
    Authorize(context);
  }

  void Authorize(grpc::ClientContext& context) const {
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    // Who only git's configuration names is not who a token says: the token counts.
    if (!caller.empty())
      context.AddMetadata(caller_is_default ? "mergegate-caller-default" : "mergegate-caller", caller);
  }

  // In plain words, with what to do.
  absl::Status Explain(const grpc::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    if (Interrupted()) return InterruptedStatus();
    std::string message = status.error_message();
    std::string hint = Hint(status);
    switch (status.error_code()) {
      case grpc::StatusCode::UNAVAILABLE:
        if (hint.empty()) {
          message = fmt::format("no answer from the server at {} ({})", endpoint.target, message);
          hint = endpoint.tls
                     ? "check the address, and that the server speaks TLS there"
                     : "start it with `mergegate serve`, name another with --server, or work without one: --local";
        }
        break;
      case grpc::StatusCode::DEADLINE_EXCEEDED:
        // For a call this is a silent server, not a run that is pending.
        return absl::UnavailableError(fmt::format("the server at {} did not answer in time", endpoint.target));
      case grpc::StatusCode::CANCELLED:
        return absl::UnavailableError("the server broke off the call");
      case grpc::StatusCode::UNAUTHENTICATED:
        if (hint.empty()) hint = "set MERGEGATE_TOKEN, or --token-file FILE";
        break;
      case grpc::StatusCode::PERMISSION_DENIED:
        if (hint.empty()) hint = "this token may not do that: ask whoever runs the server";
        break;
      case grpc::StatusCode::UNIMPLEMENTED:
        if (hint.empty()) hint = "the server is older than this program, or it is not mergegated";
        break;
      default:
        break;
    }
    if (message.empty())
      message = fmt::format("the server answered with code {}", static_cast<int>(status.error_code()));
    if (!hint.empty()) message += "\nhint: " + hint;
    return {static_cast<absl::StatusCode>(status.error_code()), message};
  }

  // Waits for the one event that is under way; Ctrl-C and a failing `on_tick` cancel the call, whose event then comes.
  bool Await(grpc::CompletionQueue& queue, grpc::ClientContext& context, absl::Status& stopped,
             const std::function<absl::Status()>& on_tick) const {
    void* tag = nullptr;
    bool ok = false;
    while (queue.AsyncNext(&tag, &ok, system_clock::now() + kTick) == grpc::CompletionQueue::TIMEOUT) {
      if (stopped.ok() && Interrupted()) stopped = InterruptedStatus();
      if (stopped.ok() && on_tick) stopped = on_tick();
      if (!stopped.ok()) context.TryCancel();
    }
    return ok;
  }

  template <typename Response, typename Stub, typename Request>
  absl::StatusOr<Response> Call(Stub& stub,
                                std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (Stub::*start)(
                                    grpc::ClientContext*, const Request&, grpc::CompletionQueue*),
                                const Request& request, seconds time = kCallTime) const {
    grpc::ClientContext context;
    Prepare(context, time);
    grpc::CompletionQueue queue;
    Response response;
    grpc::Status status;
    const auto reader = (stub.*start)(&context, request, &queue);
    reader->Finish(&response, &status, nullptr);
    absl::Status stopped;
    Await(queue, context, stopped, nullptr);
    if (!status.ok()) return stopped.ok() ? Explain(status) : stopped;
    return response;
  }

  Endpoint endpoint;
  std::string token;
  std::string caller;
  bool caller_is_default;
  std::unique_ptr<v1::ReviewService::Stub> reviews;
  std::unique_ptr<v1::RunService::Stub> runs;
  std::unique_ptr<v1::ProjectService::Stub> projects;
  std::unique_ptr<v1::PolicyService::Stub> policies;
  std::unique_ptr<v1::SignalService::Stub> signals;
  std::unique_ptr<v1::PeopleService::Stub> people;
  std::unique_ptr<v1::AccessService::Stub> access;
  std::unique_ptr<v1::ScoreService::Stub> scores;
  std::unique_ptr<v1::ServerService::Stub> server;
  std::unique_ptr<v1::GrowthService::Stub> growth;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_CONNECTION_STUBS_H_
