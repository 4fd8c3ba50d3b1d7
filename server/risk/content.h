// Measures of the text that a commit adds and removes.
//
//   Content content = risk::ContentOf(diff);   // a diff without context lines (git's -U0)
//
// "Code" are C and C++ files. Comments are recognized in the changed lines alone. Those of a hunk follow one another in
// the file, so a comment that begins or ends in them is known; of one that does neither, the lines that begin with *
// are. Pure.
#ifndef MERGEGATE_SERVER_RISK_CONTENT_H_
#define MERGEGATE_SERVER_RISK_CONTENT_H_

#include <string>
#include <vector>

#include "server/domain/change.h"
#include "server/risk/commit.h"

namespace mergegate::risk {

Content ContentOf(const Diff& diff);

// Lines that follow one another, without comments; a line that is all comment has no code.
std::vector<std::string> WithoutComments(const std::vector<std::string>& lines);

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_CONTENT_H_
