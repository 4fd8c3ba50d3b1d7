#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/compression.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

// Makes run `number` the owner's under the next attempt number.
absl::StatusOr<RunLease> Lease(Database& db, int64_t number, std::string_view owner, absl::Time until) {
  RETURN_IF_ERROR(db.Execute("UPDATE runs SET state = 2, attempt = attempt + 1, lease_owner = ?, lease_until = ?"
                             " WHERE number = ?",
                             {owner, ToRow(until), number})
                      .status());
  ASSIGN_OR_RETURN(
      Statement query,
      db.Query(absl::StrCat("SELECT ", std::string(kRunColumns), " FROM runs WHERE number = ?"), {number}));
  RETURN_IF_ERROR(query.Step().status());
  return RunLease{.run = ReadRun(query), .until = until};
}

// What came of an update of the run under its attempt number: one row changed, or why not.
absl::Status CheckHeld(Database& db, const RunId& id, int attempt, absl::StatusOr<int64_t> changed) {
  RETURN_IF_ERROR(changed.status());
  if (*changed == 1) return absl::OkStatus();
  ASSIGN_OR_RETURN(const NumberedRun found, FindRun(db, id));
  const std::string lost = found.run.state == RunState::kDone ? "the run is done"
                           : found.run.state == RunState::kQueued
                               ? "the run went back to the queue"
                               : absl::StrCat("attempt ", found.run.attempt, " has it");
  return absl::AbortedError(absl::StrCat("run ", id.value(), " is no longer held by attempt ", attempt, ": ", lost));
}

// Leases every run whose number `sql` finds. Finding none costs no write lock.
absl::StatusOr<std::vector<RunLease>> LeaseAll(Database& db, std::string_view sql, Values values,
                                               std::string_view owner, absl::Time until) {
  const auto find = [&]() -> absl::StatusOr<std::vector<int64_t>> {
    ASSIGN_OR_RETURN(Statement query, db.Query(sql, values));
    std::vector<int64_t> numbers;
    while (true) {
      ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) return numbers;
      numbers.push_back(query.Int(0));
    }
  };
  std::vector<RunLease> leases;
  ASSIGN_OR_RETURN(std::vector<int64_t> numbers, find());
  if (numbers.empty()) return leases;
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(numbers, find());
  for (const int64_t number : numbers) {
    ASSIGN_OR_RETURN(RunLease lease, Lease(db, number, owner, until));
    leases.push_back(std::move(lease));
  }
  RETURN_IF_ERROR(transaction.Commit());
  return leases;
}

}  // namespace

absl::StatusOr<std::optional<RunLease>> SqliteStore::LeaseRun(std::string_view owner, absl::Time now,
                                                              absl::Duration ttl) {
  static constexpr std::string_view kNext =
      "SELECT number FROM runs WHERE state < 3 AND (state = 1 OR lease_until <= ?) ORDER BY number LIMIT 1";
  const auto [lock, db] = Writing();
  {
    // An empty queue, which is what a poll mostly finds, costs no write lock.
    ASSIGN_OR_RETURN(Statement query, db.Query(kNext, {ToRow(now)}));
    ASSIGN_OR_RETURN(const bool available, query.Step());
    if (!available) return std::nullopt;
  }
  // A lease must outlive the process, not the power: without it the run is simply taken again. So it costs no sync.
  RETURN_IF_ERROR(db.ExecuteScript("PRAGMA synchronous = NORMAL"));
  const auto lease = [&db = db, now, owner, ttl]() -> absl::StatusOr<std::optional<RunLease>> {
    ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
    int64_t number = 0;
    {
      ASSIGN_OR_RETURN(Statement query, db.Query(kNext, {ToRow(now)}));
      ASSIGN_OR_RETURN(const bool available, query.Step());
      if (!available) return std::nullopt;  // another process was faster
      number = query.Int(0);
    }
    ASSIGN_OR_RETURN(RunLease taken, Lease(db, number, owner, now + ttl));
    RETURN_IF_ERROR(LoadInputs(db, number, taken.run.submission));
    RETURN_IF_ERROR(transaction.Commit());
    return taken;
  };
  absl::StatusOr<std::optional<RunLease>> taken = lease();
  RETURN_IF_ERROR(db.ExecuteScript("PRAGMA synchronous = FULL"));
  return taken;
}

absl::Status SqliteStore::RenewLease(const RunId& id, int attempt, absl::Time now, absl::Duration ttl) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(CheckHeld(db, id, attempt,
                            db.Execute("UPDATE runs SET lease_until = ? WHERE id = ? AND attempt = ? AND state = 2",
                                       {ToRow(now + ttl), id.value(), int64_t{attempt}})));
  return transaction.Commit();
}

absl::Status SqliteStore::ReleaseRun(const RunId& id, int attempt) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(CheckHeld(db, id, attempt,
                            db.Execute("UPDATE runs SET state = 1, lease_owner = NULL, lease_until = NULL"
                                       " WHERE id = ? AND attempt = ? AND state = 2",
                                       {id.value(), int64_t{attempt}})));
  return transaction.Commit();
}

absl::Status SqliteStore::FinishRun(const RunId& id, int attempt, const VerdictRecord& record, absl::Time now) {
  ASSIGN_OR_RETURN(const std::string verdict, Compress(record.verdict));
  ASSIGN_OR_RETURN(const std::string facts, Compress(record.facts));
  ASSIGN_OR_RETURN(const std::string stats, Compress(record.stats));
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(CheckHeld(
      db, id, attempt,
      db.Execute("UPDATE runs SET state = 3, finished = ?, verdict = ?, lease_owner = NULL, lease_until = NULL"
                 " WHERE id = ? AND attempt = ? AND state = 2",
                 {ToRow(now), int64_t{static_cast<int>(record.state)}, id.value(), int64_t{attempt}})));
  RETURN_IF_ERROR(db.Execute("INSERT INTO verdicts SELECT number, ?, ?, ? FROM runs WHERE id = ?",
                             {Blob(verdict), Blob(facts), Blob(stats), id.value()})
                      .status());
  if (record.quality) {
    RETURN_IF_ERROR(db.Execute("INSERT INTO change_qualities (run, quality) SELECT number, ? FROM runs WHERE id = ?",
                               {int64_t{*record.quality}, id.value()})
                        .status());
  }
  ASSIGN_OR_RETURN(const NumberedRun done, FindRun(db, id));
  RETURN_IF_ERROR(AddIntentsOfVerdict(db, done.run, now));
  return transaction.Commit();
}

absl::StatusOr<std::vector<RunLease>> SqliteStore::LeaseOverdueRuns(std::string_view owner, absl::Time now,
                                                                    absl::Duration ttl, int max_attempts) {
  const auto [lock, db] = Writing();
  return LeaseAll(db, "SELECT number FROM runs WHERE state < 3 AND (deadline <= ? OR attempt > ?) ORDER BY number",
                  {ToRow(now), int64_t{max_attempts}}, owner, now + ttl);
}

absl::StatusOr<std::vector<RunLease>> SqliteStore::LeaseRunsOf(const ProjectId& project, std::string_view change,
                                                               const CommitId& keep, std::string_view owner,
                                                               absl::Time now, absl::Duration ttl) {
  const auto [lock, db] = Writing();
  return LeaseAll(db,
                  "SELECT number FROM runs WHERE state < 3 AND project = ? AND change_key = ? AND head_commit <> ?"
                  " ORDER BY number",
                  {project.value(), change, keep.value()}, owner, now + ttl);
}

absl::StatusOr<std::map<RunState, int64_t>> SqliteStore::CountOpenRuns() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT state, count(*) FROM runs WHERE state < 3 GROUP BY state", {}));
  std::map<RunState, int64_t> counts = {{RunState::kQueued, 0}, {RunState::kRunning, 0}};
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return counts;
    counts[static_cast<RunState>(query.Int(0))] = query.Int(1);
  }
}

absl::Status SqliteStore::ReleaseAllLeases() {
  const auto [lock, db] = Writing();
  return db.Execute("UPDATE runs SET state = 1, lease_owner = NULL, lease_until = NULL WHERE state = 2").status();
}

absl::StatusOr<VerdictRecord> SqliteStore::GetVerdict(const RunId& id) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(const NumberedRun found, FindRun(db, id));
  if (found.run.state != RunState::kDone) {
    return absl::FailedPreconditionError(absl::StrCat("run ", id.value(), " has no verdict yet"));
  }
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT verdict_zstd, facts_zstd, stats_zstd FROM verdicts WHERE run = ?", {found.number}));
  ASSIGN_OR_RETURN(const bool stored, query.Step());
  if (!stored)
    return absl::DataLossError(absl::StrCat("database ", db.path(), ": verdict of ", id.value(), " is gone"));
  const std::string what = absl::StrCat("verdict of run ", id.value());
  VerdictRecord record{.state = found.run.verdict, .verdict = "", .facts = "", .stats = ""};
  ASSIGN_OR_RETURN(record.verdict, DecompressStored(db, query.Bytes(0), what));
  ASSIGN_OR_RETURN(record.facts, DecompressStored(db, query.Bytes(1), what));
  ASSIGN_OR_RETURN(record.stats, DecompressStored(db, query.Bytes(2), what));
  return record;
}

}  // namespace mergegate::storage
