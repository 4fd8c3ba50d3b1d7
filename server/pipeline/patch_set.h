// The two commits of a run as the pipeline reads them: trees, diff, policy, compile commands.
#ifndef MERGEGATE_SERVER_PIPELINE_PATCH_SET_H_
#define MERGEGATE_SERVER_PIPELINE_PATCH_SET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/change.h"
#include "server/domain/policy.h"
#include "server/domain/run.h"
#include "server/domain/tree.h"
#include "server/domain/verdict.h"
#include "server/git/mirror.h"
#include "server/planning/compile_commands.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// Where base and head lie. When they cannot be compared, `missing` says why and how to mend it, and the rest is empty.
struct PatchSet {
  CommitId base;  // the merge base
  CommitId head;
  std::shared_ptr<const Tree> base_tree;
  std::shared_ptr<const Tree> head_tree;
  Diff diff;
  std::string missing;
};

absl::StatusOr<PatchSet> LoadPatchSet(const git::Mirror& mirror, const Submission& submission);

// The policy of the base commit, or the caller's, or the default; its problems if it is unreadable.
struct PolicyInForce {
  Policy policy;
  std::string text;
  std::string source;  // "base commit", "caller" or "default"
  std::vector<std::string> problems;
};

absl::StatusOr<PolicyInForce> LoadPolicy(const PatchSet& patch_set, const Submission& submission);

// Compile commands for both trees: the submission's, else those uploaded for the nearest ancestor, else the trees' own
// or guesses. A readable upload is kept for the head's descendants; an unreadable one is a failure in the result.
struct CommandSets {
  std::unique_ptr<planning::CommandSet> base;
  std::unique_ptr<planning::CommandSet> head;
  std::vector<AnalysisFailure> failures;  // unreadable uploads
};

absl::StatusOr<CommandSets> LoadCommands(const git::Mirror& mirror, storage::Store& store, const PatchSet& patch_set,
                                         const Submission& submission, absl::Time now);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PATCH_SET_H_
