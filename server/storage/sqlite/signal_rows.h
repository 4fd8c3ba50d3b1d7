// What a row of the table of signals says, and which rows count.
//
//   ASSIGN_OR_RETURN(const SignalDictionary dictionary, SignalDictionary::Read(db, /*join_identities=*/true));
//   ASSIGN_OR_RETURN(const SignalCorrections corrections, SignalCorrections::Read(db));
//   if (corrections.Counts(...)) visit(dictionary.SignalOf(row));   // a row of kSignalColumns
//
// Values of one transaction. Thread safety: that of the database.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_SIGNAL_ROWS_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_SIGNAL_ROWS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "server/base/status_macros.h"
#include "server/domain/signal.h"
#include "server/storage/signal_store.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/rows.h"

namespace mergegate::storage {

inline constexpr std::string_view kSignalColumns =
    "happened, number, kind, actor, subject, project, object, part, value, text, source, source_id, corrects, "
    "retracted";

// Texts by number.
class SignalTexts {
 public:
  static absl::StatusOr<SignalTexts> Read(Database& db, std::string_view sql) {
    SignalTexts texts;
    ASSIGN_OR_RETURN(Statement query, db.Query(sql));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) return texts;
      const auto number = static_cast<size_t>(query.Int(0));
      if (texts.texts_.size() <= number) texts.texts_.resize(number + 1);
      texts.texts_[number] = query.Text(1);
    }
  }

  const std::string& operator[](int64_t number) const {
    static const std::string kNone;
    const auto index = static_cast<size_t>(number);
    return index < texts_.size() ? texts_[index] : kNone;
  }

 private:
  std::vector<std::string> texts_;
};

// A row as it stands, with what its numbers mean looked up.
struct SignalDictionary {
  SignalTexts people, names;

  static absl::StatusOr<SignalDictionary> Read(Database& db, bool join_identities) {
    SignalDictionary dictionary;
    ASSIGN_OR_RETURN(
        dictionary.people,
        SignalTexts::Read(db, join_identities
                                  ? "SELECT number, coalesce(person, signal_people.handle) FROM signal_people"
                                    " LEFT JOIN identities ON identities.handle = signal_people.handle"
                                  : "SELECT number, handle FROM signal_people"));
    ASSIGN_OR_RETURN(dictionary.names, SignalTexts::Read(db, "SELECT number, name FROM signal_names"));
    return dictionary;
  }

  Signal SignalOf(const Statement& row) const {
    Signal signal{.kind = static_cast<SignalKind>(row.Int(2)),
                  .actor = Handle(people[row.Int(3)]),
                  .subject = Handle(people[row.Int(4)]),
                  .project = ProjectId(names[row.Int(5)]),
                  .object = row.Text(6),
                  .part = row.Text(7),
                  .value = row.IsNull(8) ? std::numeric_limits<double>::quiet_NaN() : row.Double(8),
                  .text = row.Text(9),
                  .at = TimeOfRow(row.Int(0)),
                  .source = names[row.Int(10)],
                  .source_id = row.Text(11),
                  .corrects = row.Text(12),
                  .retracted = row.Int(13) != 0};
    return signal;
  }
};

// Who corrects what: decides which signals count. Corrections are few.
class SignalCorrections {
 public:
  // Those that arrived up to number `until`; of all, or of the (source, id) that one statement's rows name.
  static absl::StatusOr<SignalCorrections> Read(Database& db) {
    SignalCorrections corrections;
    ASSIGN_OR_RETURN(Statement query, db.Query("SELECT source, corrects, retracted, happened, source_id, number"
                                               " FROM signals INDEXED BY signals_by_correction WHERE corrects <> ''"));
    RETURN_IF_ERROR(corrections.AddRows(query));
    return corrections;
  }

  absl::Status ReadFor(Database& db, int64_t source, std::string_view id) {
    ASSIGN_OR_RETURN(Statement query,
                     db.Query("SELECT source, corrects, retracted, happened, source_id, number FROM signals"
                              " WHERE source = ? AND corrects = ? AND corrects <> ''",
                              {source, id}));
    return AddRows(query);
  }

  // Of what had arrived up to number `until`.
  bool Counts(int64_t source, std::string_view id, std::string_view corrects, bool retracted, int64_t number,
              int64_t until = std::numeric_limits<int64_t>::max()) const {
    if (retracted) return false;
    if (by_source_.empty()) return true;
    if (Last(source, id, until) != nullptr) return false;
    if (corrects.empty()) return true;
    const Correction* last = Last(source, corrects, until);
    return last != nullptr && last->number == number;
  }

 private:
  struct Correction {
    bool retracted = false;
    int64_t happened = 0;
    std::string id;
    int64_t number = 0;
    auto Rank() const { return std::tie(retracted, happened, id); }
  };

  absl::Status AddRows(Statement& query) {
    while (true) {
      ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) return absl::OkStatus();
      by_source_[query.Int(0)][query.Text(1)].push_back({query.Int(2) != 0, query.Int(3), query.Text(4), query.Int(5)});
    }
  }

  const Correction* Last(int64_t source, std::string_view id, int64_t until) const {
    const auto of_source = by_source_.find(source);
    if (of_source == by_source_.end()) return nullptr;
    const auto found = of_source->second.find(absl::string_view(id.data(), id.size()));
    if (found == of_source->second.end()) return nullptr;
    const Correction* last = nullptr;
    for (const Correction& correction : found->second) {
      if (correction.number <= until && (last == nullptr || last->Rank() < correction.Rank())) last = &correction;
    }
    return last;
  }

  std::unordered_map<int64_t, absl::flat_hash_map<std::string, std::vector<Correction>>> by_source_;
};

// SqliteStore::AppendSignals within the caller's transaction. In sqlite_signals.cc.
absl::StatusOr<std::vector<SignalOutcome>> InsertSignals(Database& db, std::span<const Signal> signals,
                                                         const std::optional<Deed>& deed);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_SIGNAL_ROWS_H_
