#include "server/pipeline/experts.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/history_file.h"
#include "server/git/review_history.h"
#include "server/reviewers/join_changes.h"
#include "server/reviewers/weights.h"

namespace mergegate::pipeline {

absl::StatusOr<CommitId> TipOf(storage::Store& store, const ProjectId& project, const git::Mirror& mirror) {
  absl::StatusOr<CommitId> tip = mirror.DefaultBranch();
  if (!absl::IsNotFound(tip.status())) return tip;
  ASSIGN_OR_RETURN(const auto runs, store.ListRuns(project, "", 1, ""));
  if (runs.items.empty() || !mirror.HasCommit(runs.items[0].submission.base)) {
    return absl::NotFoundError("the mirror has no branch and no run; fetch it, or gate a change first");
  }
  return runs.items[0].submission.base;
}

Experts::Known& Experts::Of(const ProjectId& project) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<Known>& known = known_[project];
  if (known == nullptr) known = std::make_unique<Known>();
  return *known;
}

absl::Status Experts::Refresh(const ProjectId& project, Known& known) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, mirrors_.Open(project));
  const absl::StatusOr<CommitId> tip = TipOf(store_, project, *mirror);
  if (absl::IsNotFound(tip.status())) return absl::OkStatus();
  RETURN_IF_ERROR(tip.status());
  if (known.model != nullptr && known.tip == *tip) return absl::OkStatus();
  // The branch where there is one: the file belongs to it, wherever its tip is.
  const git::HistoryOptions options{.ref = mirror->DefaultBranch().ok() ? "" : tip->value(), .trailers = {}};
  git::CommitRecords read;
  if (known.model == nullptr && !folder_.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    git::HistoryFile file(absl::StrCat(folder_, "/", project.value()));
    ASSIGN_OR_RETURN(read, file.Update(mirror->path(), options));
  } else {
    ASSIGN_OR_RETURN(read, git::ReadReviewHistory(mirror->path(), options, known.tip));
  }
  if (read.whole || known.model == nullptr) {
    known.model = std::make_unique<reviewers::ReviewerModel>(reviewers::GeneralWeights());
  }
  known.model->Feed(reviewers::JoinChanges(std::move(read.records)));
  known.model->Refit();
  known.tip = *tip;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<reviewers::RankedPerson>> Experts::Rank(const ProjectId& project,
                                                                   const reviewers::RankQuery& query) {
  Known& known = Of(project);
  std::lock_guard lock(known.mutex);
  RETURN_IF_ERROR(Refresh(project, known));
  if (known.model == nullptr) return std::vector<reviewers::RankedPerson>();
  return reviewers::Rank(*known.model, query);
}

}  // namespace mergegate::pipeline
