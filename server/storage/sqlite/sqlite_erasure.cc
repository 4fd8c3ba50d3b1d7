#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/compression.h"
#include "server/storage/sqlite/rows.h"
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

struct Event {
  int64_t review = 0, number = 0;
  std::string actor, source_id, bytes;
};

// Events that tell of the name, as they are without it.
absl::StatusOr<std::vector<Event>> RenamedEvents(Database& db, const std::string& name, const std::string& pseudonym,
                                                 const Renaming& renaming) {
  std::vector<Event> changed;
  ASSIGN_OR_RETURN(Statement rows, db.Query("SELECT review, number, actor, source_id, event_zstd FROM review_events"));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return changed;
    ASSIGN_OR_RETURN(const std::string bytes, DecompressStored(db, rows.Bytes(4), "a review event"));
    ASSIGN_OR_RETURN(std::string renamed, renaming.event(bytes, name, pseudonym));
    const std::string source_id = renaming.text(rows.Bytes(3), name, pseudonym);
    if (renamed == bytes && rows.Bytes(2) != name && rows.Bytes(3) == source_id) continue;
    changed.push_back(
        {rows.Int(0), rows.Int(1), rows.Bytes(2) == name ? pseudonym : rows.Text(2), source_id, std::move(renamed)});
  }
}

absl::Status RenameVerdicts(Database& db, int64_t review, const std::string& name, const std::string& pseudonym,
                            const Renaming& renaming) {
  struct Kept {
    int64_t run = 0;
    std::string facts, verdict;
  };
  std::vector<Kept> kept;
  ASSIGN_OR_RETURN(Statement rows,
                   db.Query("SELECT run, facts_zstd, verdict_zstd FROM verdicts WHERE run IN (SELECT runs.number FROM"
                            " runs JOIN reviews ON reviews.project = runs.project AND reviews.change_key ="
                            " runs.change_key WHERE reviews.number = ?)",
                            {review}));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) break;
    Kept& one = kept.emplace_back();
    one.run = rows.Int(0);
    ASSIGN_OR_RETURN(one.facts, DecompressStored(db, rows.Bytes(1), "facts"));
    ASSIGN_OR_RETURN(one.verdict, DecompressStored(db, rows.Bytes(2), "a verdict"));
  }
  for (Kept& one : kept) {
    RETURN_IF_ERROR(renaming.verdict(name, pseudonym, one.facts, one.verdict));
    ASSIGN_OR_RETURN(const std::string facts, Compress(one.facts));
    ASSIGN_OR_RETURN(const std::string verdict, Compress(one.verdict));
    RETURN_IF_ERROR(db.Execute("UPDATE verdicts SET facts_zstd = ?, verdict_zstd = ? WHERE run = ?",
                               {Blob(facts), Blob(verdict), one.run})
                        .status());
  }
  return absl::OkStatus();
}

// Adds the reviews that tell of the name to `reviews`.
absl::Status RenameInReviews(Database& db, const std::string& name, const std::string& pseudonym,
                             const Renaming& renaming, std::set<int64_t>& reviews) {
  ASSIGN_OR_RETURN(const std::vector<Event> events, RenamedEvents(db, name, pseudonym, renaming));
  std::set<int64_t> touched;
  RETURN_IF_ERROR(db.Execute("INSERT INTO erasing VALUES (0)").status());
  for (const Event& event : events) {
    ASSIGN_OR_RETURN(const std::string compressed, Compress(event.bytes));
    RETURN_IF_ERROR(db.Execute("UPDATE review_events SET actor = ?, source_id = ?, event_zstd = ?"
                               " WHERE review = ? AND number = ?",
                               {event.actor, event.source_id, Blob(compressed), event.review, event.number})
                        .status());
    touched.insert(event.review);
  }
  RETURN_IF_ERROR(db.Execute("DELETE FROM erasing").status());
  RETURN_IF_ERROR(db.Execute("UPDATE reviews SET author = ? WHERE author = ?", {pseudonym, name}).status());
  RETURN_IF_ERROR(db.Execute("UPDATE review_people SET person = ? WHERE person = ?", {pseudonym, name}).status());
  for (const int64_t review : touched) RETURN_IF_ERROR(RenameVerdicts(db, review, name, pseudonym, renaming));
  reviews.merge(touched);
  return absl::OkStatus();
}

// What hosts delivered and was worked on: bodies that tell of the name are dropped, whatever they say besides.
absl::Status EraseDeliveries(Database& db, const std::string& name, const std::string& pseudonym) {
  std::vector<int64_t> numbers;
  ASSIGN_OR_RETURN(
      Statement rows,
      db.Query("SELECT number, body_zstd FROM host_deliveries WHERE state >= 3 AND body_zstd IS NOT NULL"));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) break;
    ASSIGN_OR_RETURN(const std::string body, DecompressStored(db, rows.Bytes(1), "a delivery"));
    if (absl::AsciiStrToLower(body).find(name) != std::string::npos) numbers.push_back(rows.Int(0));
  }
  for (const int64_t number : numbers) {
    RETURN_IF_ERROR(db.Execute("UPDATE host_deliveries SET body_zstd = NULL WHERE number = ?", {number}).status());
  }
  return db.Execute("UPDATE host_changes SET author = ? WHERE lower(author) = ?", {pseudonym, name}).status();
}

// Their grants, appeals and wish to be shown go; what others did keeps a pseudonym.
absl::Status EraseGrowth(Database& db, const std::string& name, const std::string& pseudonym) {
  for (const std::string_view table : {"appeal_corrections", "appeal_effects"}) {
    RETURN_IF_ERROR(db.Execute(absl::StrCat("DELETE FROM ", std::string(table),
                                            " WHERE appeal IN (SELECT number FROM appeals WHERE person = ?)"),
                               {name})
                        .status());
  }
  RETURN_IF_ERROR(db.Execute("DELETE FROM appeals WHERE person = ?", {name}).status());
  RETURN_IF_ERROR(db.Execute("UPDATE appeals SET answered_by = ?2 WHERE answered_by = ?1", {name, pseudonym}).status());
  RETURN_IF_ERROR(db.Execute("UPDATE appeals SET source_id = replace(source_id, ?1, ?2) WHERE instr(source_id, ?1) > 0",
                             {name, pseudonym})
                      .status());
  RETURN_IF_ERROR(
      db.Execute("UPDATE appeal_corrections SET content = ?2 WHERE content = ?1", {name, pseudonym}).status());
  RETURN_IF_ERROR(db.Execute("DELETE FROM report_grants WHERE person = ?1 OR grantee = ?1", {name}).status());
  return db.Execute("DELETE FROM recognition_shown WHERE person = ?", {name}).status();
}

}  // namespace

absl::StatusOr<Erasure> SqliteStore::ErasePerson(const Handle& person, const Renaming& renaming, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesOf(db, person));
  const std::string pseudonym = absl::StrCat("forgotten-", RandomHex(8));
  Erasure erasure{.signals = 0, .identities = static_cast<int64_t>(names.size()), .pseudonym = Handle(pseudonym)};
  std::set<int64_t> reviews;
  int number = 0;
  for (const std::string& name : names) {
    // Names stay apart: that they were one person is theirs, too.
    const std::string own = ++number == 1 ? pseudonym : absl::StrCat("forgotten-", RandomHex(8));
    ASSIGN_OR_RETURN(const int64_t signals, EraseSignals(db, name, own));
    erasure.signals += signals;
    RETURN_IF_ERROR(RenameInReviews(db, name, own, renaming, reviews));
    RETURN_IF_ERROR(EraseDeliveries(db, name, own));
    RETURN_IF_ERROR(EraseGrowth(db, name, own));
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
  erasure.reviews = static_cast<int64_t>(reviews.size());
  RETURN_IF_ERROR(transaction.Commit());
  return erasure;
}

}  // namespace mergegate::storage
