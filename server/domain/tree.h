// Read-only view of one commit's files. Implemented by server/git; pure stages take it, tests use a map.
//
// Thread safety: as the implementation says; server/git's is for one thread at a time.
#ifndef MERGEGATE_SERVER_DOMAIN_TREE_H_
#define MERGEGATE_SERVER_DOMAIN_TREE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"

namespace mergegate {

class Tree {
 public:
  virtual ~Tree() = default;
  // Content of a regular file; kNotFound when there is none, kResourceExhausted above 64 MiB.
  virtual absl::StatusOr<std::string> ReadFile(std::string_view path) const = 0;
  // Object id of a regular file's content; nullopt when there is no such file.
  virtual std::optional<BlobId> FindBlob(std::string_view path) const = 0;
  // True for a regular file or a directory.
  virtual bool Exists(std::string_view path) const {
    if (FindBlob(path)) return true;
    bool found = false;
    const std::string prefix = std::string(path) + "/";
    const absl::Status status =
        ForEachFile([&](std::string_view file, const BlobId&) { found = found || file.starts_with(prefix); });
    return found && status.ok();
  }
  // Calls `visit(path, blob)` for every regular file, in path order.
  virtual absl::Status ForEachFile(const std::function<void(std::string_view, const BlobId&)>& visit) const = 0;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_TREE_H_
