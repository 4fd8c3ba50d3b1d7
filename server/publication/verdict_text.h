// A verdict in words that people read in a pull request: what, why, what would make it pass, who looks at it. A pass is
// a line or two. Everything foreign is escaped (escape.h); lists end with "and n more".
//
//   StatusLine(verdict, 140)      // "fail: 1 of 2 blocking conditions unsatisfied: no-new-problems (3 findings; ..."
//   VerdictMarkdown(telling)      // the summary of a check run, the text of a comment
//
// Pure.
#ifndef MERGEGATE_SERVER_PUBLICATION_VERDICT_TEXT_H_
#define MERGEGATE_SERVER_PUBLICATION_VERDICT_TEXT_H_

#include <cstddef>
#include <string>

#include "server/publication/telling.h"

namespace mergegate::publication {

// GitHub's bound of a check run's summary and of a comment, in characters; bytes are counted here, which are never
// fewer.
inline constexpr size_t kMostMarkdown = 65'535;
// GitHub's bound of a status' description.
inline constexpr size_t kMostDescription = 140;

// Plain text in one line.
std::string StatusLine(const Verdict& verdict, size_t most = kMostDescription);

// At most kMostMarkdown bytes.
std::string VerdictMarkdown(const Telling& telling);

// "**major** message" with place, origin and fix; one line of Markdown.
std::string FindingLine(const Finding& finding, const std::string& place_url);

// "62.5" of 6250 ten-thousandths; rounded down.
std::string Points(int ten_thousandths);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_VERDICT_TEXT_H_
