// What a sub-index of Q is: an exact loss, and the charges that explain it.
//
// To add one: quality/<name>.cc with a function Facts -> SubIndex, declared below, a row in quality.cc, a test.
// Pure; all arithmetic is on integers, so that the same facts give the same bytes on every machine.
#ifndef MERGEGATE_SERVER_SCORING_QUALITY_SUB_INDEX_H_
#define MERGEGATE_SERVER_SCORING_QUALITY_SUB_INDEX_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "server/domain/verdict.h"

namespace mergegate::scoring {

// One thing that costs quality.
struct Charge {
  int64_t cost = 0;  // > 0, in the sub-index's own unit
  std::string reason;
  std::vector<std::string> evidence;
};

// Loses min(1, loss / full_loss) of its weight.
struct SubIndex {
  int64_t loss = 0;             // >= 0
  int64_t full_loss = 1;        // > 0; the loss at which nothing of the weight is left
  std::vector<Charge> charges;  // `loss` is shared among them in proportion to their costs
  std::string missing;          // why there is no data; empty when there is
  bool unasked = false;         // the facts are of a time or place that does not know of it: as if it did not exist
};

// Lines that a loss is set against. Below 20 a change counts as 20, so that a remark in a two-line change is not a
// disaster; above 500 as 500, so that bulk (a generated table, a big move) does not buy room for debt.
inline int64_t ReferenceLines(int lines_added) { return std::clamp(lines_added, 20, 500); }

// Remediation effort of new and caused findings, in minutes, over the cost of developing the change.
SubIndex Debt(const Facts& facts);
// Cognitive complexity above 15 that changed functions gained.
SubIndex ComplexityAdded(const Facts& facts);
// Share of the added C and C++ lines that are copies.
SubIndex DuplicationAdded(const Facts& facts);
// Odds of causing a defect, beyond those of a typical change of the project.
SubIndex Risk(const Facts& facts);
// Changed executable lines that no test ran.
SubIndex LinesUncovered(const Facts& facts);
// Code added without a test touched, where no report of coverage says better.
SubIndex TestsTouched(const Facts& facts);

// True for findings that count against a change: new or caused, seen under a command that was not guessed.
bool CountsAgainst(const Finding& finding);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_QUALITY_SUB_INDEX_H_
