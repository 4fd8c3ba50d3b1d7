// Diff x compile commands -> the units to analyze at base and at head. Found without compiling: #include lines are
// scanned (comments and string literals respected, conditionals not evaluated, so the graph is a superset).
#ifndef MERGEGATE_SERVER_PLANNING_PLAN_H_
#define MERGEGATE_SERVER_PLANNING_PLAN_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/analysis.h"
#include "server/domain/change.h"
#include "server/domain/policy.h"
#include "server/domain/tree.h"
#include "server/domain/verdict.h"
#include "server/planning/compile_commands.h"
#include "server/planning/cover.h"

namespace mergegate::planning {

// Which files include which, inside one tree.
class IncludeGraph {
 public:
  // Scans C and C++ files of `tree` reachable by quote or angle includes through `include_dirs` (tree-relative, in
  // order) and the includer's own directory.
  static absl::StatusOr<IncludeGraph> Build(const Tree& tree, const std::vector<std::string>& include_dirs);
  // The same over files that are already listed and perhaps scanned.
  static absl::StatusOr<IncludeGraph> Build(const IncludeIndex& index, const std::vector<std::string>& include_dirs);
  // Files that include `path` directly or not, ordered; `path` itself is not in it.
  std::vector<std::string> IncludersOf(std::string_view path) const;
  bool Includes(std::string_view from, std::string_view to) const;  // directly or not
  bool IncludesDirectly(std::string_view from, std::string_view to) const;

 private:
  std::map<std::string, std::set<std::string>, std::less<>> includers_;  // file -> direct includers
};

// What to analyze.
struct Plan {
  std::vector<UnitTask> head;                  // ordered by main file
  std::vector<UnitTask> base;                  // counterparts at the base (renames followed); fewer when files are new
  std::optional<DuplicationTask> duplication;  // at the head; nullopt when no C or C++ file changed
  int units_affected = 0;
  std::vector<std::string> units_left_out;  // ordered
  std::vector<AnalysisFailure> failures;    // changed files that no unit can cover
  std::vector<Relaxation> relaxations;      // NOLINT and the like that the diff adds, policy and .clang-tidy edits
  std::vector<std::string> warnings;        // what was dropped from commands and why, at most 50
  std::vector<std::string> excluded;        // changed files neither analyzed nor counted (policy, generated), ordered
  std::map<std::string, std::vector<std::string>> covers;      // changed file -> main files chosen for it, ordered
  std::map<std::string, std::vector<std::string>> candidates;  // changed header -> main files that include it, ordered
  int units_for_headers = 0;                                   // of `head`, those that are there for a header's sake
  std::shared_ptr<const IncludeGraph> includes;                // at the head
  Cover cover;                                                 // what the rounds so far came to
};

struct PlanInput {
  const Diff& diff;
  const Tree& base;
  const Tree& head;
  CommitId base_commit;  // whose .clang-tidy configures both sides
  const AnalysisPolicy& policy;
  const CommandSet& base_commands;
  const CommandSet& head_commands;
};

// Every changed main file is a unit. For the changed headers that these do not include, as few units as do: those with
// a known command before others, those that include a header directly before others (conditionals leave out more of
// what is included through others), those that cover most headers, the header's own stem, then path order; the same
// choice for the same input. What they turn out not to cover is for further rounds: ExtendCover in cover.h.
absl::StatusOr<Plan> MakePlan(const PlanInput& input);

// Adds units for headers, each a candidate that is not in the plan yet: tasks at both sides, behind those that are
// there.
void AddUnits(const PlanInput& input, const std::vector<std::string>& units, Plan& plan);

// Ends a round: notes in plan.cover what the plan's units cover, by their matching checks (results in the order of
// plan.head and plan.base), and adds the units of the next round. False when there is none.
bool ExtendPlan(const PlanInput& input, const std::vector<TaskResult>& head, const std::vector<TaskResult>& base,
                Plan& plan);

// Suppressions and other relaxations that the diff adds (a moved or kept NOLINT is not added), and the head lines whose
// suppressions are to be ignored.
std::vector<Relaxation> FindRelaxations(const Diff& diff);
LinesByPath IgnoredSuppressions(const std::vector<Relaxation>& relaxations);

// The failure that kept a unit from being seen to the end; nullptr when it was. Cut output was seen all the same.
const AnalysisFailure* FatalFailure(const TaskResult& result);

// How much of the change the results cover. `results` are those of plan.head, in its order.
Coverage MeasureCoverage(const Diff& diff, const Plan& plan, const std::vector<TaskResult>& results,
                         const AnalysisPolicy& policy);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_PLAN_H_
