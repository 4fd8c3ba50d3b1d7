#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

std::string MarkOf(std::string_view salt, std::string_view handle) {
  return Sha256Hex(absl::StrCat(std::string(salt), "\n", std::string(handle)));
}

// The person's mark, made when there is none; empty for nobody.
absl::StatusOr<std::string> MarkFor(Database& db, const Handle& person) {
  if (person.empty()) return std::string();
  ASSIGN_OR_RETURN(Statement known, db.Query("SELECT mark FROM audit_people WHERE handle = ?", {person.value()}));
  ASSIGN_OR_RETURN(const bool found, known.Step());
  if (found) return known.Text(0);
  const std::string salt = RandomHex(16);
  std::string mark = MarkOf(salt, person.value());
  RETURN_IF_ERROR(db.Execute("INSERT INTO audit_people VALUES (?, ?, ?)", {mark, person.value(), salt}).status());
  return mark;
}

// An entry as it is kept and hashed.
struct Row {
  int64_t number = 0;
  int64_t happened = 0;
  std::string actor, action, subject, other, object, detail, hash;
};

constexpr std::string_view kColumns = "number, happened, actor, action, subject, other, object, detail, hash";

Row ReadRow(const Statement& row) {
  return {row.Int(0),  row.Int(1),  row.Text(2), row.Text(3), row.Text(4),
          row.Text(5), row.Text(6), row.Text(7), row.Text(8)};
}

// Every field with its length, so that no two entries give the same bytes.
std::string HashOf(const Row& row, std::string_view previous) {
  std::string bytes = absl::StrCat("audit 1\n", row.number, "\n", row.happened, "\n");
  for (const std::string* field : {&row.actor, &row.action, &row.subject, &row.other, &row.object, &row.detail}) {
    absl::StrAppend(&bytes, field->size(), ":", *field, "\n");
  }
  absl::StrAppend(&bytes, std::string(previous));
  return Sha256Hex(bytes);
}

class People {
 public:
  static absl::StatusOr<People> Read(Database& db) {
    People people;
    ASSIGN_OR_RETURN(Statement query, db.Query("SELECT mark, handle, salt FROM audit_people"));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) return people;
      if (MarkOf(query.Bytes(2), query.Bytes(1)) != query.Bytes(0)) people.forged_.push_back(query.Text(0));
      people.handles_.emplace(query.Text(0), query.Text(1));
    }
  }

  Handle Named(const std::string& mark) const {
    if (mark.empty()) return Handle();
    const auto it = handles_.find(mark);
    return Handle(it == handles_.end() ? absl::StrCat("forgotten-", mark.substr(0, 12)) : it->second);
  }
  AuditEntry EntryOf(const Row& row) const {
    return {.number = row.number,
            .at = TimeOfRow(row.happened),
            .actor = Named(row.actor),
            .action = row.action,
            .subject = Named(row.subject),
            .other = Named(row.other),
            .object = row.object,
            .detail = row.detail,
            .hash = row.hash};
  }
  // Marks whose handle is not the one they were made of.
  const std::vector<std::string>& forged() const { return forged_; }

 private:
  std::map<std::string, std::string> handles_;
  std::vector<std::string> forged_;
};

}  // namespace

absl::StatusOr<int64_t> AddAudit(Database& db, const AuditEntry& entry) {
  Row row{.number = 1,
          .happened = ToRow(entry.at),
          .actor = "",
          .action = entry.action,
          .subject = "",
          .other = "",
          .object = entry.object,
          .detail = entry.detail,
          .hash = ""};
  ASSIGN_OR_RETURN(row.actor, MarkFor(db, entry.actor));
  ASSIGN_OR_RETURN(row.subject, MarkFor(db, entry.subject));
  ASSIGN_OR_RETURN(row.other, MarkFor(db, entry.other));
  ASSIGN_OR_RETURN(Statement last, db.Query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"));
  ASSIGN_OR_RETURN(const bool found, last.Step());
  if (found) row.number = last.Int(0) + 1;
  row.hash = HashOf(row, found ? last.Text(1) : "");
  RETURN_IF_ERROR(db.Execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             {row.number, row.happened, row.actor, row.action, row.subject, row.other, row.object,
                              row.detail, row.hash})
                      .status());
  return row.number;
}

absl::StatusOr<int64_t> SqliteStore::AppendAudit(const AuditEntry& entry) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const int64_t number, AddAudit(db, entry));
  RETURN_IF_ERROR(transaction.Commit());
  return number;
}

absl::StatusOr<std::vector<AuditEntry>> SqliteStore::ListAudit(int64_t after, int limit) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(const People people, People::Read(db));
  ASSIGN_OR_RETURN(Statement query, db.Query(absl::StrCat("SELECT ", std::string(kColumns),
                                                          " FROM audit WHERE number > ? ORDER BY number LIMIT ?"),
                                             {after, int64_t{limit}}));
  std::vector<AuditEntry> entries;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) return entries;
    entries.push_back(people.EntryOf(ReadRow(query)));
  }
}

absl::StatusOr<std::vector<AuditEntry>> SqliteStore::ListAuditAbout(const Handle& person,
                                                                    std::span<const std::string_view> actions,
                                                                    int limit) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(const People people, People::Read(db));
  ASSIGN_OR_RETURN(Statement query, db.Query(absl::StrCat("SELECT ", std::string(kColumns),
                                                          " FROM audit WHERE subject <> '' AND subject ="
                                                          " (SELECT mark FROM audit_people WHERE handle = ?)"
                                                          " ORDER BY number DESC"),
                                             {person.value()}));
  std::vector<AuditEntry> entries;
  while (static_cast<int>(entries.size()) < limit) {
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) break;
    AuditEntry entry = people.EntryOf(ReadRow(query));
    if (std::ranges::find(actions, entry.action) != actions.end()) entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<AuditCheck> SqliteStore::VerifyAudit() {
  const auto [lock, db] = Scanning();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat("SELECT ", std::string(kColumns), " FROM audit ORDER BY number")));
  AuditCheck check;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) break;
    const Row row = ReadRow(query);
    if (check.broken_at == 0 && row.number != check.entries + 1) {
      check.broken_at = check.entries + 1;
      check.problem = absl::StrCat("entry ", check.broken_at, " is gone");
    }
    if (check.broken_at == 0 && row.hash != HashOf(row, check.head)) {
      check.broken_at = row.number;
      check.problem = absl::StrCat("entry ", row.number, " was changed, or the one before it");
    }
    ++check.entries;
    check.head = row.hash;
  }
  ASSIGN_OR_RETURN(const People people, People::Read(db));
  if (check.broken_at == 0 && !people.forged().empty()) {
    ASSIGN_OR_RETURN(Statement first, db.Query("SELECT min(number) FROM audit WHERE ?1 IN (actor, subject, other)",
                                               {people.forged().front()}));
    ASSIGN_OR_RETURN(const bool row, first.Step());
    check.broken_at = row ? first.Int(0) : 0;
    check.problem = absl::StrCat("entry ", check.broken_at, " was given to another person");
  }
  return check;
}

}  // namespace mergegate::storage
