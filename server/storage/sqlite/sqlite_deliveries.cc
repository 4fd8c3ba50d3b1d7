#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/compression.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kListing = 'd';
constexpr std::string_view kColumns =
    "SELECT number, host, delivery, installation, event, lane, received, state, attempt, reason";

int64_t Row(DeliveryState state) { return static_cast<int64_t>(state); }

// Without the body.
Delivery ReadDelivery(const Statement& row) {
  return {.number = row.Int(0),
          .host = row.Text(1),
          .id = row.Text(2),
          .installation = row.Text(3),
          .event = row.Text(4),
          .lane = row.Text(5),
          .received = TimeOfRow(row.Int(6)),
          .state = static_cast<DeliveryState>(row.Int(7)),
          .attempt = static_cast<int>(row.Int(8)),
          .reason = row.Text(9)};
}

// One row that ReadDelivery and column 10, the body, make; nullopt when there is none.
absl::StatusOr<std::optional<Delivery>> ReadWhole(Database& db, std::string_view where, Values values) {
  ASSIGN_OR_RETURN(
      Statement query,
      db.Query(absl::StrCat(std::string(kColumns), ", body_zstd FROM host_deliveries ", std::string(where)), values));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  Delivery delivery = ReadDelivery(query);
  if (!query.IsNull(10)) {
    ASSIGN_OR_RETURN(delivery.body, DecompressStored(db, query.Bytes(10), absl::StrCat("delivery ", delivery.id)));
  }
  return delivery;
}

absl::Status CheckHeld(int64_t number, int attempt, const absl::StatusOr<int64_t>& changed) {
  RETURN_IF_ERROR(changed.status());
  if (*changed == 1) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("delivery ", number, " is no longer held by attempt ", attempt));
}

}  // namespace

absl::StatusOr<std::vector<bool>> SqliteStore::AddDeliveries(const std::vector<Delivery>& deliveries, absl::Time now) {
  std::vector<std::string> bodies;
  for (const Delivery& delivery : deliveries) {
    ASSIGN_OR_RETURN(bodies.emplace_back(), Compress(delivery.body));
  }
  std::vector<bool> waits;
  const auto [lock, db] = WritingNext();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const Delivery& one = deliveries[i];
    ASSIGN_OR_RETURN(
        const int64_t changed,
        db.Execute("INSERT INTO host_deliveries (host, delivery, installation, event, lane, body_zstd, received, state,"
                   " attempt, ready, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0, ?7, '')"
                   " ON CONFLICT (host, delivery) DO UPDATE SET state = 1, body_zstd = excluded.body_zstd,"
                   " ready = excluded.ready, reason = '' WHERE state = 5",
                   {one.host, one.id, one.installation, one.event, one.lane, Blob(bodies[i]), ToRow(now)}));
    waits.push_back(changed == 1);
  }
  RETURN_IF_ERROR(transaction.Commit());
  return waits;
}

absl::StatusOr<std::optional<Delivery>> SqliteStore::LeaseDelivery(absl::Time now, absl::Duration ttl) {
  static constexpr std::string_view kNext =
      "SELECT number FROM host_deliveries AS one WHERE state < 3 AND ready <= ?1 AND NOT EXISTS"
      " (SELECT 1 FROM host_deliveries AS before WHERE before.lane = one.lane AND before.number < one.number AND"
      " before.state < 3 AND (before.state = 2 OR before.ready <= ?1)) ORDER BY number LIMIT 1";
  const auto [lock, db] = Writing();
  {
    ASSIGN_OR_RETURN(Statement query, db.Query(kNext, {ToRow(now)}));
    ASSIGN_OR_RETURN(const bool available, query.Step());
    if (!available) return std::nullopt;
  }
  // A lease must outlive the process, not the power: without it the delivery is simply taken again.
  RETURN_IF_ERROR(db.ExecuteScript("PRAGMA synchronous = NORMAL"));
  const auto lease = [&db = db, now, ttl]() -> absl::StatusOr<std::optional<Delivery>> {
    ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
    int64_t number = 0;
    {
      ASSIGN_OR_RETURN(Statement query, db.Query(kNext, {ToRow(now)}));
      ASSIGN_OR_RETURN(const bool available, query.Step());
      if (!available) return std::nullopt;  // another process was faster
      number = query.Int(0);
    }
    RETURN_IF_ERROR(
        db.Execute("UPDATE host_deliveries SET state = 2, attempt = attempt + 1, ready = ? WHERE number = ?",
                   {ToRow(now + ttl), number})
            .status());
    RETURN_IF_ERROR(transaction.Commit());
    return ReadWhole(db, "WHERE number = ?", {number});
  };
  absl::StatusOr<std::optional<Delivery>> taken = lease();
  RETURN_IF_ERROR(db.ExecuteScript("PRAGMA synchronous = FULL"));
  return taken;
}

absl::Status SqliteStore::FinishDelivery(int64_t number, int attempt, DeliveryState state, std::string_view reason,
                                         absl::Time now) {
  const auto [lock, db] = Writing();
  // Done again is done: what a power cut gives back is worked on once more, and finds that nothing is left to do.
  RETURN_IF_ERROR(db.ExecuteScript("PRAGMA synchronous = NORMAL"));
  const absl::Status finished = CheckHeld(number, attempt,
                                          db.Execute("UPDATE host_deliveries SET state = ?, ready = ?, reason = ?"
                                                     " WHERE number = ? AND attempt = ? AND state = 2",
                                                     {Row(state), ToRow(now), reason, number, int64_t{attempt}}));
  RETURN_IF_ERROR(db.ExecuteScript("PRAGMA synchronous = FULL"));
  return finished;
}

absl::Status SqliteStore::PostponeDelivery(int64_t number, int attempt, absl::Time ready, std::string_view reason) {
  const auto [lock, db] = Writing();
  return CheckHeld(number, attempt,
                   db.Execute("UPDATE host_deliveries SET state = 1, ready = ?, reason = ?"
                              " WHERE number = ? AND attempt = ? AND state = 2",
                              {ToRow(ready), reason, number, int64_t{attempt}}));
}

absl::Status SqliteStore::ReleaseDeliveries() {
  const auto [lock, db] = Writing();
  return db.Execute("UPDATE host_deliveries SET state = 1, ready = received WHERE state = 2").status();
}

absl::StatusOr<Page<Delivery>> SqliteStore::ListDeliveries(std::string_view host, std::optional<DeliveryState> state,
                                                           int page_size, std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  int64_t before = std::numeric_limits<int64_t>::max();
  if (!token.empty()) {
    ASSIGN_OR_RETURN(const std::string key, PageKey(kListing, token));
    if (!absl::SimpleAtoi(key, &before)) return absl::InvalidArgumentError("page_token is damaged");
  }
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat(std::string(kColumns),
                                         " FROM host_deliveries WHERE host = ? AND number < ? AND (?3 = 0 OR state ="
                                         " ?3) ORDER BY number DESC LIMIT ?4"),
                            {host, before, state ? Row(*state) : int64_t{0}, int64_t{page_size} + 1}));
  Page<Delivery> page;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      page.next_token = PageToken(kListing, absl::StrCat(page.items.back().number));
      return page;
    }
    page.items.push_back(ReadDelivery(query));
  }
}

absl::StatusOr<Delivery> SqliteStore::GetDelivery(std::string_view host, std::string_view id) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(std::optional<Delivery> found, ReadWhole(db, "WHERE host = ? AND delivery = ?", {host, id}));
  if (!found) {
    return absl::NotFoundError(absl::StrCat("there is no delivery ", std::string(id), " of ", std::string(host)));
  }
  return *std::move(found);
}

absl::StatusOr<int64_t> SqliteStore::CountWaitingDeliveries() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT count(*) FROM host_deliveries WHERE state < 3"));
  RETURN_IF_ERROR(query.Step().status());
  return query.Int(0);
}

absl::StatusOr<int64_t> SqliteStore::ForgetDeliveries(absl::Time bodies, absl::Time rows) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const int64_t removed,
                   db.Execute("DELETE FROM host_deliveries WHERE state >= 3 AND received < ?", {ToRow(rows)}));
  ASSIGN_OR_RETURN(const int64_t dropped,
                   db.Execute("UPDATE host_deliveries SET body_zstd = NULL WHERE state >= 3 AND received < ? AND"
                              " body_zstd IS NOT NULL",
                              {ToRow(bodies)}));
  RETURN_IF_ERROR(transaction.Commit());
  return removed + dropped;
}

}  // namespace mergegate::storage
