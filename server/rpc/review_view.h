// A review as callers see it: where it stands, the newest verdict, whose turn it is, what is due.
//
//   ASSIGN_OR_RETURN(ReviewView view, ReviewView::Read(parts, project, "pr-7"));
//   *response = view.proto();
#ifndef MERGEGATE_SERVER_RPC_REVIEW_VIEW_H_
#define MERGEGATE_SERVER_RPC_REVIEW_VIEW_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "mergegate/v1/review.pb.h"
#include "mergegate/v1/verdict.pb.h"
#include "server/pipeline/review_log.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate::rpc {

class ReviewView {
 public:
  // kNotFound for a change without a review.
  static absl::StatusOr<ReviewView> Read(const pipeline::PipelineParts& parts, const ProjectId& project,
                                         const std::string& change);

  const v1::Review& proto() const { return proto_; }
  const pipeline::ReviewLog& log() const { return log_; }
  // Of the newest run that is done; nullopt when there is none.
  const std::optional<v1::Verdict>& verdict() const { return verdict_; }

 private:
  explicit ReviewView(pipeline::ReviewLog log) : log_(std::move(log)) {}
  absl::Status LookAtRuns(const pipeline::PipelineParts& parts);
  void Write();
  absl::Status WriteAttention(const pipeline::PipelineParts& parts);

  pipeline::ReviewLog log_;
  std::optional<v1::Verdict> verdict_;
  absl::Time decided_;
  absl::Duration respond_ = absl::Hours(8);
  v1::Review proto_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_REVIEW_VIEW_H_
