#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {

absl::Status SqliteStore::SaveCompileCommands(const ProjectId& project, const CommitId& commit, std::string_view json,
                                              absl::Time now) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::string digest, SaveContent(db, json));
  const absl::Status saved =
      db.Execute(
            "INSERT INTO compile_commands VALUES (?, ?, ?, ?)"
            " ON CONFLICT (project, commit_id) DO UPDATE SET json = excluded.json, saved = excluded.saved",
            {project.value(), commit.value(), digest, ToRow(now)})
          .status();
  if (absl::IsNotFound(saved)) return absl::NotFoundError(absl::StrCat("there is no project ", project.value()));
  RETURN_IF_ERROR(saved);
  return transaction.Commit();
}

absl::StatusOr<std::optional<std::string>> SqliteStore::FindCompileCommands(const ProjectId& project,
                                                                            const std::vector<CommitId>& commits) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  for (const CommitId& commit : commits) {
    ASSIGN_OR_RETURN(Statement query, db.Query("SELECT json FROM compile_commands WHERE project = ? AND commit_id = ?",
                                               {project.value(), commit.value()}));
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) continue;
    ASSIGN_OR_RETURN(std::string json, LoadContent(db, query.Bytes(0)));
    return json;
  }
  return std::nullopt;
}

}  // namespace mergegate::storage
