// The fewest units that cover what a change does to headers, found in rounds, with the proof of what is covered.
//
// The plan begins with the fewest units that include the changed headers. When their matching checks are done, their
// results tell what was seen: conditionals may have hidden lines, nobody may have called a changed function, and a
// template is only as well covered as its instantiations. ExtendCover then names the units that may show more, judged
// by the text of the files that include the header:
//
//   do {
//     ...  // analyze what the plan has that was not analyzed yet
//   } while (ExtendPlan(plan_input, head_results, base_results, plan));
//   plan.cover.declarations    // each changed one: by which units, how many instantiations, how many units left out
//
// What counts as covered, of a changed header:
//   - a template: when every argument list that the text names was seen, and the last unit that mentions it otherwise
//     showed no new one;
//   - a macro, and a function with a body: when a unit uses it from its main file, directly or through others; given up
//     after two units that mention it and do not;
//   - everything else: when a unit parsed it;
//   - what the change deletes: as above, at the base.
// Only text and the results of chosen units decide, never what happens to be cached: equal inputs, equal choice.
//
// Thread safety: pure function; one thread at a time, as the trees behind the index.
#ifndef MERGEGATE_SERVER_PLANNING_COVER_H_
#define MERGEGATE_SERVER_PLANNING_COVER_H_

#include <string>
#include <vector>

#include "server/domain/analysis.h"
#include "server/domain/change.h"
#include "server/domain/policy.h"
#include "server/domain/verdict.h"

namespace mergegate::planning {

class CommandSet;
struct Plan;

struct CoverInput {
  const Diff& diff;
  const AnalysisPolicy& policy;
  const CommandSet& head_commands;
  const Plan& plan;
  const std::vector<TaskResult>& head;  // of the matching tier, in the order of plan.head
  const std::vector<TaskResult>& base;  // likewise of plan.base
};

struct Cover {
  // Units to analyze in the next round, ordered; empty when there is nothing more to be had, or when
  // policy.header_units units were chosen for headers.
  std::vector<std::string> next;
  std::vector<DeclarationCoverage> declarations;  // so far; by path and line
  // Changed lines of headers that conditionals hid from all units so far, with the reason; by path and line.
  std::vector<FileCoverage> hidden;
};

Cover ExtendCover(const CoverInput& input);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_COVER_H_
