// What is told of a run: the verdict and what stands around it. Put together by server/pipeline/publish.h, put into
// words by the other files here.
#ifndef MERGEGATE_SERVER_PUBLICATION_TELLING_H_
#define MERGEGATE_SERVER_PUBLICATION_TELLING_H_

#include <optional>
#include <string>
#include <vector>

#include "server/domain/verdict.h"

namespace mergegate::publication {

struct ToldReviewer {
  std::string name = {};  // a login, or the part of a mail before the '@'
  bool responsible = false;
  std::vector<std::string> reasons = {};
};

struct Telling {
  Verdict verdict = {};
  std::vector<ToldReviewer> reviewers = {};  // who have not answered yet; the responsible one first
  std::vector<std::string> problems = {};    // of choosing them
  std::optional<int> quality_before = {};    // Q of the change's verdict before this one, ten-thousandths
  std::string link = {};                     // where there is more; empty: nowhere
  std::string place_url = {};                // "https://github.com/a/b/blob/<head>/"; empty: places are no links
  std::string run = {};                      // its id
  bool whole_ledger = false;                 // Q point by point, not only what it lost points for
};

// What the gate wants people to look at: new and caused, not suppressed. Worst first, then by place.
std::vector<const Finding*> Introduced(const Verdict& verdict);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_TELLING_H_
