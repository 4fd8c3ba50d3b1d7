#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {

absl::StatusOr<Availability> SqliteStore::GetAvailability(const Handle& person) {
  Availability availability{.person = person};
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  {
    ASSIGN_OR_RETURN(
        Statement query,
        db.Query("SELECT time_zone, from_minute, to_minute, days FROM people WHERE person = ?", {person.value()}));
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) return availability;
    availability.time_zone = query.Text(0);
    availability.from_minute = static_cast<int>(query.Int(1));
    availability.to_minute = static_cast<int>(query.Int(2));
    for (const char digit : query.Text(3)) availability.days.push_back(digit - '0');
  }
  ASSIGN_OR_RETURN(
      Statement absences,
      db.Query("SELECT begins, ends, reason FROM absences WHERE person = ? ORDER BY position", {person.value()}));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, absences.Step());
    if (!row) return availability;
    availability.absences.push_back({TimeOfRow(absences.Int(0)), TimeOfRow(absences.Int(1)), absences.Text(2)});
  }
}

absl::Status SqliteStore::SetAvailability(const Availability& availability) {
  std::string days;
  for (const int day : availability.days) absl::StrAppend(&days, std::clamp(day, 1, 7));
  const std::string& person = availability.person.value();
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(db.Execute("DELETE FROM absences WHERE person = ?", {person}).status());
  RETURN_IF_ERROR(db.Execute("INSERT INTO people VALUES (?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET"
                             " time_zone = excluded.time_zone, from_minute = excluded.from_minute,"
                             " to_minute = excluded.to_minute, days = excluded.days",
                             {person, availability.time_zone, int64_t{availability.from_minute},
                              int64_t{availability.to_minute}, days})
                      .status());
  int64_t position = 0;
  for (const Absence& absence : availability.absences) {
    RETURN_IF_ERROR(db.Execute("INSERT INTO absences VALUES (?, ?, ?, ?, ?)",
                               {person, position++, ToRow(absence.from), ToRow(absence.until), absence.reason})
                        .status());
  }
  return transaction.Commit();
}

}  // namespace mergegate::storage
