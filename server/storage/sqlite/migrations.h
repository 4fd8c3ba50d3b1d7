// Brings a database file to the newest schema: numbered SQL files of server/storage/schema, forward only, all missing
// ones in one transaction. What was applied is kept in schema_migrations with its checksum, so a file changed after
// the fact, or a database of a newer version, is refused.
//
// Thread safety: as the connection's.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_MIGRATIONS_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_MIGRATIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/storage/sqlite/database.h"

namespace mergegate::storage {

struct Migration {
  int version = 0;  // 1, 2, 3 ... without gaps
  std::string name;
  std::string sql;
};

// Those of server/storage/schema, embedded when building.
std::vector<Migration> BuiltInMigrations();

// kFailedPrecondition when the file was written by a newer version, its migrations differ from ours, or it belongs to
// another program; kUnavailable when another process migrates it.
absl::Status Migrate(Database& db, const std::vector<Migration>& migrations);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_MIGRATIONS_H_
