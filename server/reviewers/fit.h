// Learning the weights from what happened.
//
//   std::vector<Example> examples = ...;   // candidates of past changes and who did review them
//   Weights fitted = Fit(examples, GeneralWeights(), {.pull = 0.02});
//
// A conditional logit: the probability that one of the real reviewers is drawn when candidates are drawn by
// exp(utility). Minimised by L-BFGS from the weights that it is pulled to; the same input gives the same weights. Pure.
#ifndef MERGEGATE_SERVER_REVIEWERS_FIT_H_
#define MERGEGATE_SERVER_REVIEWERS_FIT_H_

#include <span>
#include <vector>

#include "server/reviewers/terms.h"
#include "server/reviewers/weights.h"

namespace mergegate::reviewers {

struct Example {
  std::vector<Row> rows;
  std::vector<bool> reviewed;  // of rows; an example with none or all of them says nothing
};

struct FitOptions {
  double pull = 0.02;   // of sum((w - towards)^2) / 2, beside the mean loss of an example
  int iterations = 60;  // at most
};

Weights Fit(std::span<const Example> examples, const Weights& towards, const FitOptions& options);

// Mean of -ln(probability that a reviewer is drawn) over the examples that say something; 0 when none does.
double Loss(std::span<const Example> examples, const Weights& weights);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_FIT_H_
