// A Tree over a map, for tests without a repository.
//
//   MapTree tree({{"a.cc", "int x;\n"}, {"include/a.h", ""}});
//   tree.Write("b.cc", "int y;\n");  tree.Remove("a.cc");
//
// Blob ids are made of the content: equal content, equal id. Thread safety: none.
#ifndef MERGEGATE_TESTS_SUPPORT_MAP_TREE_H_
#define MERGEGATE_TESTS_SUPPORT_MAP_TREE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/base/digest.h"
#include "server/domain/tree.h"

namespace mergegate {

class MapTree final : public Tree {
 public:
  using Files = std::map<std::string, std::string, std::less<>>;
  explicit MapTree(Files files = {}) : files_(std::move(files)) {}

  void Write(std::string path, std::string content) { files_[std::move(path)] = std::move(content); }
  void Remove(std::string_view path) { files_.erase(files_.find(path)); }

  absl::StatusOr<std::string> ReadFile(std::string_view path) const override {
    const auto it = files_.find(path);
    if (it == files_.end()) return absl::NotFoundError(std::string(path));
    return it->second;
  }
  std::optional<BlobId> FindBlob(std::string_view path) const override {
    const auto it = files_.find(path);
    if (it == files_.end()) return std::nullopt;
    return BlobId(Sha256Hex(it->second).substr(0, 40));
  }
  absl::Status ForEachFile(const std::function<void(std::string_view, const BlobId&)>& visit) const override {
    for (const auto& [path, content] : files_) visit(path, *FindBlob(path));
    return absl::OkStatus();
  }

 private:
  Files files_;
};

}  // namespace mergegate

#endif  // MERGEGATE_TESTS_SUPPORT_MAP_TREE_H_
