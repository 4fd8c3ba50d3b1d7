#include "server/planning/scan_cache.h"

#include <utility>

namespace mergegate::planning {
namespace {

constexpr size_t kEntryBytes = 200;  // of the map's node, the key and the control blocks

size_t Bytes(const std::vector<Include>& includes) {
  size_t bytes = kEntryBytes;
  for (const Include& include : includes) bytes += sizeof(Include) + include.name.size();
  return bytes;
}

size_t Bytes(const std::vector<uint64_t>& identifiers) { return kEntryBytes + sizeof(uint64_t) * identifiers.size(); }

size_t Bytes(const auto& scan) {
  return (scan.includes ? Bytes(*scan.includes) : 0) + (scan.identifiers ? Bytes(*scan.identifiers) : 0);
}

}  // namespace

ScanCache& ScanCache::Shared() {
  static ScanCache* const shared = new ScanCache;
  return *shared;
}

ScanCache::Includes ScanCache::IncludesOf(const BlobId& blob, const Read& read) {
  return Get(&Scan::includes, blob, read, ScanIncludes);
}

ScanCache::Identifiers ScanCache::IdentifiersOf(const BlobId& blob, const Read& read) {
  return Get(&Scan::identifiers, blob, read, ScanIdentifiers);
}

size_t ScanCache::bytes() const {
  std::lock_guard lock(mutex_);
  return young_bytes_ + old_bytes_;
}

template <typename T, typename ScanText>
std::shared_ptr<const T> ScanCache::Get(std::shared_ptr<const T> Scan::* part, const BlobId& blob, const Read& read,
                                        const ScanText& scan_text) {
  {
    std::lock_guard lock(mutex_);
    if (const std::shared_ptr<const T>& known = Entry(blob.value()).*part) return known;
  }
  const absl::StatusOr<std::string> text = read();
  if (!text.ok()) return std::make_shared<const T>();
  auto scanned = std::make_shared<const T>(scan_text(*text));
  std::lock_guard lock(mutex_);
  if (std::shared_ptr<const T>& kept = Entry(blob.value()).*part; kept == nullptr) {
    kept = scanned;
    Account(Bytes(*scanned));
  }
  return scanned;
}

ScanCache::Scan& ScanCache::Entry(const std::string& blob) {
  const auto [entry, is_new] = young_.try_emplace(blob);
  if (!is_new) return entry->second;
  if (const auto older = old_.extract(blob); !older.empty()) {
    entry->second = older.mapped();
    const size_t bytes = Bytes(entry->second);
    old_bytes_ -= bytes;
    young_bytes_ += bytes;
  }
  return entry->second;
}

void ScanCache::Account(size_t bytes) {
  young_bytes_ += bytes;
  if (young_bytes_ <= max_generation_) return;
  old_ = std::exchange(young_, {});
  old_bytes_ = std::exchange(young_bytes_, 0);
}

}  // namespace mergegate::planning
