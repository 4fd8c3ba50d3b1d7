// What was scanned of a blob stays true: a bounded memory of it, shared by all runs of the process.
//
//   std::shared_ptr<const std::vector<Include>> includes = ScanCache::Shared().Includes(blob, read);
//
// `read` yields the blob's text and is called on a miss only. Of two generations the older one is dropped when the
// younger one is full, so that what is used stays.
//
// Thread safety: safe; scans of one blob by two threads at once may both be done.
#ifndef MERGEGATE_SERVER_PLANNING_SCAN_CACHE_H_
#define MERGEGATE_SERVER_PLANNING_SCAN_CACHE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/planning/include_scan.h"

namespace mergegate::planning {

class ScanCache {
 public:
  using Read = std::function<absl::StatusOr<std::string>()>;
  using Includes = std::shared_ptr<const std::vector<Include>>;
  using Identifiers = std::shared_ptr<const std::vector<uint64_t>>;

  // `max_bytes`: of what is kept, about.
  explicit ScanCache(size_t max_bytes = size_t{64} << 20) : max_generation_(max_bytes / 2) {}

  static ScanCache& Shared();

  // Empty for a blob that cannot be read, which is not remembered.
  Includes IncludesOf(const BlobId& blob, const Read& read);
  // Ordered digests of the identifiers, likewise.
  Identifiers IdentifiersOf(const BlobId& blob, const Read& read);

  // Of what is kept, about.
  size_t bytes() const;

 private:
  struct Scan {
    Includes includes;
    Identifiers identifiers;
  };
  template <typename T, typename ScanText>
  std::shared_ptr<const T> Get(std::shared_ptr<const T> Scan::* part, const BlobId& blob, const Read& read,
                               const ScanText& scan_text);
  Scan& Entry(const std::string& blob);  // in the younger generation
  void Account(size_t bytes);

  const size_t max_generation_;  // bytes
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Scan> young_, old_;
  size_t young_bytes_ = 0;
  size_t old_bytes_ = 0;
};

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_SCAN_CACHE_H_
