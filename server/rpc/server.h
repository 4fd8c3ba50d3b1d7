// The gRPC server: services, health, reflection, ports.
//
//   ASSIGN_OR_RETURN(auto server, rpc::Server::Start(parts, board, wake, {.addresses = {"127.0.0.1:7480"}, .token =
//   t}));
//   ...
//   server->Drain(absl::Seconds(5));
//
// Thread safety: Start and Drain from one thread.
#ifndef MERGEGATE_SERVER_RPC_SERVER_H_
#define MERGEGATE_SERVER_RPC_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/tls_files.h"
#include "server/pipeline/run_pipeline.h"
#include "server/scoring/growth/recognition.h"

namespace grpc {
class ChannelInterface;
}

namespace mergegate::rpc {

struct ServerOptions {
  std::vector<std::string> addresses;  // "unix:/path" or "host:port"
  std::string token;                   // needed on TCP ports
  TlsFiles tls = {};                   // on: every TCP port speaks TLS; read again when the files change
  scoring::RecognitionRules recognition = {};
};

class Server {
 public:
  virtual ~Server() = default;
  // kUnavailable names the address that could not be bound. `submitted` is called after each stored run.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const pipeline::PipelineParts& parts,
                                                       std::function<void()> submitted, const ServerOptions& options);
  // A way to the same services from inside of this process; a caller needs a token as over TCP.
  virtual std::shared_ptr<grpc::ChannelInterface> InProcess() = 0;
  // Their full names, without health and reflection.
  virtual std::vector<std::string> services() const = 0;
  // Health turns NOT_SERVING, streams end, calls in flight get `grace` to finish.
  virtual void Drain(absl::Duration grace) = 0;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_SERVER_H_
