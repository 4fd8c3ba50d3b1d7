#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/signal_rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr std::string_view kColumns =
    "number, person, source, source_id, reason, retract, created, state, answered_by, answer, answered";

// Without corrections and effects.
Appeal ReadRow(const Statement& row) {
  return {.number = row.Int(0),
          .person = Handle(row.Text(1)),
          .source = row.Text(2),
          .source_id = row.Text(3),
          .reason = row.Text(4),
          .retract = row.Int(5) != 0,
          .created = TimeOfRow(row.Int(6)),
          .state = static_cast<AppealState>(row.Int(7)),
          .answered_by = Handle(row.Text(8)),
          .answer = row.Text(9),
          .answered = row.Int(10) == 0 ? absl::Time() : TimeOfRow(row.Int(10))};
}

absl::Status ReadParts(Database& db, Appeal& appeal) {
  ASSIGN_OR_RETURN(Statement corrections,
                   db.Query("SELECT field, content FROM appeal_corrections WHERE appeal = ?", {appeal.number}));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, corrections.Step());
    if (!row) break;
    appeal.corrections[corrections.Text(0)] = corrections.Text(1);
  }
  ASSIGN_OR_RETURN(Statement effects,
                   db.Query("SELECT scope, name, before, after FROM appeal_effects WHERE appeal = ? ORDER BY place",
                            {appeal.number}));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, effects.Step());
    if (!row) return absl::OkStatus();
    appeal.effects.push_back({effects.Text(0), effects.Text(1), effects.Text(2), effects.Text(3)});
  }
}

absl::StatusOr<Appeal> Read(Database& db, int64_t number) {
  ASSIGN_OR_RETURN(
      Statement query,
      db.Query(absl::StrCat("SELECT ", std::string(kColumns), " FROM appeals WHERE number = ?"), {number}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no appeal ", number));
  Appeal appeal = ReadRow(query);
  RETURN_IF_ERROR(ReadParts(db, appeal));
  return appeal;
}

absl::Status InsertEffects(Database& db, int64_t number, std::span<const AppealEffect> effects) {
  int64_t place = 0;
  for (const AppealEffect& effect : effects) {
    RETURN_IF_ERROR(db.Execute("INSERT INTO appeal_effects VALUES (?, ?, ?, ?, ?, ?)",
                               {number, place++, effect.scope, effect.name, effect.before, effect.after})
                        .status());
  }
  return absl::OkStatus();
}

// Ids may hold names; the log keeps a digest of them.
std::string SignalMark(const Appeal& appeal) {
  return absl::StrCat("signal ", Sha256Hex(absl::StrCat(appeal.source, "\n", appeal.source_id)).substr(0, 16));
}

}  // namespace

absl::StatusOr<Appeal> SqliteStore::AddAppeal(const Appeal& appeal, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  const absl::Status added =
      db.Execute(
            "INSERT INTO appeals (person, source, source_id, reason, retract, created, state, answered_by, answer,"
            " answered) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', 0)",
            {appeal.person.value(), appeal.source, appeal.source_id, appeal.reason, int64_t{appeal.retract},
             ToRow(appeal.created), static_cast<int64_t>(AppealState::kWaiting)})
          .status();
  if (absl::IsAlreadyExists(added)) {
    return absl::AlreadyExistsError("an appeal of yours against this signal waits already");
  }
  RETURN_IF_ERROR(added);
  ASSIGN_OR_RETURN(Statement last, db.Query("SELECT last_insert_rowid()"));
  RETURN_IF_ERROR(last.Step().status());
  const int64_t number = last.Int(0);
  for (const auto& [field, content] : appeal.corrections) {
    RETURN_IF_ERROR(db.Execute("INSERT INTO appeal_corrections VALUES (?, ?, ?)", {number, field, content}).status());
  }
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "appeal.filed",
                                .subject = appeal.person,
                                .object = absl::StrCat(number),
                                .detail = SignalMark(appeal)})
                      .status());
  RETURN_IF_ERROR(transaction.Commit());
  Appeal stored = appeal;
  stored.number = number;
  stored.state = AppealState::kWaiting;
  return stored;
}

absl::StatusOr<Appeal> SqliteStore::GetAppeal(int64_t number) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  return Read(db, number);
}

absl::StatusOr<std::vector<Appeal>> SqliteStore::ListAppeals(const Handle& person, bool waiting_only) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat("SELECT ", std::string(kColumns),
                                         " FROM appeals WHERE (?1 = '' OR person = ?1) AND (?2 = 0 OR state = 1)"
                                         " ORDER BY number"),
                            {person.value(), int64_t{waiting_only}}));
  std::vector<Appeal> appeals;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) break;
    appeals.push_back(ReadRow(query));
  }
  for (Appeal& appeal : appeals) RETURN_IF_ERROR(ReadParts(db, appeal));
  return appeals;
}

absl::Status SqliteStore::AnswerAppeal(const Appeal& appeal, const Deed& deed,
                                       const std::optional<Signal>& correction) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const Appeal before, Read(db, appeal.number));
  if (before.state != AppealState::kWaiting) {
    return absl::FailedPreconditionError(absl::StrCat("appeal ", appeal.number, " is answered already"));
  }
  RETURN_IF_ERROR(db.Execute("UPDATE appeals SET state = ?, answered_by = ?, answer = ?, answered = ? WHERE number = ?",
                             {static_cast<int64_t>(appeal.state), appeal.answered_by.value(), appeal.answer,
                              ToRow(appeal.answered), appeal.number})
                      .status());
  RETURN_IF_ERROR(InsertEffects(db, appeal.number, appeal.effects));
  if (correction) RETURN_IF_ERROR(InsertSignals(db, std::span(&*correction, 1), deed).status());
  RETURN_IF_ERROR(
      AddAudit(db, {.at = deed.at,
                    .actor = deed.by,
                    .action = appeal.state == AppealState::kAccepted ? "appeal.accepted" : "appeal.rejected",
                    .subject = before.person,
                    .object = absl::StrCat(appeal.number),
                    .detail = SignalMark(before)})
          .status());
  return transaction.Commit();
}

absl::Status SqliteStore::SetEffects(int64_t number, std::span<const AppealEffect> effects) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(db.Execute("DELETE FROM appeal_effects WHERE appeal = ?", {number}).status());
  RETURN_IF_ERROR(InsertEffects(db, number, effects));
  return transaction.Commit();
}

}  // namespace mergegate::storage
