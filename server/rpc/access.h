// Who may call: over the unix socket whoever may open it (its folder is 0700), over TCP whoever shows the token.
//
// Who a caller is, they say themselves: one token is one trust.
//
// Thread safety: immutable.
#ifndef MERGEGATE_SERVER_RPC_ACCESS_H_
#define MERGEGATE_SERVER_RPC_ACCESS_H_

#include <grpcpp/server_context.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/review.h"

namespace mergegate::rpc {

class Access {
 public:
  // `token` is never empty where a TCP port is open.
  explicit Access(std::string token) : token_(std::move(token)) {}

  // kUnauthenticated without "authorization: Bearer <token>", or with a wrong one (compared in constant time).
  absl::Status Check(const grpc::ServerContext& context) const;

  // Who calls, by the metadata "mergegate-caller": whoever may use the server may say who they are. Empty when it is
  // not said; kInvalidArgument for what is no mail or login.
  static absl::StatusOr<Handle> Caller(const grpc::ServerContext& context);
  // The same for what needs a person; kUnauthenticated without one.
  static absl::StatusOr<Handle> NamedCaller(const grpc::ServerContext& context);

 private:
  const std::string token_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_ACCESS_H_
