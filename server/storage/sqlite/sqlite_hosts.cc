#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr std::string_view kProjectColumns =
    "SELECT project, host, repository, full_name, installation, default_branch, heard FROM host_projects ";
constexpr std::string_view kChangeColumns =
    "SELECT project, change_key, number, state, head, base, base_ref, head_ref, from_fork, author, title, updated,"
    " previous FROM host_changes ";

HostProject ReadProject(const Statement& row) {
  return {.project = ProjectId(row.Text(0)),
          .host = row.Text(1),
          .repository = row.Text(2),
          .full_name = row.Text(3),
          .installation = row.Text(4),
          .default_branch = row.Text(5)};
}

HostChange ReadChange(const Statement& row) {
  return {.project = ProjectId(row.Text(0)),
          .change = row.Text(1),
          .number = row.Int(2),
          .state = static_cast<HostChangeState>(row.Int(3)),
          .head = CommitId(row.Text(4)),
          .base = CommitId(row.Text(5)),
          .base_ref = row.Text(6),
          .head_ref = row.Text(7),
          .from_fork = row.Int(8) != 0,
          .author = row.Text(9),
          .title = row.Text(10),
          .updated = TimeOfRow(row.Int(11)),
          .previous = CommitId(row.Text(12))};
}

absl::StatusOr<HostProject> FindProject(Database& db, std::string_view where, Values values) {
  ASSIGN_OR_RETURN(Statement query, db.Query(absl::StrCat(std::string(kProjectColumns), std::string(where)), values));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError("no repository of a host is known under that name");
  return ReadProject(query);
}

absl::StatusOr<std::vector<HostChange>> ReadChanges(Database& db, std::string_view where, Values values) {
  ASSIGN_OR_RETURN(Statement query, db.Query(absl::StrCat(std::string(kChangeColumns), std::string(where)), values));
  std::vector<HostChange> changes;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return changes;
    changes.push_back(ReadChange(query));
  }
}

// The id that is free for a new project: as wanted, or with the repository's number.
absl::StatusOr<ProjectId> FreeId(Database& db, const HostProject& wanted) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT 1 FROM projects WHERE id = ?", {wanted.project.value()}));
  ASSIGN_OR_RETURN(const bool taken, query.Step());
  return taken ? ProjectId(absl::StrCat(wanted.project.value(), "-", wanted.repository)) : wanted.project;
}

}  // namespace

absl::StatusOr<HostProject> SqliteStore::SaveHostProject(const HostProject& project, std::string_view remote,
                                                         absl::Time heard, absl::Time now) {
  const auto [lock, db] = Writing();
  const auto find = [&db = db, &project] {
    return FindProject(db, "WHERE host = ? AND repository = ?", {project.host, project.repository});
  };
  HostProject told = project;
  const absl::StatusOr<HostProject> known = find();
  if (known.ok()) {
    told.project = known->project;
    if (told.installation.empty()) told.installation = known->installation;
    if (told.default_branch.empty()) told.default_branch = known->default_branch;
    if (told == *known) return told;  // nearly always, and then nothing is written
  } else if (!absl::IsNotFound(known.status())) {
    return known.status();
  }
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  if (!known.ok()) {
    ASSIGN_OR_RETURN(told.project, FreeId(db, project));
    RETURN_IF_ERROR(
        db.Execute("INSERT INTO projects VALUES (?, ?, ?)", {told.project.value(), remote, ToRow(now)}).status());
    RETURN_IF_ERROR(db.Execute("INSERT INTO host_projects VALUES (?, ?, ?, ?, ?, ?, ?)",
                               {told.project.value(), told.host, told.repository, told.full_name, told.installation,
                                told.default_branch, ToRow(heard)})
                        .status());
    RETURN_IF_ERROR(transaction.Commit());
    return told;
  }
  ASSIGN_OR_RETURN(
      const int64_t changed,
      db.Execute("UPDATE host_projects SET full_name = ?, installation = ?, default_branch = ?, heard = ?"
                 " WHERE project = ? AND heard <= ?4",
                 {told.full_name, told.installation, told.default_branch, ToRow(heard), told.project.value()}));
  if (changed == 1) {
    RETURN_IF_ERROR(db.Execute("UPDATE projects SET remote = ? WHERE id = ?", {remote, told.project.value()}).status());
  }
  RETURN_IF_ERROR(transaction.Commit());
  return changed == 1 ? told : *known;
}

absl::StatusOr<HostProject> SqliteStore::FindHostProject(const ProjectId& project) {
  const auto [lock, db] = Reading();
  return FindProject(db, "WHERE project = ?", {project.value()});
}

absl::StatusOr<HostProject> SqliteStore::FindHostProjectOf(std::string_view host, std::string_view repository) {
  const auto [lock, db] = Reading();
  return FindProject(db, "WHERE host = ? AND repository = ?", {host, repository});
}

absl::StatusOr<std::vector<HostProject>> SqliteStore::ListHostProjects() {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query(absl::StrCat(std::string(kProjectColumns), "ORDER BY project")));
  std::vector<HostProject> projects;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return projects;
    projects.push_back(ReadProject(query));
  }
}

absl::StatusOr<HostChange> SqliteStore::SaveHostChange(const HostChange& change) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(const std::vector<HostChange> known,
                   ReadChanges(db, "WHERE project = ? AND change_key = ?", {change.project.value(), change.change}));
  const HostChange kept = known.empty() ? change : Newer(known[0], change);
  if (!known.empty() && kept == known[0]) return kept;
  RETURN_IF_ERROR(
      db.Execute("INSERT OR REPLACE INTO host_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {kept.project.value(), kept.change, kept.number, static_cast<int64_t>(kept.state), kept.head.value(),
                  kept.base.value(), kept.base_ref, kept.head_ref, int64_t{kept.from_fork}, kept.author, kept.title,
                  ToRow(kept.updated), kept.previous.value()})
          .status());
  return kept;
}

absl::StatusOr<HostChange> SqliteStore::FindHostChange(const ProjectId& project, std::string_view change) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(std::vector<HostChange> found,
                   ReadChanges(db, "WHERE project = ? AND change_key = ?", {project.value(), change}));
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no change ", std::string(change), " of a host is known in project ", project.value()));
  }
  return std::move(found[0]);
}

absl::StatusOr<std::vector<HostChange>> SqliteStore::ListOpenHostChanges(const ProjectId& project) {
  const auto [lock, db] = Reading();
  return ReadChanges(db, "WHERE project = ? AND state IN (1, 2) ORDER BY change_key", {project.value()});
}

absl::StatusOr<std::vector<HostChange>> SqliteStore::FindHostChangesAt(const ProjectId& project, const CommitId& head) {
  const auto [lock, db] = Reading();
  return ReadChanges(db, "WHERE project = ? AND head = ? ORDER BY change_key", {project.value(), head.value()});
}

}  // namespace mergegate::storage
