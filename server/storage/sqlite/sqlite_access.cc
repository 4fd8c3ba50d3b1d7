#include "absl/strings/str_cat.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr std::string_view kTokenColumns = "id, person, role, note, created, expires, revoked, last_used, secret_hash";

absl::StatusOr<AccessToken> ReadToken(Database& db, const Statement& row) {
  AccessToken token{.id = row.Text(0),
                    .person = Handle(row.Text(1)),
                    .role = static_cast<Role>(row.Int(2)),
                    .note = row.Text(3),
                    .created = TimeOfRow(row.Int(4)),
                    .expires = TimeOfRow(row.Int(5))};
  if (!row.IsNull(6)) token.revoked = TimeOfRow(row.Int(6));
  if (!row.IsNull(7)) token.last_used = TimeOfRow(row.Int(7));
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT project FROM token_projects WHERE token = ? ORDER BY project", {token.id}));
  while (true) {
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) return token;
    token.projects.emplace_back(query.Text(0));
  }
}

}  // namespace

absl::Status SqliteStore::CreateToken(const StoredToken& stored, const Deed& deed) {
  const AccessToken& token = stored.token;
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(db.Execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                             {token.id, stored.secret_hash, token.person.value(), int64_t{static_cast<int>(token.role)},
                              token.note, ToRow(token.created), ToRow(token.expires)})
                      .status());
  for (const ProjectId& project : token.projects) {
    RETURN_IF_ERROR(
        db.Execute("INSERT OR IGNORE INTO token_projects VALUES (?, ?)", {token.id, project.value()}).status());
  }
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "token.created",
                                .subject = token.person,
                                .object = token.id,
                                .detail = std::string(Name(token.role))})
                      .status());
  return transaction.Commit();
}

absl::StatusOr<StoredToken> SqliteStore::FindToken(std::string_view id) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat("SELECT ", std::string(kTokenColumns), " FROM tokens WHERE id = ?"), {id}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError("there is no such token");
  StoredToken stored;
  ASSIGN_OR_RETURN(stored.token, ReadToken(db, query));
  stored.secret_hash = query.Text(8);
  return stored;
}

absl::StatusOr<std::vector<AccessToken>> SqliteStore::ListTokens() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat("SELECT ", std::string(kTokenColumns), " FROM tokens ORDER BY created, id")));
  std::vector<AccessToken> tokens;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) return tokens;
    ASSIGN_OR_RETURN(tokens.emplace_back(), ReadToken(db, query));
  }
}

absl::Status SqliteStore::RevokeToken(std::string_view id, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT person, revoked FROM tokens WHERE id = ?", {id}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no token ", std::string(id)));
  if (!query.IsNull(1)) return absl::OkStatus();
  RETURN_IF_ERROR(db.Execute("UPDATE tokens SET revoked = ? WHERE id = ?", {ToRow(deed.at), id}).status());
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "token.revoked",
                                .subject = Handle(query.Text(0)),
                                .object = std::string(id)})
                      .status());
  return transaction.Commit();
}

absl::Status SqliteStore::TouchToken(std::string_view id, absl::Time used) {
  const auto [lock, db] = Writing();
  return db.Execute("UPDATE tokens SET last_used = ? WHERE id = ?", {ToRow(used), id}).status();
}

absl::Status SqliteStore::AddOverride(const Override& override_) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(db.Execute("INSERT INTO overrides (project, change_key, condition, actor, role, reason, created,"
                             " expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                             {override_.project.value(), override_.change, override_.condition, override_.actor.value(),
                              override_.role, override_.reason, ToRow(override_.created), ToRow(override_.expires)})
                      .status());
  RETURN_IF_ERROR(
      AddAudit(db, {.at = override_.created,
                    .actor = override_.actor,
                    .action = "condition.overridden",
                    .object = absl::StrCat("projects/", override_.project.value(), "/reviews/", override_.change),
                    .detail = absl::StrCat(override_.condition, " as ", override_.role, " until ",
                                           absl::FormatTime(absl::RFC3339_sec, override_.expires, absl::UTCTimeZone()),
                                           ": ", override_.reason)})
          .status());
  return transaction.Commit();
}

absl::StatusOr<std::vector<Override>> SqliteStore::ListOverrides(const ProjectId& project, std::string_view change) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT condition, actor, role, reason, created, expires FROM overrides"
                                             " WHERE project = ? AND change_key = ? ORDER BY number",
                                             {project.value(), change}));
  std::vector<Override> overrides;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return overrides;
    overrides.push_back({.project = project,
                         .change = std::string(change),
                         .condition = query.Text(0),
                         .actor = Handle(query.Text(1)),
                         .role = query.Text(2),
                         .reason = query.Text(3),
                         .created = TimeOfRow(query.Int(4)),
                         .expires = TimeOfRow(query.Int(5))});
  }
}

}  // namespace mergegate::storage
