// Who may call: over the unix socket whoever may open it (its folder is 0700), over TCP whoever shows the token.
//
// Thread safety: immutable.
#ifndef MERGEGATE_SERVER_RPC_ACCESS_H_
#define MERGEGATE_SERVER_RPC_ACCESS_H_

#include <grpcpp/server_context.h>

#include <string>
#include <utility>

#include "absl/status/status.h"

namespace mergegate::rpc {

class Access {
 public:
  // `token` is never empty where a TCP port is open.
  explicit Access(std::string token) : token_(std::move(token)) {}

  // kUnauthenticated without "authorization: Bearer <token>", or with a wrong one (compared in constant time).
  absl::Status Check(const grpc::ServerContext& context) const;

 private:
  const std::string token_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_ACCESS_H_
