// The C and C++ files of one tree, what they include and which names they mention, read when first asked for.
//
//   IncludeIndex index(tree);
//   index.Resolve("db/db_impl.cc", {"leveldb/db.h", false}, {"include"})    {"include/leveldb/db.h"}
//
// Thread safety: one thread at a time, as its tree. Ownership: the tree must outlive it. What was scanned of a blob is
// shared with all other indices (scan_cache.h).
#ifndef MERGEGATE_SERVER_PLANNING_INCLUDE_INDEX_H_
#define MERGEGATE_SERVER_PLANNING_INCLUDE_INDEX_H_

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/domain/tree.h"
#include "server/planning/include_scan.h"
#include "server/planning/scan_cache.h"

namespace mergegate::planning {

class IncludeIndex {
 public:
  explicit IncludeIndex(const Tree& tree);

  const absl::Status& status() const { return status_; }
  // Paths of all regular files, ordered.
  const std::vector<std::string>& files() const { return files_; }
  bool Contains(std::string_view path) const { return blobs_.contains(std::string(path)); }
  // Includes of a file; empty for one that cannot be read.
  const std::vector<Include>& IncludesOf(const std::string& path) const;
  // True when a file's text holds one of these identifiers (IdentifierDigest), wherever it stands but in a comment or
  // literal.
  bool MentionsAny(const std::string& path, const std::vector<uint64_t>& identifiers) const;
  // "" for a file that cannot be read.
  std::string Text(const std::string& path) const;
  // Files that `include` in `from` can mean: in the includer's own directory (quotes only), else below any of
  // `include_dirs` (tree-relative).
  std::vector<std::string> Resolve(std::string_view from, const Include& include,
                                   const std::vector<std::string>& include_dirs) const;
  // The file that ends with the include's name, nearest to `from` by common directories; "" when there is none or the
  // name is that of a standard or system header.
  std::string Guess(std::string_view from, const Include& include) const;

 private:
  const Tree& tree_;
  absl::Status status_;
  std::vector<std::string> files_;
  std::unordered_map<std::string, BlobId> blobs_;
  std::unordered_map<std::string, std::vector<std::string>> by_name_;  // last segment -> paths, ordered
  // By path, so that the shared cache is asked once.
  mutable std::unordered_map<std::string, ScanCache::Includes> includes_;
  mutable std::unordered_map<std::string, ScanCache::Identifiers> identifiers_;
};

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_INCLUDE_INDEX_H_
