#include "server/rpc/grpc_status.h"

#include <string>

#include "absl/strings/cord.h"
#include "mergegate/v1/error_detail.pb.h"

namespace mergegate::rpc {
namespace {

constexpr char kDetailUrl[] = "type.googleapis.com/mergegate.v1.ErrorDetail";

}  // namespace

absl::Status WithDetail(absl::Status status, std::string_view reason, std::string_view field, std::string_view hint) {
  v1::ErrorDetail detail;
  detail.set_reason(std::string(reason));
  detail.set_field(std::string(field));
  detail.set_hint(std::string(hint));
  // Through a view: abseil's constructor from std::string&& has another mangled name under clang 22 than under gcc.
  const std::string bytes = detail.SerializeAsString();
  status.SetPayload(kDetailUrl, absl::Cord(absl::string_view(bytes)));
  return status;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  v1::ErrorDetail detail;
  if (const auto payload = status.GetPayload(kDetailUrl)) {
    detail.ParseFromString(std::string(*payload));
  } else {
    detail.set_reason(absl::StatusCodeToString(status.code()));
  }
  v1::RpcStatus rich;
  rich.set_code(static_cast<int>(status.code()));
  rich.set_message(std::string(status.message()));
  rich.add_details()->PackFrom(detail);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      rich.SerializeAsString());
}

}  // namespace mergegate::rpc
