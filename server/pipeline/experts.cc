#include "server/pipeline/experts.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/history_file.h"
#include "server/git/review_history.h"
#include "server/pipeline/given_reviews.h"
#include "server/reviewers/join_changes.h"
#include "server/reviewers/join_reviews.h"
#include "server/reviewers/weights.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kRebuildAfter = absl::Hours(24);

// The branch where there is one: the history belongs to it, wherever its tip is.
git::HistoryOptions OptionsOf(const git::Mirror& mirror, const CommitId& tip, std::stop_token stop) {
  return {.ref = mirror.DefaultBranch().ok() ? "" : tip.value(), .stop = std::move(stop)};
}

// Records of git with the reviews that were given here, ready to be learned.
absl::StatusOr<std::vector<ReviewRecord>> WithGivenReviews(storage::Store& store, const ProjectId& project,
                                                           std::vector<ReviewRecord> records) {
  if (records.empty()) return records;
  ASSIGN_OR_RETURN(const auto given, GivenReviews(store, project, records.front().landed - reviewers::kLandsWithin));
  reviewers::JoinReviews(given, records);
  return reviewers::JoinChanges(std::move(records));
}

}  // namespace

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

absl::Status Experts::Build(const ProjectId& project, const git::Mirror& mirror, const CommitId& tip,
                            Known& built) const {
  const git::HistoryOptions options = OptionsOf(mirror, tip, stop_.get_token());
  git::CommitRecords read;
  if (folder_.empty()) {
    ASSIGN_OR_RETURN(read, git::ReadReviewHistory(mirror.path(), options, std::nullopt));
  } else {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    git::HistoryFile file(absl::StrCat(folder_, "/", project.value()));
    ASSIGN_OR_RETURN(read, file.Update(mirror.path(), options));
  }
  ASSIGN_OR_RETURN(const auto records, WithGivenReviews(store_, project, std::move(read.records)));
  built.model = std::make_unique<reviewers::ReviewerModel>(reviewers::GeneralWeights());
  built.model->Feed(records);
  built.model->Refit();
  built.tip = read.tip;
  built.built = clock_.Now();
  return absl::OkStatus();
}

absl::Status Experts::Refresh(const ProjectId& project, Known& known) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, mirrors_.Open(project));
  const absl::StatusOr<CommitId> tip = TipOf(store_, project, *mirror);
  if (absl::IsNotFound(tip.status())) return absl::OkStatus();
  RETURN_IF_ERROR(tip.status());
  if (known.model == nullptr) return Build(project, *mirror, *tip, known);
  if (known.tip == *tip) return absl::OkStatus();
  ASSIGN_OR_RETURN(git::CommitRecords read,
                   git::ReadReviewHistory(mirror->path(), OptionsOf(*mirror, *tip, stop_.get_token()), known.tip));
  if (read.whole) return Build(project, *mirror, *tip, known);  // another history
  ASSIGN_OR_RETURN(const auto records, WithGivenReviews(store_, project, std::move(read.records)));
  known.model->Feed(records);
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

void Experts::ReadAhead(const ProjectId& project) {
  std::lock_guard lock(mutex_);
  ahead_.insert(project);
  wake_.notify_one();
}

void Experts::ReadAsked() {
  std::set<ProjectId> ahead;
  {
    std::lock_guard lock(mutex_);
    ahead.swap(ahead_);
  }
  for (const ProjectId& project : ahead) {
    Known& known = Of(project);
    std::lock_guard lock(known.mutex);
    const absl::Status status = Refresh(project, known);
    if (!status.ok() && !absl::IsCancelled(status)) {
      spdlog::warn("history of {}: {}", project.value(), status.ToString());
    }
  }
}

int Experts::RebuildOld() {
  std::vector<ProjectId> projects;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [project, known] : known_) projects.push_back(project);
  }
  int rebuilt = 0;
  for (const ProjectId& project : projects) {
    Known& known = Of(project);
    Known fresh;
    {
      std::lock_guard lock(known.mutex);
      if (known.model == nullptr || clock_.Now() - known.built < kRebuildAfter) continue;
      fresh.tip = known.tip;
    }
    const absl::StatusOr<std::unique_ptr<git::Mirror>> mirror = mirrors_.Open(project);
    const absl::Status status = mirror.ok() ? Build(project, **mirror, fresh.tip, fresh) : mirror.status();
    std::lock_guard lock(known.mutex);
    if (!status.ok()) {
      spdlog::warn("history of {}: {}", project.value(), status.ToString());
      known.built = clock_.Now();  // tried; again in a day
      continue;
    }
    known.tip = fresh.tip;
    known.built = fresh.built;
    known.model = std::move(fresh.model);
    ++rebuilt;
  }
  return rebuilt;
}

void Experts::Start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stop_.stop_requested()) {
      wake_.wait_for(lock, std::chrono::minutes(1), [this] { return stop_.stop_requested() || !ahead_.empty(); });
      lock.unlock();
      ReadAsked();
      RebuildOld();
      lock.lock();
    }
  });
}

void Experts::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_.request_stop();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace mergegate::pipeline
