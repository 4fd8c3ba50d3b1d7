// Entries of the audit log, added inside the transaction of what they tell of.
//
//   RETURN_IF_ERROR(AddAudit(db, {.at = deed.at, .actor = deed.by, .action = "token.revoked", .object = id}).status());
//
// A person stands in the log as a mark, the SHA-256 of a salt and their handle, which audit_people resolves.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_AUDIT_ROWS_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_AUDIT_ROWS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "server/domain/access.h"
#include "server/storage/sqlite/database.h"

namespace mergegate::storage {

// Wants a writing transaction around it. Returns the entry's number.
absl::StatusOr<int64_t> AddAudit(Database& db, const AuditEntry& entry);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_AUDIT_ROWS_H_
