// How many added lines are copies. Scoring and the gate count them the same way.
#ifndef MERGEGATE_SERVER_DOMAIN_DUPLICATION_H_
#define MERGEGATE_SERVER_DOMAIN_DUPLICATION_H_

#include <vector>

#include "server/domain/verdict.h"

namespace mergegate {

// Lines of the added copies, a line in several blocks counted once; at most facts.cpp_lines_added, since a block may
// reach past the added lines. >= 0. Pure.
int DuplicatedLines(const Facts& facts);

// True for a failure of the duplication analyzer, whose task has no unit of its own.
bool IsDuplicationFailure(const AnalysisFailure& failure);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_DUPLICATION_H_
