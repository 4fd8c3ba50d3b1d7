// absl::Status -> grpc::Status, at the edge. Details ride along in the standard trailer.
#ifndef MERGEGATE_SERVER_RPC_GRPC_STATUS_H_
#define MERGEGATE_SERVER_RPC_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace mergegate::rpc {

// `status` with an ErrorDetail: a stable word for programs, the field it is about, what to do.
absl::Status WithDetail(absl::Status status, std::string_view reason, std::string_view field, std::string_view hint);

// Same code and message; the detail, or one made of the code's name, as google.rpc.Status bytes.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_GRPC_STATUS_H_
