// The shape of every unary method: check access, do it, map the status.
//
//   return Serve(access_, context, *request, [&]() -> absl::Status { ... });
//   return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status { ... });
#ifndef MERGEGATE_SERVER_RPC_SERVE_H_
#define MERGEGATE_SERVER_RPC_SERVE_H_

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/status_macros.h"
#include "server/rpc/access.h"
#include "server/rpc/grpc_status.h"

namespace mergegate::rpc {

template <typename Body>
grpc::Status Serve(const Access& access, const grpc::ServerContext* context, const google::protobuf::Message& request,
                   Body body) {
  const auto guarded = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Caller caller, access.Admit(*context, request));
    if constexpr (std::is_invocable_v<Body, const Caller&>) {
      return body(caller);
    } else {
      return body();
    }
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
