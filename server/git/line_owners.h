// Who last wrote the lines that a change changes.
//
//   query.owners = git::LineOwnersOf(mirror, base, diff);
//
// Needs the blobs of the changed files' history: where they are absent (partial clones) nobody is told. Reads only.
#ifndef MERGEGATE_SERVER_GIT_LINE_OWNERS_H_
#define MERGEGATE_SERVER_GIT_LINE_OWNERS_H_

#include <vector>

#include "server/domain/change.h"
#include "server/domain/ids.h"
#include "server/git/mirror.h"
#include "server/reviewers/rank.h"

namespace mergegate::git {

// How far LineOwnersOf looks: files with most changed lines, and commits back (a blame reads every version in between).
struct BlameLimits {
  size_t files = 3;
  int commits = 300;
};

// By blame of the base. A hunk that only adds counts the lines on both sides of it. Shares of one file sum to 1, or to
// less where lines are older than was looked. Ordered by path, then by share, largest first.
std::vector<reviewers::LineOwner> LineOwnersOf(const Mirror& mirror, const CommitId& base, const Diff& diff,
                                               const BlameLimits& limits = {});

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_LINE_OWNERS_H_
