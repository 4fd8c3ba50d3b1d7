// Who last wrote the lines that a change changes.
//
//   query.owners = git::LineOwnersOf(*mirror, base, diff);
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

// By blame of the base, of the `most_files` files with most changed lines (a blame walks the file's whole history). A
// hunk that only adds counts the lines on both sides of it. Shares of one file sum to 1. Ordered by path, then by
// share, largest first.
std::vector<reviewers::LineOwner> LineOwnersOf(const Mirror& mirror, const CommitId& base, const Diff& diff,
                                               size_t most_files = 5);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_LINE_OWNERS_H_
