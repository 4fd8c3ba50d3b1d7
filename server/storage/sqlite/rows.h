// What several parts of the store share: times as numbers, page tokens, contents kept once, rows of runs.
//
// Thread safety: as the connection's. Functions that write want a transaction around them.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_ROWS_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_ROWS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/run.h"
#include "server/storage/outbox_store.h"
#include "server/storage/sqlite/database.h"

namespace mergegate::storage {

// Microseconds since 1970; the infinities are the ends of the range.
int64_t ToRow(absl::Time time);
absl::Time TimeOfRow(int64_t micros);
int64_t ToRow(absl::Duration duration);
absl::Duration DurationOfRow(int64_t micros);

// An opaque token for "after `key`". `kind` keeps tokens of one listing out of another.
std::string PageToken(char kind, std::string_view key);
// The key of a token; kInvalidArgument unless PageToken(kind, ...) made it.
absl::StatusOr<std::string> PageKey(char kind, std::string_view token);
// kInvalidArgument below 1.
absl::Status CheckPageSize(int page_size);

// Stores a text once per content; returns its digest.
absl::StatusOr<std::string> SaveContent(Database& db, std::string_view text);
absl::StatusOr<std::string> LoadContent(Database& db, std::string_view digest);
// Decompress of a value that must be sound; an error says in which database and what was damaged.
absl::StatusOr<std::string> DecompressStored(const Database& db, std::string_view compressed, std::string_view what);

// Columns that ReadRun wants, in its order.
inline constexpr std::string_view kRunColumns =
    "number, id, project, request_id, change_key, base_commit, head_commit, policy, caller_analyzes, deadline_after, "
    "created, deadline, state, attempt, finished, verdict, judges_again";
// The run of the current row, without compile commands and reports.
Run ReadRun(const Statement& row);

// Row of a run by id; kNotFound.
struct NumberedRun {
  int64_t number = 0;
  Run run;
};
absl::StatusOr<NumberedRun> FindRun(Database& db, const RunId& id);
// Fills in compile commands and reports.
absl::Status LoadInputs(Database& db, int64_t number, Submission& submission);

// False when its key is taken.
absl::StatusOr<bool> InsertIntent(Database& db, const NewIntent& intent, absl::Time now);
// What is to be told of a run that was submitted, or is done: intents, where its change is one of a host.
absl::Status AddIntentsOfSubmission(Database& db, const Run& run, absl::Duration pending_at_most, absl::Time now);
absl::Status AddIntentsOfVerdict(Database& db, const Run& run, absl::Time now);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_ROWS_H_
