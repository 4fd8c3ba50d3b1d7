// Analyzes one translation unit of a commit, alone or compared with its base.
//
//   v1::TaskResult result = AnalyzeUnit(head, base, artifacts);
//
// Never fails as a whole: what could not be done is in the result's failures.
// Thread safety: one call at a time in a process (clang's registries and libgit2's error state are shared).
#ifndef MERGEGATE_ANALYZERS_UNIT_H_
#define MERGEGATE_ANALYZERS_UNIT_H_

#include "analyzers/artifacts.h"
#include "analyzers/unit_side.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

// `base` may be null. The records of what was read are left to the caller.
v1::TaskResult AnalyzeUnit(UnitSide& head, UnitSide* base, Artifacts& artifacts);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_UNIT_H_
