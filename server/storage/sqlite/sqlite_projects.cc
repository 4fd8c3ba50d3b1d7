#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kListing = 'p';

Project ReadProject(const Statement& row) {
  return {.id = ProjectId(row.Text(0)), .remote = row.Text(1), .created = TimeOfRow(row.Int(2))};
}

absl::StatusOr<std::optional<Project>> FindProject(Database& db, const ProjectId& id) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT id, remote, created FROM projects WHERE id = ?", {id.value()}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return ReadProject(query);
}

}  // namespace

absl::StatusOr<Project> SqliteStore::CreateProject(const Project& project) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::optional<Project> existing, FindProject(db, project.id));
  if (existing && existing->remote == project.remote) return *existing;
  if (existing) {
    return absl::AlreadyExistsError(
        absl::StrCat("project ", project.id.value(), " exists with the remote \"", existing->remote, "\""));
  }
  const int64_t created = ToRow(project.created);
  RETURN_IF_ERROR(
      db.Execute("INSERT INTO projects VALUES (?, ?, ?)", {project.id.value(), project.remote, created}).status());
  RETURN_IF_ERROR(transaction.Commit());
  return Project{.id = project.id, .remote = project.remote, .created = TimeOfRow(created)};
}

absl::StatusOr<Project> SqliteStore::GetProject(const ProjectId& id) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const std::optional<Project> project, FindProject(db, id));
  if (!project) return absl::NotFoundError(absl::StrCat("there is no project ", id.value()));
  return *project;
}

absl::StatusOr<Page<Project>> SqliteStore::ListProjects(int page_size, std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  std::string after;  // before every id
  if (!token.empty()) {
    ASSIGN_OR_RETURN(after, PageKey(kListing, token));
  }
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT id, remote, created FROM projects WHERE id > ? ORDER BY id LIMIT ?",
                            {after, int64_t{page_size} + 1}));
  Page<Project> page;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      page.next_token = PageToken(kListing, page.items.back().id.value());
      return page;
    }
    page.items.push_back(ReadProject(query));
  }
}

}  // namespace mergegate::storage
