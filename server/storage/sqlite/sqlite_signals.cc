#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/signal_rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kListing = 's';

// A signal's place in a table of texts; made when it is not there. Knows what it has seen.
class Numbers {
 public:
  Numbers(Database& db, std::string_view table, std::string_view column) : db_(db), table_(table), column_(column) {}

  absl::StatusOr<int64_t> Of(const std::string& text) {
    if (text.empty()) return 0;
    if (const auto it = known_.find(text); it != known_.end()) return it->second;
    ASSIGN_OR_RETURN(Statement query, db_.Query(absl::StrCat("INSERT INTO ", table_, " (", column_,
                                                             ") VALUES (?1) ON CONFLICT DO UPDATE SET ", column_,
                                                             " = ?1 RETURNING number"),
                                                {text}));
    ASSIGN_OR_RETURN(const bool row, query.Step());
    const int64_t number = row ? query.Int(0) : 0;
    ASSIGN_OR_RETURN(const bool more, query.Step());
    static_cast<void>(more);
    return known_[text] = number;
  }

 private:
  Database& db_;
  const std::string table_, column_;
  absl::flat_hash_map<std::string, int64_t> known_;
};

// The clauses of a query, with the numbers of what it names written in. Nothing else of it is text.
absl::StatusOr<std::string> Where(Database& db, const SignalQuery& query) {
  const auto number_of = [&](std::string_view table, std::string_view column,
                             const std::string& text) -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(Statement found, db.Query(absl::StrCat("SELECT number FROM ", std::string(table), " WHERE ",
                                                            std::string(column), " = ?"),
                                               {text}));
    ASSIGN_OR_RETURN(const bool row, found.Step());
    return row ? found.Int(0) : -1;
  };
  std::string where = " WHERE 1";
  if (query.since != absl::InfinitePast()) absl::StrAppend(&where, " AND happened >= ", ToRow(query.since));
  if (query.until != absl::InfiniteFuture()) absl::StrAppend(&where, " AND happened < ", ToRow(query.until));
  if (!query.persons.empty()) {
    std::string numbers = "-1";
    for (const Handle& person : query.persons) {
      ASSIGN_OR_RETURN(Statement found,
                       db.Query("SELECT number FROM signal_people WHERE handle = ?1 OR handle IN (SELECT handle FROM"
                                " identities WHERE person = coalesce((SELECT person FROM identities WHERE handle ="
                                " ?1), ?1))",
                                {person.value()}));
      while (true) {
        ASSIGN_OR_RETURN(const bool row, found.Step());
        if (!row) break;
        absl::StrAppend(&numbers, ", ", found.Int(0));
      }
    }
    const std::string theirs =
        absl::StrCat("(actor IN (", numbers, ") OR (subject <> 0 AND subject IN (", numbers, ")))");
    if (query.whole_objects) {
      absl::StrAppend(&where, " AND (project, object) IN (SELECT project, object FROM signals", std::string(where),
                      " AND ", theirs, ")");
    } else {
      absl::StrAppend(&where, " AND ", theirs);
    }
  }
  if (!query.project.empty()) {
    ASSIGN_OR_RETURN(const int64_t number, number_of("signal_names", "name", query.project.value()));
    absl::StrAppend(&where, " AND project = ", number);
  }
  if (!query.projects.empty()) {
    std::string numbers = "0";
    for (const ProjectId& project : query.projects) {
      ASSIGN_OR_RETURN(const int64_t number, number_of("signal_names", "name", project.value()));
      absl::StrAppend(&numbers, ", ", number);
    }
    absl::StrAppend(&where, " AND project IN (", numbers, ")");
  }
  if (!query.kinds.empty()) {
    std::string kinds = "-1";
    for (const SignalKind kind : query.kinds) absl::StrAppend(&kinds, ", ", static_cast<int>(kind));
    absl::StrAppend(&where, " AND kind IN (", kinds, ")");
  }
  if (!query.object.empty()) absl::StrAppend(&where, " AND object = ?1");
  return where;
}

absl::StatusOr<Statement> Select(Database& db, const std::string& where, std::string_view object) {
  const std::string sql = absl::StrCat("SELECT ", std::string(kSignalColumns), " FROM signals", where);
  return object.empty() ? db.Query(sql) : db.Query(sql, {object});
}

// Visits in the order of (at, source, source_id): rows come by time, those of one moment are put in order here.
class InOrder {
 public:
  explicit InOrder(const std::function<void(Signal)>& visit) : visit_(visit) {}
  ~InOrder() { Flush(); }

  void Add(Signal signal) {
    if (!moment_.empty() && moment_.front().at != signal.at) Flush();
    moment_.push_back(std::move(signal));
  }

 private:
  void Flush() {
    if (moment_.size() > 1) {
      std::ranges::sort(moment_, {}, [](const Signal& signal) { return std::tie(signal.source, signal.source_id); });
    }
    for (Signal& signal : moment_) visit_(std::move(signal));
    moment_.clear();
  }

  const std::function<void(Signal)>& visit_;
  std::vector<Signal> moment_;
};

absl::StatusOr<SignalCursor> ReadCursor(Database& db) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT number, epoch FROM signal_clock"));
  ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return absl::DataLossError(absl::StrCat("database ", db.path(), ": the count of signals is gone"));
  return SignalCursor{query.Int(0), query.Int(1)};
}

// Whether the row says the same, but for what stands in it by number.
bool SameTexts(const Statement& row, const Signal& signal) {
  const bool same_value = std::isnan(signal.value) ? row.IsNull(8) : !row.IsNull(8) && row.Double(8) == signal.value;
  return same_value && row.Int(0) == ToRow(signal.at) && row.Int(2) == static_cast<int>(signal.kind) &&
         row.Bytes(6) == signal.object && row.Bytes(7) == signal.part && row.Bytes(9) == signal.text &&
         row.Bytes(12) == signal.corrects && (row.Int(13) != 0) == signal.retracted;
}

absl::Status AddCorrectionToAudit(Database& db, const Signal& signal, const Deed& deed) {
  return AddAudit(db, {.at = deed.at,
                       .actor = deed.by,
                       .action = signal.retracted ? "signal.retracted" : "signal.corrected",
                       .subject = signal.actor,
                       .other = signal.subject,
                       .object = signal.source,
                       .detail = Sha256Hex(signal.corrects)})
      .status();
}

}  // namespace

absl::StatusOr<std::vector<SignalOutcome>> InsertSignals(Database& db, std::span<const Signal> signals,
                                                         const std::optional<Deed>& deed) {
  std::vector<SignalOutcome> outcomes;
  outcomes.reserve(signals.size());
  ASSIGN_OR_RETURN(const SignalCursor before, ReadCursor(db));
  int64_t number = before.number;
  Numbers people(db, "signal_people", "handle"), names(db, "signal_names", "name");
  {
    ASSIGN_OR_RETURN(Statement insert, db.Query("INSERT INTO signals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                                " ON CONFLICT (source, source_id) DO NOTHING RETURNING 1"));
    ASSIGN_OR_RETURN(Statement stored, db.Query(absl::StrCat("SELECT ", std::string(kSignalColumns),
                                                             " FROM signals WHERE source = ? AND source_id = ?")));
    for (const Signal& signal : signals) {
      ASSIGN_OR_RETURN(const int64_t actor, people.Of(signal.actor.value()));
      ASSIGN_OR_RETURN(const int64_t subject, people.Of(signal.subject.value()));
      ASSIGN_OR_RETURN(const int64_t project, names.Of(signal.project.value()));
      ASSIGN_OR_RETURN(const int64_t source, names.Of(signal.source));
      const Value value = std::isnan(signal.value) ? Value(nullptr) : Value(signal.value);
      RETURN_IF_ERROR(insert.Rebind({ToRow(signal.at), number + 1, int64_t{static_cast<int>(signal.kind)}, actor,
                                     subject, project, signal.object, signal.part, value, signal.text, source,
                                     signal.source_id, signal.corrects, int64_t{signal.retracted}}));
      ASSIGN_OR_RETURN(const bool inserted, insert.Step());
      if (inserted) {
        ++number;
        outcomes.push_back(SignalOutcome::kNew);
        ASSIGN_OR_RETURN(const bool more, insert.Step());
        static_cast<void>(more);
        if (deed && !signal.corrects.empty()) RETURN_IF_ERROR(AddCorrectionToAudit(db, signal, *deed));
        continue;
      }
      RETURN_IF_ERROR(stored.Rebind({source, signal.source_id}));
      ASSIGN_OR_RETURN(const bool found, stored.Step());
      const bool same = found && stored.Int(3) == actor && stored.Int(4) == subject && stored.Int(5) == project &&
                        SameTexts(stored, signal);
      outcomes.push_back(same ? SignalOutcome::kKnown : SignalOutcome::kDiffers);
    }
  }
  RETURN_IF_ERROR(db.Execute("UPDATE signal_clock SET number = ?", {number}).status());
  return outcomes;
}

absl::StatusOr<std::vector<SignalOutcome>> SqliteStore::AppendSignals(std::span<const Signal> signals,
                                                                      const std::optional<Deed>& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(std::vector<SignalOutcome> outcomes, InsertSignals(db, signals, deed));
  RETURN_IF_ERROR(transaction.Commit());
  return outcomes;
}

absl::Status SqliteStore::ScanSignals(const SignalQuery& query, const std::function<void(Signal)>& visit) {
  const auto [lock, db] = Scanning();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(const SignalDictionary dictionary, SignalDictionary::Read(db, /*join_identities=*/true));
  ASSIGN_OR_RETURN(const SignalCorrections corrections, SignalCorrections::Read(db));
  ASSIGN_OR_RETURN(const std::string where, Where(db, query));
  ASSIGN_OR_RETURN(Statement rows, Select(db, absl::StrCat(where, " ORDER BY happened, number"), query.object));
  InOrder in_order(visit);
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return absl::OkStatus();
    if (!corrections.Counts(rows.Int(10), rows.Bytes(11), rows.Bytes(12), rows.Int(13) != 0, rows.Int(1))) continue;
    in_order.Add(dictionary.SignalOf(rows));
  }
}

absl::StatusOr<Page<Signal>> SqliteStore::ListSignals(const SignalQuery& query, int page_size, std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  int64_t happened = std::numeric_limits<int64_t>::max(), number = happened;  // before all
  if (!token.empty()) {
    ASSIGN_OR_RETURN(const std::string key, PageKey(kListing, token));
    const std::pair<std::string, std::string> parts = absl::StrSplit(key, absl::MaxSplits(' ', 1));
    if (!absl::SimpleAtoi(parts.first, &happened) || !absl::SimpleAtoi(parts.second, &number)) {
      return PageKey(kListing, "").status();
    }
  }
  const auto [lock, db] = Scanning();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(const SignalDictionary dictionary, SignalDictionary::Read(db, /*join_identities=*/false));
  ASSIGN_OR_RETURN(const SignalCorrections corrections, SignalCorrections::Read(db));
  ASSIGN_OR_RETURN(const std::string where, Where(db, query));
  ASSIGN_OR_RETURN(Statement rows, Select(db,
                                          absl::StrCat(where, " AND (happened, number) < (", happened, ", ", number,
                                                       ") ORDER BY happened DESC, number DESC"),
                                          query.object));
  Page<Signal> page;
  int64_t last = 0;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return page;
    if (!corrections.Counts(rows.Int(10), rows.Bytes(11), rows.Bytes(12), rows.Int(13) != 0, rows.Int(1))) continue;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      page.next_token = PageToken(kListing, absl::StrCat(ToRow(page.items.back().at), " ", last));
      return page;
    }
    last = rows.Int(1);
    page.items.push_back(dictionary.SignalOf(rows));
  }
}

absl::StatusOr<std::set<Handle>> SqliteStore::PeopleIn(std::span<const ProjectId> projects) {
  std::set<Handle> people;
  const auto [lock, db] = Scanning();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  for (const ProjectId& project : projects) {
    ASSIGN_OR_RETURN(Statement query,
                     db.Query("WITH named AS (SELECT actor, subject FROM signals WHERE project ="
                              " (SELECT number FROM signal_names WHERE name = ?))"
                              " SELECT coalesce(person, signal_people.handle) FROM signal_people"
                              " LEFT JOIN identities ON identities.handle = signal_people.handle"
                              " WHERE number IN (SELECT actor FROM named UNION SELECT subject FROM named)",
                              {project.value()}));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      people.insert(Handle(query.Text(0)));
    }
  }
  return people;
}

absl::StatusOr<SignalCursor> SqliteStore::CurrentSignals() {
  const auto [lock, db] = Reading();
  return ReadCursor(db);
}

absl::StatusOr<SignalChanges> SqliteStore::SignalsSince(const SignalCursor& cursor) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  SignalChanges changes;
  ASSIGN_OR_RETURN(changes.next, ReadCursor(db));
  changes.everything = changes.next.epoch != cursor.epoch || cursor.number > changes.next.number;
  if (changes.everything || changes.next.number == cursor.number) return changes;
  ASSIGN_OR_RETURN(const SignalDictionary dictionary, SignalDictionary::Read(db, /*join_identities=*/true));

  // What can have changed: what came, and what that corrects, with the other corrections of the same.
  std::set<std::pair<int64_t, std::string>> touched;
  std::set<int64_t> rows_touched;
  {
    ASSIGN_OR_RETURN(Statement came,
                     db.Query("SELECT number, source, source_id, corrects FROM signals INDEXED BY signals_by_number"
                              " WHERE number > ? ORDER BY number",
                              {cursor.number}));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, came.Step());
      if (!row) break;
      rows_touched.insert(came.Int(0));
      touched.emplace(came.Int(1), came.Text(2));
      if (came.Bytes(3).empty()) continue;
      touched.emplace(came.Int(1), came.Text(3));
    }
  }
  SignalCorrections corrections;
  for (const auto& [source, id] : touched) {
    RETURN_IF_ERROR(corrections.ReadFor(db, source, id));
    ASSIGN_OR_RETURN(Statement siblings,
                     db.Query("SELECT number FROM signals WHERE source = ?1 AND corrects = ?2 AND corrects <> ''"
                              " UNION SELECT number FROM signals WHERE source = ?1 AND source_id = ?2",
                              {source, id}));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, siblings.Step());
      if (!row) break;
      rows_touched.insert(siblings.Int(0));
    }
  }
  // Corrections of the corrections decide over those.
  ASSIGN_OR_RETURN(Statement one, db.Query(absl::StrCat("SELECT ", std::string(kSignalColumns),
                                                        " FROM signals INDEXED BY signals_by_number WHERE number = ?"),
                                           {int64_t{0}}));
  for (const int64_t number : rows_touched) {
    RETURN_IF_ERROR(one.Rebind({number}));
    ASSIGN_OR_RETURN(const bool row, one.Step());
    if (!row) continue;
    const int64_t source = one.Int(10);
    const std::string id = one.Text(11), corrects = one.Text(12);
    if (touched.emplace(source, id).second) RETURN_IF_ERROR(corrections.ReadFor(db, source, id));
    if (!corrects.empty() && touched.emplace(source, corrects).second) {
      RETURN_IF_ERROR(corrections.ReadFor(db, source, corrects));
    }
    const bool retracted = one.Int(13) != 0;
    const bool counted =
        number <= cursor.number && corrections.Counts(source, id, corrects, retracted, number, cursor.number);
    const bool counts = corrections.Counts(source, id, corrects, retracted, number);
    if (counts && !counted) changes.added.push_back(dictionary.SignalOf(one));
    if (counted && !counts) changes.removed.push_back(dictionary.SignalOf(one));
  }
  return changes;
}

}  // namespace mergegate::storage
