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

// Everything but the diff.
absl::StatusOr<PatchSet> FindPatchSet(const git::Mirror& mirror, const Submission& submission);
// The diff; `missing` when it is too large.
absl::Status LoadDiff(const git::Mirror& mirror, PatchSet& patch_set);

// The policy of the base commit, or the caller's, or the default; its problems if it is unreadable.
struct PolicyInForce {
  Policy policy;
  std::string text;
  std::string source;  // "base commit", "caller" or "default"
  std::vector<std::string> problems;
};

absl::StatusOr<PolicyInForce> LoadPolicy(const PatchSet& patch_set, const Submission& submission);

// The compile commands that the run goes by: the submission's, else those uploaded for the nearest ancestor of the
// head, else none (the trees' own, or guesses).
struct CommandText {
  std::string json;
  CommandSource source = CommandSource::kUnspecified;
};

absl::StatusOr<CommandText> FindCommandText(const git::Mirror& mirror, storage::Store& store,
                                            const Submission& submission);

// The same as commands for both trees. A readable upload is kept for the head's descendants; an unreadable one is a
// failure in the result.
struct CommandSets {
  std::unique_ptr<planning::CommandSet> base;
  std::unique_ptr<planning::CommandSet> head;
  std::vector<AnalysisFailure> failures;  // unreadable uploads
};

absl::StatusOr<CommandSets> LoadCommands(const CommandText& text, storage::Store& store, const PatchSet& patch_set,
                                         const Submission& submission, absl::Time now);

// Commands for one tree; a text that cannot be read counts as none.
planning::CommandSet CommandsOf(const CommandText& text, const Tree& tree);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PATCH_SET_H_
