#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/migrations.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr std::string_view kInMemory = ":memory:";

// Readers do not block the writer nor it them. The mode is kept in the file.
absl::Status UseWriteAheadLog(Database& db) {
  ASSIGN_OR_RETURN(Statement query, db.Query("PRAGMA journal_mode = WAL"));
  RETURN_IF_ERROR(query.Step().status());
  if (query.Bytes(0) == "wal") return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("database ", db.path(), ": its file system cannot hold a write-ahead log; use a local disk"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path) { return OpenSqliteStore(path, {}); }

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path, const StoreOptions& options) {
  // SQLite takes "" for a temporary database, which would forget everything.
  if (path.empty()) return absl::InvalidArgumentError("the database needs a file name");
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return absl::FailedPreconditionError(absl::StrCat("database ", path, " is a folder; name a file in it"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::Open(path, Database::Access::kReadWrite));
  RETURN_IF_ERROR(Migrate(*writer, BuiltInMigrations()));
  std::unique_ptr<Database> reader, scanner;
  if (path != kInMemory) {
    RETURN_IF_ERROR(UseWriteAheadLog(*writer));
    ASSIGN_OR_RETURN(reader, Database::Open(path, Database::Access::kReadOnly));
    ASSIGN_OR_RETURN(scanner, Database::Open(path, Database::Access::kReadOnly));
  }
  return std::make_unique<SqliteStore>(std::move(writer), std::move(reader), std::move(scanner), options);
}

}  // namespace mergegate::storage
