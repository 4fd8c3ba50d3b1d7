// The histories of projects, for ranking: read from a file, the mirror and the reviews given here ahead of the first
// question or at it, and from then on only what came. A model that is a day old is built anew, with weights fitted to
// the project, while the old one goes on answering; what was told late (an approval after the landing) counts from then
// on.
//
//   Experts experts(clock, mirrors, store, "/data/histories");
//   parts.rank = [&](const ProjectId& project, const reviewers::RankQuery& query) { return experts.Rank(project,
//   query); };
//   experts.Start();
//   experts.ReadAhead(project);   // its mirror is there, or has moved
//   ...   experts.Stop();
//
// Thread safety: Rank and ReadAhead from any thread, Start and Stop once each, from one; questions about one project
// wait for one another while its history is first read.
#ifndef MERGEGATE_SERVER_PIPELINE_EXPERTS_H_
#define MERGEGATE_SERVER_PIPELINE_EXPERTS_H_

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
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
  Experts(const Clock& clock, const Mirrors& mirrors, storage::Store& store, std::string folder)
      : clock_(clock), mirrors_(mirrors), store_(store), folder_(std::move(folder)) {}
  ~Experts() { Stop(); }
  Experts(const Experts&) = delete;
  Experts& operator=(const Experts&) = delete;

  // Nobody where there is no history yet.
  absl::StatusOr<std::vector<reviewers::RankedPerson>> Rank(const ProjectId& project,
                                                            const reviewers::RankQuery& query);

  // Reads the project's history soon, on the thread of Start, so that the first question need not.
  void ReadAhead(const ProjectId& project);
  // What that thread does at once, then every minute: what was asked to be read ahead, and models that are older than
  // a day anew; returns how many those were.
  void ReadAsked();
  int RebuildOld();
  void Start();
  void Stop();

 private:
  struct Known {
    std::mutex mutex;
    CommitId tip;
    absl::Time built;
    std::unique_ptr<reviewers::ReviewerModel> model;  // null until there is a history
  };
  Known& Of(const ProjectId& project);
  absl::Status Build(const ProjectId& project, const git::Mirror& mirror, const CommitId& tip, Known& built) const;
  absl::Status Refresh(const ProjectId& project, Known& known) const;

  const Clock& clock_;
  const Mirrors& mirrors_;
  storage::Store& store_;
  const std::string folder_;
  std::mutex mutex_;
  std::map<ProjectId, std::unique_ptr<Known>> known_;
  std::set<ProjectId> ahead_;
  std::condition_variable wake_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_EXPERTS_H_
