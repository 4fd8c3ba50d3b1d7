// loss = changed executable lines that no test ran; full_loss = ReferenceLines(changed executable lines): a change none
// of which is tested loses the whole part. The share of covered new lines is SonarQube's and Codecov's patch coverage;
// the floor of 20 lines is ours, so that one untested line in a small fix is no disaster.
#include "absl/strings/str_cat.h"
#include "server/scoring/quality/sub_index.h"

namespace mergegate::scoring {

SubIndex LinesUncovered(const Facts& facts) {
  SubIndex coverage;
  if (!facts.tests) {
    coverage.missing = "coverage: no readable report of coverage came with the change";
    return coverage;
  }
  int executable = 0;
  for (const TestedFile& file : facts.tests->files) {
    executable += file.executable;
    const auto uncovered = static_cast<int64_t>(file.uncovered.size());
    if (uncovered == 0) continue;
    coverage.loss += uncovered;
    coverage.charges.push_back({.cost = uncovered,
                                .reason = absl::StrCat("no test ran ", uncovered, " of ", file.executable,
                                                       " changed executable lines of ", file.path),
                                .evidence = {absl::StrCat(file.path, ":", file.uncovered.front())}});
  }
  if (executable == 0 && !facts.tests->unreported.empty()) {
    coverage.missing = "coverage: no report tells of the changed files";
  }
  coverage.full_loss = ReferenceLines(executable);
  return coverage;
}

}  // namespace mergegate::scoring
