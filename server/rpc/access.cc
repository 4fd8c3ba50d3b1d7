#include "server/rpc/access.h"

#include <openssl/crypto.h>

#include <string_view>

#include "server/rpc/grpc_status.h"

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

}  // namespace mergegate::rpc
