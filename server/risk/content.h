// Measures of the text that a commit adds and removes.
//
//   Content content = risk::ContentOf(diff);   // a diff without context lines (git's -U0)
//
// "Code" are C and C++ files. Comments are recognized in the changed lines alone, as far as those tell: lines that
// begin with * or /*, what stands between /* and */ or behind // in a line, and hunks that are one comment. Pure.
#ifndef MERGEGATE_SERVER_RISK_CONTENT_H_
#define MERGEGATE_SERVER_RISK_CONTENT_H_

#include <string>
#include <vector>

#include "server/domain/change.h"
#include "server/risk/commit.h"

namespace mergegate::risk {

Content ContentOf(const Diff& diff);

// The lines without comments; a line that is all comment becomes empty.
std::vector<std::string> WithoutComments(const std::vector<std::string>& lines);

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_CONTENT_H_
