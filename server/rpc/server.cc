#include "server/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "server/rpc/access.h"
#include "server/rpc/access_service.h"
#include "server/rpc/call_metrics.h"
#include "server/rpc/growth_service.h"
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

// Files that changed are taken up within so many seconds.
constexpr unsigned kReloadSeconds = 5;

std::shared_ptr<grpc::ServerCredentials> TlsCredentials(const TlsFiles& tls) {
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(tls.key, tls.certificate,
                                                                           tls.client_authorities, kReloadSeconds));
  options.watch_identity_key_cert_pairs();
  if (!tls.client_authorities.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

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
        growth_(access_, parts_, options.recognition),
        server_service_(access_, parts_) {}

  ~GrpcServer() override { Drain(absl::ZeroDuration()); }

  absl::Status Listen(const ServerOptions& options) {
    const std::vector<std::string>& addresses = options.addresses;
    // Linked in so that reflection can describe the health service of the library.
    static_cast<void>(grpc::health::v1::HealthCheckRequest::descriptor());
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    std::vector<int> ports(addresses.size());
    for (size_t i = 0; i < addresses.size(); ++i) {
      const bool tls = options.tls.on() && !addresses[i].starts_with("unix:");
      builder.AddListeningPort(addresses[i], tls ? TlsCredentials(options.tls) : grpc::InsecureServerCredentials(),
                               &ports[i]);
    }
    Register<v1::ProjectService>(builder, projects_);
    Register<v1::RunService>(builder, runs_);
    Register<v1::ReviewService>(builder, reviews_);
    Register<v1::PolicyService>(builder, policies_);
    Register<v1::WorkerService>(builder, workers_);
    Register<v1::SignalService>(builder, signals_);
    Register<v1::PeopleService>(builder, people_);
    Register<v1::AccessService>(builder, access_service_);
    Register<v1::ScoreService>(builder, scores_);
    Register<v1::GrowthService>(builder, growth_);
    Register<v1::ServerService>(builder, server_service_);
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
    interceptors.push_back(std::make_unique<CallMetrics>(parts_.metrics));
    builder.experimental().SetInterceptorCreators(std::move(interceptors));
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

  std::shared_ptr<grpc::ChannelInterface> InProcess() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
    return server_->InProcessChannel(arguments);
  }

  std::vector<std::string> services() const override { return services_; }

  void Drain(absl::Duration grace) override {
    if (server_ == nullptr) return;
    server_->GetHealthCheckService()->SetServingStatus(false);
    runs_.Stop();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_->Wait();
    server_.reset();
  }

 private:
  template <typename Contract>
  void Register(grpc::ServerBuilder& builder, typename Contract::Service& service) {
    builder.RegisterService(&service);
    services_.emplace_back(Contract::service_full_name());
  }

  const pipeline::PipelineParts parts_;
  const Access access_;
  RunClaims claims_;
  std::vector<std::string> services_;
  ProjectService projects_;
  RunService runs_;
  ReviewService reviews_;
  PolicyService policies_;
  WorkerService workers_;
  SignalService signals_;
  PeopleService people_;
  AccessService access_service_;
  ScoreService scores_;
  GrowthService growth_;
  ServerService server_service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const pipeline::PipelineParts& parts,
                                                      std::function<void()> submitted, const ServerOptions& options) {
  auto server = std::make_unique<GrpcServer>(parts, std::move(submitted), options);
  const absl::Status status = server->Listen(options);
  if (!status.ok()) return status;
  return server;
}

}  // namespace mergegate::rpc
