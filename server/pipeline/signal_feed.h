// The server's own signals: what happens in its reviews, and what lands in its repositories.
//
//   RETURN_IF_ERROR(FeedReview(parts, project, "pr-7"));       // after something happened in it
//   SignalFeed feed(parts, "/data/signals"); feed.Start(); feed.BaseMoved(project);
//
// Everything has an id made of what it is about, so feeding again adds nothing, and what was missed by a crash comes
// with the next time. What cannot be fed is logged: it must not fail a review.
//
// Thread safety: FeedReview and BaseMoved from any thread.
#ifndef MERGEGATE_SERVER_PIPELINE_SIGNAL_FEED_H_
#define MERGEGATE_SERVER_PIPELINE_SIGNAL_FEED_H_

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/review_record.h"
#include "server/domain/signal.h"
#include "server/git/mirror.h"
#include "server/pipeline/run_pipeline.h"
#include "server/reviewers/review_state.h"

namespace mergegate::pipeline {

// Events of one review; when it is closed, whether it was merged, and then the findings it brought and avoided.
absl::Status FeedReview(const PipelineParts& parts, const ProjectId& project, const std::string& change);

// Landed changes, who reviewed them, and what was reverted. `told_by_reviews`: commits that reviews here landed as,
// which FeedReview tells of. Pure.
struct Revert {
  std::string by;        // the commit that reverts
  std::string reverted;  // the commit that is reverted, or its beginning
};
std::vector<Signal> SignalsOfHistory(const ProjectId& project, const std::vector<ReviewRecord>& records,
                                     const std::vector<Revert>& reverts, const std::set<std::string>& told_by_reviews);

// The commit that a message says it reverts; empty for none.
std::string RevertedBy(const std::string& message);

class SignalFeed {
 public:
  // `folder` (made when absent) keeps up to where each history was read.
  SignalFeed(const PipelineParts& parts, std::string folder) : parts_(parts), folder_(std::move(folder)) {}
  ~SignalFeed() { Stop(); }
  SignalFeed(const SignalFeed&) = delete;
  SignalFeed& operator=(const SignalFeed&) = delete;

  void Start();
  void Stop();
  // The project's history goes on: read later, by the thread of Start.
  void BaseMoved(const ProjectId& project);

  // What the thread does: the history since the last time, then the closed reviews of late. Returns how many signals
  // of the history were new.
  absl::StatusOr<int64_t> Feed(const ProjectId& project);

 private:
  // Up to where the history was fed; nullopt: not at all.
  std::optional<CommitId> Fed(const ProjectId& project) const;
  // Where it stands now; nullopt when that was fed, or there is none.
  absl::StatusOr<std::optional<CommitId>> NewTip(const ProjectId& project) const;
  absl::StatusOr<int64_t> FeedHistory(const ProjectId& project, const CommitId& tip,
                                      std::span<const reviewers::ReviewState> own);

  const PipelineParts& parts_;
  const std::string folder_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<ProjectId> moved_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_SIGNAL_FEED_H_
