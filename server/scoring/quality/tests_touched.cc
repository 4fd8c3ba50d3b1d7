// loss = C and C++ lines added or altered outside of tests, when the change touches no test; full_loss = 200 such
// lines. Linear up to there, so that a change in slices loses what it loses whole, and a small fix next to nothing. The
// measure and its scale are ours. A report of coverage knows better than paths do, so with one this is not asked.
#include "absl/strings/str_cat.h"
#include "server/scoring/quality/sub_index.h"

namespace mergegate::scoring {

SubIndex TestsTouched(const Facts& facts) {
  constexpr int64_t kLinesWithoutTest = 200;
  SubIndex touched{.full_loss = kLinesWithoutTest, .charges = {}, .missing = {}};
  touched.unasked = !facts.touched_tests || facts.tests;
  if (touched.unasked) return touched;
  if (!facts.touched_tests->has_tests) {
    touched.missing = "tests touched: the repository has no tests where analysis.test_paths looks for them";
    return touched;
  }
  if (facts.touched_tests->test_lines > 0 || facts.touched_tests->code_lines == 0) return touched;
  touched.loss = facts.touched_tests->code_lines;
  touched.charges.push_back({.cost = touched.loss,
                             .reason = absl::StrCat("no test changes with ", touched.loss, " lines of code"),
                             .evidence = {}});
  return touched;
}

}  // namespace mergegate::scoring
