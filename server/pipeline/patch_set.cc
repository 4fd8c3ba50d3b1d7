#include "server/pipeline/patch_set.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/config/policy_file.h"

namespace mergegate::pipeline {
namespace {

constexpr std::string_view kPolicyPath = ".mergegate.yaml";
// How far back an upload of compile commands is looked for.
constexpr int kAncestorsSearched = 200;

std::optional<planning::CompileCommands> Parse(std::string_view json, const Tree& tree, CommandSource source,
                                               std::vector<AnalysisFailure>& failures) {
  absl::StatusOr<planning::CompileCommands> parsed = planning::ParseCompileCommands(json, tree, source);
  if (parsed.ok()) return *std::move(parsed);
  failures.push_back({.analyzer = "",
                      .unit = "compile_commands.json",
                      .kind = FailureKind::kNoCommand,
                      .message = std::string(parsed.status().message()),
                      .at_base = false});
  return std::nullopt;
}

}  // namespace

absl::StatusOr<PatchSet> LoadPatchSet(const git::Mirror& mirror, const Submission& submission) {
  PatchSet patch_set{.base = {}, .head = submission.head, .base_tree = {}, .head_tree = {}, .diff = {}, .missing = {}};
  const absl::StatusOr<CommitId> base = mirror.MergeBase(submission.base, submission.head);
  if (absl::IsNotFound(base.status())) {
    patch_set.missing = absl::StrCat(std::string(base.status().message()),
                                     "; run `git fetch --unshallow` (or fetch the missing branch) in your clone, then "
                                     "`mergegate check` again, which pushes it");
    return patch_set;
  }
  if (absl::IsFailedPrecondition(base.status())) {
    patch_set.missing = std::string(base.status().message());
    return patch_set;
  }
  RETURN_IF_ERROR(base.status());
  patch_set.base = *base;
  ASSIGN_OR_RETURN(patch_set.base_tree, mirror.OpenTree(*base));
  ASSIGN_OR_RETURN(patch_set.head_tree, mirror.OpenTree(submission.head));
  absl::StatusOr<Diff> diff = mirror.DiffCommits(*base, submission.head);
  if (absl::IsResourceExhausted(diff.status())) {
    patch_set.missing = absl::StrCat("the change is too large to compare: ", std::string(diff.status().message()));
    return patch_set;
  }
  ASSIGN_OR_RETURN(patch_set.diff, std::move(diff));
  return patch_set;
}

absl::StatusOr<PolicyInForce> LoadPolicy(const PatchSet& patch_set, const Submission& submission) {
  PolicyInForce in_force;
  if (!submission.policy.empty()) {
    in_force.text = submission.policy;
    in_force.source = "caller";
  } else if (patch_set.base_tree != nullptr && patch_set.base_tree->FindBlob(kPolicyPath)) {
    ASSIGN_OR_RETURN(in_force.text, patch_set.base_tree->ReadFile(kPolicyPath));
    in_force.source = "base commit";
  } else {
    in_force.text = config::DefaultPolicyText();
    in_force.source = "default";
  }
  config::ParsedPolicy parsed = config::ParsePolicy(in_force.text);
  in_force.policy = std::move(parsed.policy);
  for (const PolicyProblem& problem : parsed.problems) {
    in_force.problems.push_back(absl::StrCat(problem.line, ":", problem.column, ": ", problem.message));
  }
  return in_force;
}

absl::StatusOr<CommandSets> LoadCommands(const git::Mirror& mirror, storage::Store& store, const PatchSet& patch_set,
                                         const Submission& submission, absl::Time now) {
  CommandSets sets;
  std::optional<planning::CompileCommands> given_base, given_head, earlier_base, earlier_head;
  if (!submission.compile_commands.empty()) {
    given_head = Parse(submission.compile_commands, *patch_set.head_tree, CommandSource::kGiven, sets.failures);
    if (given_head) {
      RETURN_IF_ERROR(store.SaveCompileCommands(submission.project, submission.head, submission.compile_commands, now));
    }
    // The same upload serves the base: a unit keeps its flags unless the base tells otherwise.
    std::vector<AnalysisFailure> same_failures;
    given_base = Parse(submission.compile_commands, *patch_set.base_tree, CommandSource::kGiven, same_failures);
  } else {
    ASSIGN_OR_RETURN(std::vector<CommitId> ancestors, mirror.FirstParents(submission.head, kAncestorsSearched));
    ASSIGN_OR_RETURN(const std::optional<std::string> json, store.FindCompileCommands(submission.project, ancestors));
    if (json) {
      earlier_head = Parse(*json, *patch_set.head_tree, CommandSource::kEarlier, sets.failures);
      std::vector<AnalysisFailure> same_failures;
      earlier_base = Parse(*json, *patch_set.base_tree, CommandSource::kEarlier, same_failures);
    }
  }
  sets.base =
      std::make_unique<planning::CommandSet>(*patch_set.base_tree, std::move(given_base), std::move(earlier_base));
  sets.head =
      std::make_unique<planning::CommandSet>(*patch_set.head_tree, std::move(given_head), std::move(earlier_head));
  return sets;
}

}  // namespace mergegate::pipeline
