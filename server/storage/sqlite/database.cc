#include "server/storage/sqlite/database.h"

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace mergegate::storage {

absl::StatusOr<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return db_->Error(code);
}

std::string_view Statement::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

absl::Status Statement::Bind(Values values, bool copy) {
  const sqlite3_destructor_type lifetime = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
  sqlite3_stmt* statement = statement_.get();
  int index = 0;
  for (const Value& value : values) {
    ++index;
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, index, *number);
    } else if (const auto* real = std::get_if<double>(&value)) {
      code = sqlite3_bind_double(statement, index, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      // A null pointer would bind NULL.
      code =
          sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(), lifetime, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      code = sqlite3_bind_blob64(statement, index, blob->bytes.empty() ? "" : blob->bytes.data(), blob->bytes.size(),
                                 lifetime);
    } else {
      code = sqlite3_bind_null(statement, index);
    }
    if (code != SQLITE_OK) return db_->Error(code);
  }
  return absl::OkStatus();
}

absl::Status Statement::Rebind(Values values) {
  sqlite3_reset(statement_.get());  // an error of the last run was reported by it
  return Bind(values, /*copy=*/true);
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, Access access) {
  const int flags = (access == Access::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  std::unique_ptr<Database> db(new Database(path, raw));
  if (code != SQLITE_OK) return db->Error(code);
  sqlite3_busy_timeout(raw, static_cast<int>(absl::ToInt64Milliseconds(kBusyTimeout)));
  // FULL: in WAL mode a commit is synced, so what was acknowledged survives a power cut. Indexes in no order of time
  // (signals by source) want a cache, in KiB, and a log that holds more than one batch before it is copied.
  RETURN_IF_ERROR(
      db->ExecuteScript("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
                        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000;"));
  return db;
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return Error(code);
  return Statement(this, raw);
}

absl::StatusOr<Statement> Database::Query(std::string_view sql, Values values) {
  ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  RETURN_IF_ERROR(statement.Bind(values, /*copy=*/true));
  return statement;
}

absl::StatusOr<int64_t> Database::Execute(std::string_view sql, Values values) {
  ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  RETURN_IF_ERROR(statement.Bind(values, /*copy=*/false));
  RETURN_IF_ERROR(statement.Step().status());
  return sqlite3_changes64(db_.get());
}

absl::Status Database::ExecuteScript(const std::string& sql) {
  const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code);
}

absl::Status Database::Error(int code) const {
  const std::string prefix = absl::StrCat("database ", path_, ": ");
  const std::string detail = absl::StrCat(" (", sqlite3_errmsg(db_.get()), ", SQLite code ", code, ")");
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(absl::StrCat(prefix, "another process has locked it; try again", detail));
    case SQLITE_IOERR:
      return absl::UnavailableError(
          absl::StrCat(prefix, "reading or writing failed; check the disk and its quota, then try again", detail));
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(absl::StrCat(prefix, "the disk is full; free space and try again", detail));
    case SQLITE_NOMEM:
      return absl::ResourceExhaustedError(absl::StrCat(prefix, "not enough memory", detail));
    case SQLITE_TOOBIG:
      return absl::ResourceExhaustedError(absl::StrCat(prefix, "a value is too large to store", detail));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::PermissionDeniedError(absl::StrCat(
          prefix, "not writable; give this user write access to the file and to the folder that holds it", detail));
    case SQLITE_CANTOPEN:
      return absl::FailedPreconditionError(absl::StrCat(
          prefix, "cannot be opened; the folder must exist and this user must be able to write it", detail));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(
          absl::StrCat(prefix, "damaged, or not a SQLite database; restore a copy or move the file away", detail));
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return absl::AlreadyExistsError(absl::StrCat(prefix, "the key is taken", detail));
      }
      if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
        return absl::NotFoundError(absl::StrCat(prefix, "the object referred to does not exist", detail));
      }
      break;
  }
  return absl::InternalError(absl::StrCat(prefix, "unexpected error", detail));
}

absl::StatusOr<Transaction> Transaction::Begin(Database& db, Lock lock) {
  const std::string_view sql = lock == Lock::kRead    ? "BEGIN"
                               : lock == Lock::kWrite ? "BEGIN IMMEDIATE"
                                                      : "BEGIN EXCLUSIVE";
  RETURN_IF_ERROR(db.Execute(sql).status());
  return Transaction(&db);
}

Transaction::~Transaction() {
  // SQLite rolls back by itself after some errors. A rollback that fails leaves nothing to do: the file's journal
  // undoes it for the next who opens it.
  if (db_ != nullptr && db_->in_transaction()) (void)db_->Execute("ROLLBACK");
}

absl::Status Transaction::Commit() {
  RETURN_IF_ERROR(db_->Execute("COMMIT").status());
  db_ = nullptr;
  return absl::OkStatus();
}

}  // namespace mergegate::storage
