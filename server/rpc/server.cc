#include "server/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "server/rpc/access.h"
#include "server/rpc/access_service.h"
#include "server/rpc/people_service.h"
#include "server/rpc/policy_service.h"
#include "server/rpc/project_service.h"
#include "server/rpc/review_service.h"
#include "server/rpc/run_service.h"
#include "server/rpc/score_service.h"
#include "server/rpc/server_service.h"
#include "server/rpc/signal_service.h"
#include "server/rpc/worker_service.h"

namespace mergegate::rpc {
namespace {

// Compile commands and reports come in one message.
constexpr int kMaxMessageBytes = 128 << 20;
constexpr int kMaxStreams = 1000;

class GrpcServer final : public Server {
 public:
  GrpcServer(const pipeline::PipelineParts& parts, std::function<void()> submitted, const ServerOptions& options)
      : parts_(parts),
        access_(options.token, parts_.store, parts_.clock),
        projects_(access_, parts_),
        runs_(access_, parts_, claims_, submitted),
        reviews_(access_, parts_, submitted),
        policies_(access_, parts_),
        workers_(access_, parts_.store, parts_.board, claims_),
        signals_(access_, parts_),
        people_(access_, parts_),
        access_service_(access_, parts_, std::move(submitted)),
        scores_(access_, parts_),
        server_service_(access_, parts_.metrics) {}

  ~GrpcServer() override { Drain(absl::ZeroDuration()); }

  absl::Status Listen(const std::vector<std::string>& addresses) {
    // Linked in so that reflection can describe the health service of the library.
    static_cast<void>(grpc::health::v1::HealthCheckRequest::descriptor());
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    std::vector<int> ports(addresses.size());
    for (size_t i = 0; i < addresses.size(); ++i) {
      builder.AddListeningPort(addresses[i], grpc::InsecureServerCredentials(), &ports[i]);
    }
    builder.RegisterService(&projects_);
    builder.RegisterService(&runs_);
    builder.RegisterService(&reviews_);
    builder.RegisterService(&policies_);
    builder.RegisterService(&workers_);
    builder.RegisterService(&signals_);
    builder.RegisterService(&people_);
    builder.RegisterService(&access_service_);
    builder.RegisterService(&scores_);
    builder.RegisterService(&server_service_);
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.SetMaxSendMessageSize(kMaxMessageBytes);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5000);
    server_ = builder.BuildAndStart();
    for (size_t i = 0; i < addresses.size(); ++i) {
      if (server_ == nullptr || ports[i] == 0) {
        return absl::UnavailableError(absl::StrCat("cannot listen on ", addresses[i],
                                                   "; is another server running there? Choose one with --listen"));
      }
    }
    return absl::OkStatus();
  }

  void Drain(absl::Duration grace) override {
    if (server_ == nullptr) return;
    server_->GetHealthCheckService()->SetServingStatus(false);
    runs_.Stop();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_->Wait();
    server_.reset();
  }

 private:
  const pipeline::PipelineParts parts_;
  const Access access_;
  RunClaims claims_;
  ProjectService projects_;
  RunService runs_;
  ReviewService reviews_;
  PolicyService policies_;
  WorkerService workers_;
  SignalService signals_;
  PeopleService people_;
  AccessService access_service_;
  ScoreService scores_;
  ServerService server_service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const pipeline::PipelineParts& parts,
                                                      std::function<void()> submitted, const ServerOptions& options) {
  auto server = std::make_unique<GrpcServer>(parts, std::move(submitted), options);
  const absl::Status status = server->Listen(options.addresses);
  if (!status.ok()) return status;
  return server;
}

}  // namespace mergegate::rpc
