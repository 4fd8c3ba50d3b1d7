#include "server/storage/sqlite/migrations.h"

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"

namespace mergegate::storage {
namespace {

struct AppliedMigration {
  int version = 0;
  std::string checksum;
};

absl::StatusOr<std::vector<AppliedMigration>> ReadApplied(Database& db) {
  std::vector<AppliedMigration> applied;
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT version, checksum FROM schema_migrations ORDER BY version"));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return applied;
    applied.push_back({static_cast<int>(query.Int(0)), query.Text(1)});
  }
}

// True for an empty file, false for one of ours; an error for anybody else's.
absl::StatusOr<bool> IsEmpty(Database& db) {
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT count(*), coalesce(sum(name = 'schema_migrations'), 0) FROM sqlite_schema"));
  RETURN_IF_ERROR(query.Step().status());
  if (query.Int(0) == 0) return true;
  if (query.Int(1) > 0) return false;
  return absl::FailedPreconditionError(absl::StrCat(
      "database ", db.path(), " holds the tables of another program; name a file of its own for mergegate"));
}

absl::Status CheckApplied(const std::string& path, const std::vector<AppliedMigration>& applied,
                          const std::vector<Migration>& migrations) {
  for (size_t i = 0; i < applied.size(); ++i) {
    if (i >= migrations.size()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "database ", path, " was written by a newer version of mergegate (schema ", applied.back().version,
          ", this one knows up to ", migrations.size(), "); run that version, or restore a copy made before it"));
    }
    if (applied[i].version != migrations[i].version || applied[i].checksum != Sha256Hex(migrations[i].sql)) {
      return absl::FailedPreconditionError(
          absl::StrCat("database ", path, ": its schema migration ", applied[i].version, " is not the ",
                       migrations[i].name, " of this version; run the version that made it, or restore a copy"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Database& db, const std::vector<Migration>& migrations) {
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db, Transaction::Lock::kExclusive));
  ASSIGN_OR_RETURN(const bool empty, IsEmpty(db));
  if (empty) {
    RETURN_IF_ERROR(
        db.ExecuteScript("CREATE TABLE schema_migrations ("
                         "  version INTEGER PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"));
  }
  ASSIGN_OR_RETURN(const std::vector<AppliedMigration> applied, ReadApplied(db));
  RETURN_IF_ERROR(CheckApplied(db.path(), applied, migrations));
  for (size_t i = applied.size(); i < migrations.size(); ++i) {
    const Migration& migration = migrations[i];
    RETURN_IF_ERROR(db.ExecuteScript(migration.sql));
    RETURN_IF_ERROR(db.Execute("INSERT INTO schema_migrations VALUES (?, ?, unixepoch() * 1000000)",
                               {migration.version, Sha256Hex(migration.sql)})
                        .status());
  }
  return transaction.Commit();
}

}  // namespace mergegate::storage
