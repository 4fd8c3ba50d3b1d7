// How likely a change is to cause a defect within a year: a logistic model over a few measures, general at first and
// pulled to a project's own past as that grows.
//
//   Inputs inputs = risk::InputsOf(history.MeasuresOf(change));
//   double probability = risk::ProbabilityOf(model, inputs);
//   for (const Factor& factor : risk::FactorsOf(model, measures)) ...   // "x1.8", "710 lines added; typical 18"
//
// log odds = intercept + slope * sum of coefficient * input. Sources: the general weights are learned (see model.cc)
// from public histories by the links of later fixes, as in Kamei et al. 2013, without anything about the author. Pure.
#ifndef MERGEGATE_SERVER_RISK_MODEL_H_
#define MERGEGATE_SERVER_RISK_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/risk/history.h"

namespace mergegate::risk {

inline constexpr size_t kTerms = 12;
// Measures on their scales: transformed, less the general mean, over the general deviation, within [-5, 5].
using Inputs = std::array<double, kTerms>;

struct Model {
  Inputs coefficients = {};
  double slope = 1;
  double intercept = 0;
  Inputs typical = {};  // what factors are told against
};

// For a project of which nothing is known but the share of its changes that cause defects, in (0, 1).
Model GeneralModel(double base_rate);

Inputs InputsOf(const Measures& measures);

// In (0, 1).
double ProbabilityOf(const Model& model, const Inputs& inputs);

// A change of the past whose year is over.
struct Example {
  int64_t time = 0;  // landed, seconds since 1970
  Inputs inputs = {};
  bool inducing = false;
};

// The model pulled to a project: coefficients by a Gaussian prior at the general ones (precision 300; an example weighs
// half as much three years on, all together as much as 10 000 at most), then slope and intercept on the newest year of
// examples. Fewer than 200 examples, or fewer than 10 inducing: the general model at the rate that is known. Examples
// in any order.
Model Refit(std::span<const Example> examples);

// What one measure does to the odds, against a typical change.
struct Factor {
  std::string_view measure;  // "lines_added"
  double odds = 1;           // > 0; the odds of a typical change times all factors are the odds of the change
  std::string words;         // "710 lines added; typical 18"
  bool size = false;         // the measure grows with the change, whatever it does
};

// A word of the change, and the logarithm of the defects that came with it over those expected.
struct ToldWord {
  std::string word;
  double evidence = 0;
};

// One for each term, the ones that move the odds most first. `words`: those of the change, most evidence first.
std::vector<Factor> FactorsOf(const Model& model, const Measures& measures, std::span<const ToldWord> words = {});

// Of a change with typical measures.
double TypicalProbability(const Model& model);

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_MODEL_H_
