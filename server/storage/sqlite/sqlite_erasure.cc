#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

absl::StatusOr<std::vector<std::string>> NamesOf(Database& db, const Handle& person) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT ?1 UNION SELECT handle FROM identities WHERE person ="
                                             " (SELECT person FROM identities WHERE handle = ?1)",
                                             {person.value()}));
  std::vector<std::string> names;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return names;
    names.push_back(query.Text(0));
  }
}

// What they wrote, what was written about them, and where their name is part of an id; then the name itself.
absl::StatusOr<int64_t> EraseSignals(Database& db, const std::string& name, const std::string& pseudonym) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT number FROM signal_people WHERE handle = ?", {name}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return 0;
  const int64_t number = query.Int(0);
  RETURN_IF_ERROR(db.Execute("INSERT INTO erasing VALUES (?)", {number}).status());
  ASSIGN_OR_RETURN(
      const int64_t changed,
      db.Execute("UPDATE signals SET text = '' WHERE actor = ?1 OR (subject <> 0 AND subject = ?1)", {number}));
  RETURN_IF_ERROR(db.Execute("UPDATE signals SET object = '' WHERE (actor = ?1 OR subject = ?1)"
                             " AND instr(object, ?2) > 0",
                             {number, name})
                      .status());
  RETURN_IF_ERROR(db.Execute("UPDATE signals SET source_id = replace(source_id, ?2, ?3)"
                             " WHERE (actor = ?1 OR subject = ?1) AND instr(source_id, ?2) > 0",
                             {number, name, pseudonym})
                      .status());
  RETURN_IF_ERROR(db.Execute("UPDATE signal_people SET handle = ? WHERE number = ?", {pseudonym, number}).status());
  RETURN_IF_ERROR(db.Execute("DELETE FROM erasing").status());
  return changed;
}

}  // namespace

absl::StatusOr<Erasure> SqliteStore::ErasePerson(const Handle& person, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesOf(db, person));
  const std::string pseudonym = absl::StrCat("forgotten-", RandomHex(8));
  Erasure erasure{.signals = 0, .identities = static_cast<int64_t>(names.size()), .pseudonym = Handle(pseudonym)};
  int number = 0;
  for (const std::string& name : names) {
    // Names stay apart: that they were one person is theirs, too.
    const std::string own = ++number == 1 ? pseudonym : absl::StrCat("forgotten-", RandomHex(8));
    ASSIGN_OR_RETURN(const int64_t signals, EraseSignals(db, name, own));
    erasure.signals += signals;
    RETURN_IF_ERROR(db.Execute("DELETE FROM absences WHERE person = ?", {name}).status());
    RETURN_IF_ERROR(db.Execute("DELETE FROM people WHERE person = ?", {name}).status());
    RETURN_IF_ERROR(db.Execute("DELETE FROM team_members WHERE member = ?", {name}).status());
    RETURN_IF_ERROR(
        db.Execute("DELETE FROM token_projects WHERE token IN (SELECT id FROM tokens WHERE person = ?)", {name})
            .status());
    RETURN_IF_ERROR(db.Execute("DELETE FROM tokens WHERE person = ?", {name}).status());
    RETURN_IF_ERROR(db.Execute("UPDATE overrides SET actor = ? WHERE actor = ?", {own, name}).status());
    RETURN_IF_ERROR(
        db.Execute("UPDATE weight_versions SET approved_by = ? WHERE approved_by = ?", {own, name}).status());
    RETURN_IF_ERROR(db.Execute("DELETE FROM identities WHERE handle = ?", {name}).status());
    RETURN_IF_ERROR(db.Execute("DELETE FROM audit_people WHERE handle = ?", {name}).status());
  }
  for (const std::string& name : names) {
    RETURN_IF_ERROR(db.Execute("DELETE FROM persons WHERE id = ?", {name}).status());
  }
  RETURN_IF_ERROR(db.Execute("UPDATE signal_clock SET epoch = epoch + 1").status());
  // By an administrator, or by the person, who is then nobody.
  const bool own_wish = std::ranges::find(names, deed.by.value()) != names.end();
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = own_wish ? Handle() : deed.by,
                                .action = "person.forgotten",
                                .detail = own_wish ? "at their own wish" : "by an administrator"})
                      .status());
  RETURN_IF_ERROR(transaction.Commit());
  return erasure;
}

}  // namespace mergegate::storage
