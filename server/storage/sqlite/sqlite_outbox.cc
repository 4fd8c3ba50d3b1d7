#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kOpenListing = 'o';
constexpr char kDeadListing = 'd';

constexpr std::string_view kColumns =
    "number, kind, project, change_key, subject, body, idempotency_key, lane, due, state, attempt, failures, next_try, "
    "added, settled, note";

int64_t Number(IntentState state) { return static_cast<int>(state); }

Intent ReadIntent(const Statement& row) {
  Intent intent;
  intent.number = row.Int(0);
  intent.kind = static_cast<IntentKind>(row.Int(1));
  intent.project = ProjectId(row.Text(2));
  intent.change = row.Text(3);
  intent.subject = row.Text(4);
  intent.text = row.Text(5);
  intent.key = row.Text(6);
  intent.lane = row.Text(7);
  intent.due = TimeOfRow(row.Int(8));
  intent.state = static_cast<IntentState>(row.Int(9));
  intent.attempt = static_cast<int>(row.Int(10));
  intent.failures = static_cast<int>(row.Int(11));
  intent.next = TimeOfRow(row.Int(12));
  intent.added = TimeOfRow(row.Int(13));
  if (!row.IsNull(14)) intent.settled = TimeOfRow(row.Int(14));
  intent.note = row.Text(15);
  return intent;
}

absl::StatusOr<Intent> FindIntent(Database& db, int64_t number) {
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat("SELECT ", std::string(kColumns), " FROM outbox WHERE number = ?"), {number}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError(absl::StrCat("the outbox has no message ", number));
  return ReadIntent(query);
}

absl::StatusOr<bool> IsOfAHost(Database& db, const Submission& submission) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT 1 FROM host_changes WHERE project = ? AND change_key = ?",
                                             {submission.project.value(), submission.change}));
  return query.Step();
}

std::string InWords(IntentState state) {
  switch (state) {
    case IntentState::kWaiting:
      return "waits to be sent";
    case IntentState::kLeased:
      return "is being sent";
    case IntentState::kDead:
      return "is dead";
    default:
      return "was sent or skipped";
  }
}

}  // namespace

absl::StatusOr<bool> InsertIntent(Database& db, const NewIntent& intent, absl::Time now) {
  const std::string lane =
      intent.lane.empty() ? absl::StrCat("change:", intent.project.value(), ":", intent.change) : intent.lane;
  const absl::Time due = std::max(now, intent.due);
  ASSIGN_OR_RETURN(
      const int64_t added,
      db.Execute("INSERT INTO outbox (kind, project, change_key, subject, body, idempotency_key, lane, due, state,"
                 "  attempt, failures, next_try, added, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0, ?, ?, '')"
                 " ON CONFLICT (idempotency_key) DO NOTHING",
                 {int64_t{static_cast<int>(intent.kind)}, intent.project.value(), intent.change, intent.subject,
                  intent.text, intent.key, lane, ToRow(due), ToRow(due), ToRow(now)}));
  return added == 1;
}

absl::Status AddIntentsOfSubmission(Database& db, const Run& run, absl::Duration pending_at_most, absl::Time now) {
  ASSIGN_OR_RETURN(const bool of_a_host, IsOfAHost(db, run.submission));
  if (!of_a_host) return absl::OkStatus();
  NewIntent intent{.kind = IntentKind::kPending, .project = run.submission.project, .change = run.submission.change};
  intent.subject = run.id.value();
  intent.key = absl::StrCat("pending:", run.id.value());
  RETURN_IF_ERROR(InsertIntent(db, intent, now).status());
  intent.kind = IntentKind::kOverdue;
  intent.key = absl::StrCat("overdue:", run.id.value());
  intent.due = now + pending_at_most;
  return InsertIntent(db, intent, now).status();
}

absl::Status AddIntentsOfVerdict(Database& db, const Run& run, absl::Time now) {
  ASSIGN_OR_RETURN(const bool of_a_host, IsOfAHost(db, run.submission));
  if (!of_a_host) return absl::OkStatus();
  RETURN_IF_ERROR(
      db.Execute("UPDATE outbox SET state = 4, settled = ?, note = 'the run is done' WHERE state = 1"
                 " AND idempotency_key IN (?, ?)",
                 {ToRow(now), absl::StrCat("pending:", run.id.value()), absl::StrCat("overdue:", run.id.value())})
          .status());
  static constexpr std::pair<IntentKind, const char*> kKinds[] = {{IntentKind::kVerdict, "verdict:"},
                                                                  {IntentKind::kReview, "review:"},
                                                                  {IntentKind::kReviewers, "reviewers:"},
                                                                  {IntentKind::kChat, "chat:"}};
  for (const auto& [kind, prefix] : kKinds) {
    NewIntent intent{.kind = kind, .project = run.submission.project, .change = run.submission.change};
    intent.subject = run.id.value();
    intent.key = absl::StrCat(prefix, run.id.value());
    RETURN_IF_ERROR(InsertIntent(db, intent, now).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SqliteStore::AddIntent(const NewIntent& intent, absl::Time now) {
  const auto [lock, db] = Writing();
  return InsertIntent(db, intent, now);
}

absl::StatusOr<std::optional<Intent>> SqliteStore::LeaseIntent(absl::Time now, absl::Duration ttl) {
  // Nothing before it in its lane is on its way or to be tried again, and nothing at all of the lane is on its way.
  static constexpr std::string_view kNext =
      "SELECT number FROM outbox AS mine WHERE state < 3 AND next_try <= ?1 AND NOT EXISTS ("
      "  SELECT 1 FROM outbox AS other WHERE other.lane = mine.lane AND other.state < 3 AND"
      "   (other.number < mine.number AND (other.attempt > 0 OR other.next_try <= ?1)"
      "    OR other.number > mine.number AND other.state = 2 AND other.next_try > ?1))"
      " ORDER BY next_try, number LIMIT 1";
  const auto [lock, db] = Writing();
  const auto next = [&db = db, now]() -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(Statement query, db.Query(kNext, {ToRow(now)}));
    ASSIGN_OR_RETURN(const bool found, query.Step());
    return found ? query.Int(0) : 0;
  };
  ASSIGN_OR_RETURN(int64_t number, next());
  if (number == 0) return std::nullopt;  // a poll that finds nothing takes no write lock
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(number, next());
  if (number == 0) return std::nullopt;
  RETURN_IF_ERROR(db.Execute("UPDATE outbox SET state = 2, attempt = attempt + 1, next_try = ? WHERE number = ?",
                             {ToRow(now + ttl), number})
                      .status());
  ASSIGN_OR_RETURN(Intent leased, FindIntent(db, number));
  RETURN_IF_ERROR(transaction.Commit());
  return leased;
}

absl::Status SqliteStore::SettleIntent(int64_t number, int attempt, const Settlement& settlement, absl::Time now) {
  const auto [lock, db] = Writing();
  const bool again = settlement.state == IntentState::kWaiting;
  ASSIGN_OR_RETURN(
      const int64_t changed,
      db.Execute("UPDATE outbox SET state = ?, next_try = ?, failures = failures + ?, note = ?, settled = ?"
                 " WHERE number = ? AND attempt = ? AND state = 2",
                 {Number(settlement.state), ToRow(again ? settlement.next : now), int64_t{settlement.failed},
                  settlement.note, again ? Value(nullptr) : Value(ToRow(now)), number, int64_t{attempt}}));
  if (changed == 1) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Intent found, FindIntent(db, number));
  return absl::AbortedError(absl::StrCat("message ", number, " of the outbox is no longer held by attempt ", attempt,
                                         ": it ", InWords(found.state), ", attempt ", found.attempt));
}

absl::Status SqliteStore::ReleaseIntents(absl::Time now) {
  const auto [lock, db] = Writing();
  return db.Execute("UPDATE outbox SET state = 1, next_try = ? WHERE state = 2", {ToRow(now)}).status();
}

absl::StatusOr<Page<Intent>> SqliteStore::ListIntents(bool dead, int page_size, std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  const char kind = dead ? kDeadListing : kOpenListing;
  int64_t after = 0;
  if (!token.empty()) {
    ASSIGN_OR_RETURN(const std::string key, PageKey(kind, token));
    if (!absl::SimpleAtoi(key, &after)) return PageKey(kind, "").status();
  }
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query(absl::StrCat("SELECT ", std::string(kColumns), " FROM outbox WHERE ",
                                         dead ? "state = 5" : "state < 3", " AND number > ? ORDER BY number LIMIT ?"),
                            {after, int64_t{page_size} + 1}));
  Page<Intent> page;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      page.next_token = PageToken(kind, absl::StrCat(page.items.back().number));
      return page;
    }
    page.items.push_back(ReadIntent(query));
  }
}

absl::Status SqliteStore::ReviveIntent(int64_t number, absl::Time now) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const Intent found, FindIntent(db, number));
  if (found.state != IntentState::kDead) {
    return absl::FailedPreconditionError(
        absl::StrCat("message ", number, " ", InWords(found.state), "; only dead ones are sent again"));
  }
  RETURN_IF_ERROR(db.Execute("UPDATE outbox SET state = 1, failures = 0, next_try = ?, settled = NULL WHERE number = ?",
                             {ToRow(now), number})
                      .status());
  return transaction.Commit();
}

absl::Status SqliteStore::DropIntent(int64_t number) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const Intent found, FindIntent(db, number));
  if (found.state != IntentState::kDead && found.state != IntentState::kWaiting) {
    return absl::FailedPreconditionError(absl::StrCat("message ", number, " ", InWords(found.state)));
  }
  RETURN_IF_ERROR(db.Execute("DELETE FROM outbox WHERE number = ?", {number}).status());
  return transaction.Commit();
}

absl::StatusOr<std::map<IntentState, int64_t>> SqliteStore::CountIntents() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT state, count(*) FROM outbox GROUP BY state"));
  std::map<IntentState, int64_t> counts;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return counts;
    counts[static_cast<IntentState>(query.Int(0))] = query.Int(1);
  }
}

absl::Status SqliteStore::ForgetIntents(absl::Time before) {
  const auto [lock, db] = Writing();
  return db.Execute("DELETE FROM outbox WHERE state IN (3, 4) AND settled < ?", {ToRow(before)}).status();
}

absl::StatusOr<std::string> SqliteStore::GetSent(const ProjectId& project, std::string_view change,
                                                 std::string_view slot) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT body FROM sent WHERE project = ? AND change_key = ? AND slot = ?",
                                             {project.value(), change, slot}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  return found ? query.Text(0) : "";
}

absl::Status SqliteStore::SetSent(const ProjectId& project, std::string_view change, std::string_view slot,
                                  std::string_view text) {
  const auto [lock, db] = Writing();
  return db
      .Execute(
          "INSERT INTO sent VALUES (?, ?, ?, ?) ON CONFLICT (project, change_key, slot)"
          " DO UPDATE SET body = excluded.body",
          {project.value(), change, slot, text})
      .status();
}

}  // namespace mergegate::storage
