#include <limits>

#include "server/base/status_macros.h"
#include "server/storage/sqlite/compression.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr int64_t kResultsPerKey = 16;

absl::Status DropResult(Database& db, int64_t number) {
  return db.Execute("DELETE FROM results WHERE number = ?", {number}).status();
}

// The largest count of uses in the table; 0 when it is empty.
absl::StatusOr<int64_t> LastUse(Database& db) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT coalesce(max(last_used), 0) FROM results"));
  RETURN_IF_ERROR(query.Step().status());
  return query.Int(0);
}

// Row numbers, least recently used first, whose removal leaves at most `max_bytes`.
absl::StatusOr<std::vector<int64_t>> Surplus(Database& db, int64_t max_bytes) {
  ASSIGN_OR_RETURN(Statement total, db.Query("SELECT coalesce(sum(bytes), 0) FROM results"));
  RETURN_IF_ERROR(total.Step().status());
  int64_t bytes = total.Int(0);
  std::vector<int64_t> surplus;
  ASSIGN_OR_RETURN(Statement oldest, db.Query("SELECT number, bytes FROM results ORDER BY last_used, number"));
  while (bytes > max_bytes) {
    ASSIGN_OR_RETURN(const bool row, oldest.Step());
    if (!row) break;
    surplus.push_back(oldest.Int(0));
    bytes -= oldest.Int(1);
  }
  return surplus;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> SqliteStore::FindResult(
    std::string_view key, const std::function<bool(std::string_view manifest)>& holds) {
  std::optional<std::string> found;
  int64_t used = 0;
  std::vector<int64_t> damaged;
  {
    const auto [lock, db] = Reading();
    ASSIGN_OR_RETURN(Statement query, db.Query("SELECT number, manifest_zstd, result_zstd FROM results"
                                               " WHERE cache_key = ? ORDER BY number DESC LIMIT ?",
                                               {key, kResultsPerKey}));
    while (!found) {
      ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      const absl::StatusOr<std::string> manifest = Decompress(query.Bytes(1));
      if (manifest.ok() && !holds(*manifest)) continue;
      absl::StatusOr<std::string> result = Decompress(query.Bytes(2));
      if (manifest.ok() && result.ok()) {
        found = *std::move(result);
        used = query.Int(0);
      } else {
        damaged.push_back(query.Int(0));
      }
    }
  }
  if (!damaged.empty()) {
    const auto [lock, db] = Writing();
    for (const int64_t number : damaged) RETURN_IF_ERROR(DropResult(db, number));
  }
  if (found) {
    const std::lock_guard lock(used_mutex_);
    used_[used] = ++uses_;
  }
  return found;
}

absl::Status SqliteStore::SaveResult(std::string_view key, const CachedResult& result, absl::Time now) {
  ASSIGN_OR_RETURN(const std::string manifest, Compress(result.manifest));
  ASSIGN_OR_RETURN(const std::string compressed, Compress(result.result));
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  // The same manifest holds for the same trees: the new result takes the old one's place.
  RETURN_IF_ERROR(
      db.Execute("DELETE FROM results WHERE cache_key = ? AND manifest_zstd = ?", {key, Blob(manifest)}).status());
  ASSIGN_OR_RETURN(const int64_t last_use, LastUse(db));
  RETURN_IF_ERROR(db.Execute("INSERT INTO results (cache_key, manifest_zstd, result_zstd, bytes, saved, last_used)"
                             " VALUES (?, ?, ?, ?, ?, ?)",
                             {key, Blob(manifest), Blob(compressed),
                              static_cast<int64_t>(manifest.size() + compressed.size()), ToRow(now), last_use + 1})
                      .status());
  RETURN_IF_ERROR(db.Execute("DELETE FROM results WHERE cache_key = ?1 AND number NOT IN"
                             " (SELECT number FROM results WHERE cache_key = ?1 ORDER BY number DESC LIMIT ?2)",
                             {key, kResultsPerKey})
                      .status());
  return transaction.Commit();
}

absl::Status SqliteStore::DropResults(std::string_view key) {
  const auto [lock, db] = Writing();
  return db.Execute("DELETE FROM results WHERE cache_key = ?", {key}).status();
}

absl::StatusOr<int64_t> SqliteStore::EvictResults(int64_t max_bytes) {
  std::map<int64_t, int64_t> used;
  {
    const std::lock_guard lock(used_mutex_);
    used.swap(used_);
  }
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const int64_t last_use, LastUse(db));
  for (const auto& [number, use] : used) {
    RETURN_IF_ERROR(db.Execute("UPDATE results SET last_used = ? WHERE number = ?", {last_use + use, number}).status());
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> surplus, Surplus(db, max_bytes));
  for (const int64_t number : surplus) RETURN_IF_ERROR(DropResult(db, number));
  RETURN_IF_ERROR(transaction.Commit());
  return static_cast<int64_t>(surplus.size());
}

}  // namespace mergegate::storage
