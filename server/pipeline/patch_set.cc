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

planning::CommandSet Parse(const CommandText& text, const Tree& tree, std::vector<AnalysisFailure>& failures) {
  std::optional<planning::CompileCommands> commands;
  if (!text.json.empty()) {
    absl::StatusOr<planning::CompileCommands> parsed = planning::ParseCompileCommands(text.json, tree, text.source);
    if (parsed.ok()) {
      commands = *std::move(parsed);
    } else {
      failures.push_back({.analyzer = "",
                          .unit = "compile_commands.json",
                          .kind = FailureKind::kNoCommand,
                          .message = std::string(parsed.status().message()),
                          .at_base = false});
    }
  }
  if (text.source == CommandSource::kGiven) return planning::CommandSet(tree, std::move(commands), std::nullopt);
  return planning::CommandSet(tree, std::nullopt, std::move(commands));
}

}  // namespace

absl::StatusOr<PatchSet> FindPatchSet(const git::Mirror& mirror, const Submission& submission) {
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
  return patch_set;
}

absl::Status LoadDiff(const git::Mirror& mirror, PatchSet& patch_set) {
  absl::StatusOr<Diff> diff = mirror.DiffCommits(patch_set.base, patch_set.head);
  if (absl::IsResourceExhausted(diff.status())) {
    patch_set.missing = absl::StrCat("the change is too large to compare: ", std::string(diff.status().message()));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(patch_set.diff, std::move(diff));
  return absl::OkStatus();
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

absl::StatusOr<CommandText> FindCommandText(const git::Mirror& mirror, storage::Store& store,
                                            const Submission& submission) {
  if (!submission.compile_commands.empty()) return CommandText{submission.compile_commands, CommandSource::kGiven};
  ASSIGN_OR_RETURN(const std::vector<CommitId> ancestors, mirror.FirstParents(submission.head, kAncestorsSearched));
  ASSIGN_OR_RETURN(std::optional<std::string> json, store.FindCompileCommands(submission.project, ancestors));
  if (!json) return CommandText{};
  return CommandText{*std::move(json), CommandSource::kEarlier};
}

planning::CommandSet CommandsOf(const CommandText& text, const Tree& tree) {
  std::vector<AnalysisFailure> ignored;
  return Parse(text, tree, ignored);
}

absl::StatusOr<CommandSets> LoadCommands(const CommandText& text, storage::Store& store, const PatchSet& patch_set,
                                         const Submission& submission, absl::Time now) {
  CommandSets sets;
  sets.head = std::make_unique<planning::CommandSet>(Parse(text, *patch_set.head_tree, sets.failures));
  if (!text.json.empty() && sets.failures.empty() && text.source == CommandSource::kGiven) {
    RETURN_IF_ERROR(store.SaveCompileCommands(submission.project, submission.head, text.json, now));
  }
  // The same upload serves the base: a unit keeps its flags unless the base tells otherwise.
  sets.base = std::make_unique<planning::CommandSet>(CommandsOf(text, *patch_set.base_tree));
  return sets;
}

}  // namespace mergegate::pipeline
