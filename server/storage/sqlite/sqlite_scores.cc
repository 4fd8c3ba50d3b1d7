#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

absl::StatusOr<std::vector<WeightVersion>> ReadWeights(Database& db, const ProjectId& project) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT number, created, e, q, t, k, c, weak, reason, waiting, approved_by"
                                             " FROM weight_versions WHERE project = ? ORDER BY number",
                                             {project.value()}));
  std::vector<WeightVersion> versions;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return versions;
    WeightVersion& version = versions.emplace_back();
    version.number = static_cast<int>(query.Int(0));
    version.at = TimeOfRow(query.Int(1));
    for (int i = 0; i < 5; ++i) {
      version.weights[static_cast<size_t>(i)] = static_cast<int>(query.Int(2 + i));
      version.weak[static_cast<size_t>(i)] = (query.Int(7) >> i & 1) != 0;
    }
    version.reason = query.Text(8);
    version.waiting = query.Int(9) != 0;
    version.approved_by = Handle(query.Text(10));
  }
}

}  // namespace

absl::StatusOr<std::vector<ChangeQuality>> SqliteStore::ListQualities(int64_t after, int limit) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT q.number, r.project, r.change_key, r.finished, q.quality FROM change_qualities q"
                            " JOIN runs r ON r.number = q.run WHERE q.number > ? ORDER BY q.number LIMIT ?",
                            {after, int64_t{limit}}));
  std::vector<ChangeQuality> qualities;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return qualities;
    qualities.push_back({.number = query.Int(0),
                         .project = ProjectId(query.Text(1)),
                         .change = query.Text(2),
                         .decided = TimeOfRow(query.Int(3)),
                         .quality = static_cast<int>(query.Int(4))});
  }
}

absl::StatusOr<std::vector<WeightVersion>> SqliteStore::ListWeights(const ProjectId& project) {
  const auto [lock, db] = Reading();
  return ReadWeights(db, project);
}

absl::Status SqliteStore::AddWeights(const ProjectId& project, const WeightVersion& version) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const std::vector<WeightVersion> known, ReadWeights(db, project));
  if (version.number != static_cast<int>(known.size()) + 1) {
    return absl::AbortedError(absl::StrCat("version ", version.number, " of the weights is not the next one"));
  }
  int64_t weak = 0;
  for (size_t i = 0; i < version.weak.size(); ++i) weak |= int64_t{version.weak[i]} << i;
  const MetricWeights& weights = version.weights;
  RETURN_IF_ERROR(db.Execute("INSERT INTO weight_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             {project.value(), int64_t{version.number}, ToRow(version.at), int64_t{weights[0]},
                              int64_t{weights[1]}, int64_t{weights[2]}, int64_t{weights[3]}, int64_t{weights[4]}, weak,
                              version.reason, int64_t{version.waiting}, version.approved_by.value()})
                      .status());
  return transaction.Commit();
}

absl::StatusOr<WeightVersion> SqliteStore::ApproveWeights(const ProjectId& project, int number, const Handle& by) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(std::vector<WeightVersion> known, ReadWeights(db, project));
  if (number < 1 || number > static_cast<int>(known.size())) {
    return absl::NotFoundError(
        absl::StrCat("project ", project.value(), " has no version ", number, " of its weights"));
  }
  WeightVersion& version = known.back();
  if (version.number != number || !version.waiting) {
    return absl::FailedPreconditionError(
        absl::StrCat("version ", number, " of the weights ",
                     version.number != number ? "is not the newest" : "does not wait for approval"));
  }
  version.waiting = false;
  version.approved_by = by;
  RETURN_IF_ERROR(db.Execute("UPDATE weight_versions SET waiting = 0, approved_by = ? WHERE project = ? AND number = ?",
                             {by.value(), project.value(), int64_t{number}})
                      .status());
  RETURN_IF_ERROR(transaction.Commit());
  return version;
}

}  // namespace mergegate::storage
