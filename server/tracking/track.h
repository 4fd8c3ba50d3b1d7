// Matches the findings of base and head. Pure.
//
// Passes, strict to loose; each finding is matched at most once:
//   1. the line map of git (path and line carried over, renames included) + check (+ message when several)
//   2. check + message + line text as a multiset, within the file (renames followed), then over all files
//   3. check + message + enclosing declaration
// What remains at the head is new (one of its lines was added or altered) or caused; what remains at the base is fixed.
#ifndef MERGEGATE_SERVER_TRACKING_TRACK_H_
#define MERGEGATE_SERVER_TRACKING_TRACK_H_

#include <set>
#include <string>
#include <vector>

#include "server/domain/analysis.h"
#include "server/domain/change.h"
#include "server/domain/finding.h"

namespace mergegate::tracking {

struct TrackInput {
  const Diff& diff;
  std::vector<Finding> base;  // of all units, duplicates (a header seen by many units) included
  std::vector<Finding> head;
  // Declarations of the head, merged over units; name the cause of findings off the diff.
  std::vector<Declaration> head_declarations;
  // Main files of head units without a counterpart that was analyzed at the base (new files). What they say about
  // files that the change does not touch was there before, unless a changed declaration can be named as its cause.
  std::set<std::string, std::less<>> units_without_base = {};
};

// Findings with state, caused_by and fingerprint set: new, caused, fixed, unchanged; each by path, line, column,
// check, message. Findings equal in (path, line, column, check, message) are one.
std::vector<Finding> Track(TrackInput input);

// Declarations of several units joined by (usr, path, start_line), references re-indexed.
std::vector<Declaration> MergeDeclarations(const std::vector<std::vector<Declaration>>& units);

// Innermost changed declarations: those that overlap a changed line (or a deletion point) of the diff.
std::vector<int> ChangedDeclarations(const Diff& diff, const std::vector<Declaration>& declarations);

}  // namespace mergegate::tracking

#endif  // MERGEGATE_SERVER_TRACKING_TRACK_H_
