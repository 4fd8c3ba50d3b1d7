// The shape of every unary method: check access, do it, map the status.
//
//   return Serve(access_, context, [&]() -> absl::Status { ... });
#ifndef MERGEGATE_SERVER_RPC_SERVE_H_
#define MERGEGATE_SERVER_RPC_SERVE_H_

#include <grpcpp/server_context.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/status_macros.h"
#include "server/rpc/access.h"
#include "server/rpc/grpc_status.h"

namespace mergegate::rpc {

template <typename Body>
grpc::Status Serve(const Access& access, const grpc::ServerContext* context, Body body) {
  const auto guarded = [&]() -> absl::Status {
    RETURN_IF_ERROR(access.Check(*context));
    return body();
  };
  return ToGrpc(guarded());
}

// A page size in [1, 1000], `fallback` for 0. kInvalidArgument otherwise.
inline absl::StatusOr<int> PageSize(int asked, int fallback) {
  if (asked == 0) return fallback;
  if (asked < 0 || asked > 1000) {
    return WithDetail(absl::InvalidArgumentError("page_size must be 0 to 1000"), "FIELD_INVALID", "page_size",
                      "leave it out for the default");
  }
  return asked;
}

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_SERVE_H_
