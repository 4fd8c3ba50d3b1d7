// loss = sum over changed functions of max(0, after - max(before, 15)), cognitive complexity, before = 0 for an added
// function; full_loss = half of ReferenceLines(lines added).
//
// Source: 15 is the limit that SonarSource's rule on cognitive complexity uses by default. What a function had before
// is not charged to the change, and a function that shrinks earns nothing. One point per two lines is ours.
#include "absl/strings/str_cat.h"
#include "server/scoring/quality/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int kFreeCognitive = 15;

}  // namespace

SubIndex ComplexityAdded(const Facts& facts) {
  SubIndex complexity{.full_loss = ReferenceLines(facts.lines_added) / 2, .charges = {}, .missing = {}};
  const Coverage& coverage = facts.coverage;
  if (facts.functions.empty() && coverage.changed_lines > 0 && coverage.parsed_lines + coverage.guessed_lines <= 0) {
    complexity.missing = "complexity: no changed line was parsed";
    return complexity;
  }
  for (const FunctionChange& function : facts.functions) {
    const int before = function.before ? function.before->cognitive : 0;
    const int64_t excess = int64_t{function.after.cognitive} - std::max(before, kFreeCognitive);
    if (excess <= 0) continue;
    complexity.loss += excess;
    complexity.charges.push_back(
        {.cost = excess,
         .reason =
             absl::StrCat(function.function, " at ", function.path, ":", function.line, " has cognitive complexity ",
                          function.after.cognitive, function.before ? absl::StrCat(", before ", before) : ", added",
                          ": ", excess, " over what is free"),
         .evidence = {function.function}});
  }
  return complexity;
}

}  // namespace mergegate::scoring
