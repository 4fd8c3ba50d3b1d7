// The static analyzer over a unit at head and base: it looks, on both sides, at the functions whose closures the other
// side does not have, for the others find the same on both. What it finds in a function is kept by closure, so a
// function is explored once, whatever commit or branch it is met on.
//
//   ComparePaths(head, base, artifacts, result);      // result.base() is that of the base
//
// A finding in a function that both sides have may come from either side's own callers. Everything that reaches such a
// function is then explored, too, so that the other side knows whether it has the finding.
// Without a base every function is looked at. The base is looked at only for what the head has: what was fixed
// elsewhere is not told. Thread safety: none.
#ifndef MERGEGATE_ANALYZERS_PATH_COMPARISON_H_
#define MERGEGATE_ANALYZERS_PATH_COMPARISON_H_

#include "analyzers/artifacts.h"
#include "analyzers/unit_side.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

// Fills findings, suppressed, manifests and cost. Returns what kept a side from being parsed.
struct PathProblem {
  bool at_base = false;
  std::string problem;                // no parse at all
  std::optional<CompileError> error;  // did not compile
};
std::vector<PathProblem> ComparePaths(UnitSide& head, UnitSide* base, Artifacts& artifacts, v1::TaskResult& result);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_PATH_COMPARISON_H_
