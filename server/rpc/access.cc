#include "server/rpc/access.h"

#include <openssl/crypto.h>

#include <string_view>

#include "server/base/status_macros.h"
#include "server/rpc/grpc_status.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {

absl::Status Access::Check(const grpc::ServerContext& context) const {
  if (std::string_view(context.peer()).starts_with("unix:")) return absl::OkStatus();
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find("authorization");
  if (it != metadata.end() && !token_.empty()) {
    const std::string_view shown(it->second.data(), it->second.size());
    const std::string expected = "Bearer " + token_;
    if (shown.size() == expected.size() && CRYPTO_memcmp(shown.data(), expected.data(), expected.size()) == 0) {
      return absl::OkStatus();
    }
  }
  return WithDetail(absl::UnauthenticatedError("a valid token is needed"), "TOKEN_INVALID", "authorization",
                    "send \"authorization: Bearer <token>\"; the token is in the server's data folder, file token");
}

absl::StatusOr<Handle> Access::Caller(const grpc::ServerContext& context) {
  const auto it = context.client_metadata().find("mergegate-caller");
  if (it == context.client_metadata().end() || it->second.empty()) return Handle();
  return wire::ParseHandle(std::string_view(it->second.data(), it->second.size()), "mergegate-caller");
}

absl::StatusOr<Handle> Access::NamedCaller(const grpc::ServerContext& context) {
  ASSIGN_OR_RETURN(Handle caller, Caller(context));
  if (!caller.empty()) return caller;
  return WithDetail(absl::UnauthenticatedError("this needs to know who you are"), "CALLER_MISSING", "mergegate-caller",
                    "say it with --as MAIL, MERGEGATE_AS, `as` in the config file, or git config user.email");
}

}  // namespace mergegate::rpc
