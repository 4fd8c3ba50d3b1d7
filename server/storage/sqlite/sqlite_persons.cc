#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

// The id of the person whom a handle names; nullopt for one of whom nothing was said.
absl::StatusOr<std::optional<std::string>> IdOf(Database& db, const Handle& handle) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT person FROM identities WHERE handle = ?", {handle.value()}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return query.Text(0);
}

absl::StatusOr<Person> ReadPerson(Database& db, const Handle& handle) {
  ASSIGN_OR_RETURN(const std::optional<std::string> id, IdOf(db, handle));
  if (!id) return Person{.id = handle, .name = "", .identities = {handle}, .bot = false};
  Person person{.id = Handle(*id)};
  ASSIGN_OR_RETURN(Statement row, db.Query("SELECT name, bot FROM persons WHERE id = ?", {*id}));
  ASSIGN_OR_RETURN(const bool found, row.Step());
  if (found) {
    person.name = row.Text(0);
    person.bot = row.Int(1) != 0;
  }
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT handle FROM identities WHERE person = ? ORDER BY handle", {*id}));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return person;
    person.identities.emplace_back(query.Text(0));
  }
}

// The id of a person with a row, which is made when there is none.
absl::StatusOr<std::string> EnsurePerson(Database& db, const Handle& handle) {
  ASSIGN_OR_RETURN(const std::optional<std::string> id, IdOf(db, handle));
  if (id) return *id;
  RETURN_IF_ERROR(db.Execute("INSERT INTO persons VALUES (?, '', 0)", {handle.value()}).status());
  RETURN_IF_ERROR(db.Execute("INSERT INTO identities VALUES (?, ?)", {handle.value(), handle.value()}).status());
  return handle.value();
}

absl::Status BumpEpoch(Database& db) { return db.Execute("UPDATE signal_clock SET epoch = epoch + 1").status(); }

}  // namespace

absl::StatusOr<Person> SqliteStore::ResolvePerson(const Handle& handle) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  return ReadPerson(db, handle);
}

absl::StatusOr<std::vector<Person>> SqliteStore::ListPersons() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT id, name, bot, handle FROM persons JOIN identities ON person = id"
                                             " ORDER BY id, handle"));
  std::vector<Person> persons;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return persons;
    if (persons.empty() || persons.back().id.value() != query.Bytes(0)) {
      persons.push_back({.id = Handle(query.Text(0)), .name = query.Text(1), .bot = query.Int(2) != 0});
    }
    persons.back().identities.emplace_back(query.Text(3));
  }
}

absl::StatusOr<Person> SqliteStore::LinkIdentity(const Handle& person, const Handle& identity, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::optional<std::string> there, IdOf(db, identity));
  ASSIGN_OR_RETURN(const std::optional<std::string> wanted, IdOf(db, person));
  const std::string id = wanted.value_or(person.value());
  if (identity.value() == id || there == id) return ReadPerson(db, person);
  if (there && *there != identity.value()) {
    return absl::FailedPreconditionError(absl::StrCat(identity.value(), " is a name of ", *there, "; unlink it first"));
  }
  if (there) {
    ASSIGN_OR_RETURN(const Person other, ReadPerson(db, identity));
    if (other.identities.size() > 1) {
      return absl::FailedPreconditionError(absl::StrCat(
          identity.value(), " is a person with ", other.identities.size() - 1, " other names; unlink those first"));
    }
    RETURN_IF_ERROR(db.Execute("DELETE FROM identities WHERE handle = ?", {identity.value()}).status());
    RETURN_IF_ERROR(db.Execute("DELETE FROM persons WHERE id = ?", {identity.value()}).status());
  }
  ASSIGN_OR_RETURN(const std::string made, EnsurePerson(db, person));
  RETURN_IF_ERROR(db.Execute("INSERT INTO identities VALUES (?, ?)", {identity.value(), made}).status());
  RETURN_IF_ERROR(
      AddAudit(db,
               {.at = deed.at, .actor = deed.by, .action = "person.linked", .subject = Handle(made), .other = identity})
          .status());
  RETURN_IF_ERROR(BumpEpoch(db));
  ASSIGN_OR_RETURN(Person joined, ReadPerson(db, person));
  RETURN_IF_ERROR(transaction.Commit());
  return joined;
}

absl::StatusOr<Person> SqliteStore::UnlinkIdentity(const Handle& identity, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::optional<std::string> id, IdOf(db, identity));
  if (!id) return absl::NotFoundError(absl::StrCat(identity.value(), " is linked with nobody"));
  if (*id == identity.value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(identity.value(), " is the person's own id; unlink their other names from it"));
  }
  RETURN_IF_ERROR(db.Execute("DELETE FROM identities WHERE handle = ?", {identity.value()}).status());
  RETURN_IF_ERROR(
      AddAudit(
          db, {.at = deed.at, .actor = deed.by, .action = "person.unlinked", .subject = Handle(*id), .other = identity})
          .status());
  RETURN_IF_ERROR(BumpEpoch(db));
  ASSIGN_OR_RETURN(Person left, ReadPerson(db, Handle(*id)));
  RETURN_IF_ERROR(transaction.Commit());
  return left;
}

absl::StatusOr<Person> SqliteStore::DescribePerson(const Handle& person, std::string_view name, bool bot,
                                                   const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::string id, EnsurePerson(db, person));
  RETURN_IF_ERROR(db.Execute("UPDATE persons SET name = ?, bot = ? WHERE id = ?", {name, int64_t{bot}, id}).status());
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "person.described",
                                .subject = Handle(id),
                                .detail = bot ? "bot" : "human"})
                      .status());
  RETURN_IF_ERROR(BumpEpoch(db));
  ASSIGN_OR_RETURN(Person described, ReadPerson(db, person));
  RETURN_IF_ERROR(transaction.Commit());
  return described;
}

absl::Status SqliteStore::SetTeam(const Team& team, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  std::map<std::string, int> members;  // 1: is there, 2: wanted, 3: both
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT member FROM team_members WHERE team = ?", {team.id.value()}));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) break;
    members[query.Text(0)] |= 1;
  }
  for (const Handle& member : team.members) members[member.value()] |= 2;
  for (const auto& [member, where] : members) {
    if (where == 3) continue;
    const bool joins = where == 2;
    RETURN_IF_ERROR(db.Execute(joins ? "INSERT INTO team_members VALUES (?, ?)"
                                     : "DELETE FROM team_members WHERE team = ? AND member = ?",
                               {team.id.value(), member})
                        .status());
    RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                  .actor = deed.by,
                                  .action = joins ? "team.joined" : "team.left",
                                  .subject = Handle(member),
                                  .object = team.id.value()})
                        .status());
  }
  RETURN_IF_ERROR(BumpEpoch(db));
  return transaction.Commit();
}

absl::StatusOr<std::vector<Team>> SqliteStore::ListTeams() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT DISTINCT team, coalesce(person, member) AS human FROM team_members"
                                             " LEFT JOIN identities ON handle = member ORDER BY team, human"));
  std::vector<Team> teams;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return teams;
    if (teams.empty() || teams.back().id.value() != query.Bytes(0)) teams.push_back({.id = TeamId(query.Text(0))});
    teams.back().members.emplace_back(query.Text(1));
  }
}

}  // namespace mergegate::storage
