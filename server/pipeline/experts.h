// The histories of projects, for ranking: read from a file and the mirror at the first question, and from then on only
// what came.
//
//   Experts experts(mirrors, store, "/data/histories");
//   parts.rank = [&](const ProjectId& project, const reviewers::RankQuery& query) { return experts.Rank(project,
//   query); };
//
// Thread safety: Rank from any thread; questions about one project wait for one another while its history is read.
#ifndef MERGEGATE_SERVER_PIPELINE_EXPERTS_H_
#define MERGEGATE_SERVER_PIPELINE_EXPERTS_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/pipeline/mirrors.h"
#include "server/reviewers/rank.h"
#include "server/reviewers/reviewer_model.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// The commit whose history counts: the mirror's default branch, else the base of the newest run. kNotFound when the
// mirror has neither.
absl::StatusOr<CommitId> TipOf(storage::Store& store, const ProjectId& project, const git::Mirror& mirror);

class Experts {
 public:
  // `folder` (made when absent) keeps what was read; empty: nothing is kept.
  Experts(const Mirrors& mirrors, storage::Store& store, std::string folder)
      : mirrors_(mirrors), store_(store), folder_(std::move(folder)) {}

  // Nobody where there is no history yet.
  absl::StatusOr<std::vector<reviewers::RankedPerson>> Rank(const ProjectId& project,
                                                            const reviewers::RankQuery& query);

 private:
  struct Known {
    std::mutex mutex;
    std::optional<CommitId> tip;
    std::unique_ptr<reviewers::ReviewerModel> model;
  };
  Known& Of(const ProjectId& project);
  absl::Status Refresh(const ProjectId& project, Known& known) const;

  const Mirrors& mirrors_;
  storage::Store& store_;
  const std::string folder_;
  std::mutex mutex_;
  std::map<ProjectId, std::unique_ptr<Known>> known_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_EXPERTS_H_
