// The review of a change that was submitted under a key of its own: the push is remembered, reviewers are chosen (or
// kept), and what approvals are worth now becomes a fact of the gate.
#ifndef MERGEGATE_SERVER_PIPELINE_REVIEWERS_STAGE_H_
#define MERGEGATE_SERVER_PIPELINE_REVIEWERS_STAGE_H_

#include <string>

#include "absl/status/status.h"
#include "server/domain/access.h"
#include "server/domain/policy.h"
#include "server/git/mirror.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate::pipeline {

// Sets facts.review. A run of an older push than the newest one remembers nothing.
absl::Status AddReview(const PipelineParts& parts, const Run& run, const git::Mirror& mirror, const PatchSet& patch_set,
                       const Policy& policy, Facts& facts);

// Sets facts.review of an entry of a host's merge queue to that of the pull request that waits there: what was approved
// is held against what the entry is. Leaves it unset where that is not known.
absl::Status BorrowReview(const PipelineParts& parts, const Run& run, Facts& facts);

// The key of the pull request that a branch of GitHub's merge queue is for: "pr-12" of
// "gh-readonly-queue/main/pr-12-0123abcd"; empty for others.
std::string QueuedChange(const std::string& branch);

// Judges the stored facts of run.submission.judges_again with what the review says now.
absl::StatusOr<Facts> FactsToJudgeAgain(const PipelineParts& parts, const Run& run);

// Called after a run is finished, or something happened in a review: submits a run that judges the newest verdict of
// the change again, when its policy looks at reviews and more happened than it took into account. True when it did.
absl::StatusOr<bool> JudgeAgainIfMoved(const PipelineParts& parts, const ProjectId& project, const std::string& change);

// Stores an override and submits a run that judges again; false for a change without a review. kPermissionDenied where
// the policy in force does not name the role; kNotFound for an unknown change or condition; kFailedPrecondition while
// the change is being analyzed.
absl::StatusOr<bool> OverrideAndJudgeAgain(const PipelineParts& parts, const Override& wanted);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_REVIEWERS_STAGE_H_
