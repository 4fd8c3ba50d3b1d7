#include "server/risk/model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace mergegate::risk {
namespace {

constexpr double kPrecision = 300;      // of the prior on the coefficients
constexpr double kMostWeight = 10'000;  // of all examples together
constexpr double kSlopePrecision = 20;  // of the prior on the slope, at 1
constexpr double kInterceptPrecision = 1e-6;
// The level moves faster than the weights: what share of defects is named by links changes with a project's habits.
constexpr int64_t kLevelTime = 365 * kDay;
constexpr double kHalfLife = 3.0 * 365 * kDay;  // of an example's weight
constexpr double kUnknownRate = 0.05;
constexpr size_t kFewestExamples = 200;
constexpr size_t kFewestInducing = 10;
constexpr int kNewtonSteps = 25;
constexpr double kLongestStep = 1;

double Logit(double p) {
  p = std::clamp(p, 1e-6, 1 - 1e-6);
  return std::log(p / (1 - p));
}
double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// How a measure becomes an input, and back for words.
enum class Scale { kLog, kFlag, kOddsOverBase, kOdds, kWords };

struct Term {
  std::string_view name;
  double Measures::* value;
  Scale scale;
  double mean, sd, coefficient;
  std::string_view words;  // behind the number; of a flag: what is so
  bool size = false;
};

// Learned by tests/bench/risk_eval.py's protocol from the whole of dpdk, openvswitch and qtdeclarative (each weighing
// at most 8 000 changes, an intercept of its own, Gaussian prior of precision 30 at zero), as of November 2026. The
// weight of words is what the three agree on beside the others: 0.17, 0.13 and 0.12.
constexpr std::array<Term, kTerms> kGeneral = {{
    {"lines_added", &Measures::lines_added, Scale::kLog, 2.9859, 1.7462, 0.5322, "lines added", true},
    {"largest_hunk", &Measures::largest_hunk, Scale::kLog, 2.2344, 1.5212, 0.1571, "lines added in one place", true},
    {"control", &Measures::control, Scale::kLog, 1.1442, 1.2544, 0.2699, "branches and loops added", true},
    {"files", &Measures::files, Scale::kLog, 1.2475, 0.6856, 0.0272, "files touched", true},
    {"recent_changes", &Measures::recent_changes, Scale::kLog, 2.1654, 1.3319, -0.0257,
     "changes to these files in 90 days"},
    {"authors", &Measures::authors, Scale::kLog, 2.7198, 1.1362, 0.2907, "people have changed these files before"},
    {"file_rate", &Measures::file_rate, Scale::kOddsOverBase, -0.0207, 0.9752, 0.2362,
     "of earlier changes to these files caused defects"},
    {"comment_only", &Measures::comment_only, Scale::kFlag, 0.0323, 0.1767, -0.1748, "only comments differ"},
    {"only_tests", &Measures::only_tests, Scale::kFlag, 0.0741, 0.2620, -0.1087, "only tests are touched"},
    {"build_files", &Measures::build_files, Scale::kLog, 0.0826, 0.3083, 0.0287, "build files touched"},
    {"fix_rate", &Measures::fix_rate, Scale::kOdds, -1.6497, 0.6057, 0.1235,
     "of earlier changes to these files were fixes"},
    {"words", &Measures::words, Scale::kWords, 0, 0.6, 0.14, "words that came with"},
}};

double Transformed(const Term& term, const Measures& measures) {
  const double value = measures.*term.value;
  switch (term.scale) {
    case Scale::kLog:
      return std::log1p(value);
    case Scale::kFlag:
    case Scale::kWords:
      return value;
    case Scale::kOdds:
      return Logit(value);
    case Scale::kOddsOverBase:
      return std::clamp(Logit(value) - Logit(measures.base_rate), -4.0, 4.0);
  }
  return 0;
}

double InputOf(const Term& term, const Measures& measures) {
  return std::clamp((Transformed(term, measures) - term.mean) / term.sd, -5.0, 5.0);
}

// The measure that has this input, as people read it.
std::string Shown(const Term& term, double input, double base_rate) {
  const double value = term.mean + term.sd * input;
  switch (term.scale) {
    case Scale::kLog:
      return absl::StrCat(std::llround(std::expm1(value)));
    case Scale::kOdds:
      return absl::StrFormat("%.1f%%", 100 * Sigmoid(value));
    case Scale::kOddsOverBase:
      return absl::StrFormat("%.1f%%", 100 * Sigmoid(value + Logit(base_rate)));
    case Scale::kFlag:
    case Scale::kWords:
      break;
  }
  return "";
}

std::string Exact(const Term& term, const Measures& measures) {
  const double value = measures.*term.value;
  return term.scale == Scale::kLog ? absl::StrCat(std::llround(value)) : absl::StrFormat("%.1f%%", 100 * value);
}

// "words that came with more defects than expected: parse_len, memcpy": those that speak most for what the factor says.
std::string TellWords(const Term& term, std::span<const ToldWord> words, bool more) {
  constexpr size_t kMost = 3;
  std::vector<std::string> named;
  for (size_t i = 0; i < words.size() && named.size() < kMost; ++i) {
    const ToldWord& word = more ? words[i] : words[words.size() - 1 - i];
    if ((word.evidence > 0) == more) named.push_back(word.word);
  }
  if (named.empty()) return "the past tells little of the words of the added code";
  return absl::StrCat(std::string(term.words), more ? " more" : " fewer",
                      " defects than expected: ", absl::StrJoin(named, ", "));
}

std::string Words(const Term& term, const Measures& measures, double typical) {
  if (term.scale == Scale::kFlag) {
    return measures.*term.value > 0 ? std::string(term.words) : absl::StrCat("not so: ", std::string(term.words));
  }
  return absl::StrCat(Exact(term, measures), " ", std::string(term.words), "; typical ",
                      Shown(term, typical, measures.base_rate));
}

// Solves the symmetric, positive definite `a` x = b by elimination.
template <size_t N>
std::array<double, N> Solve(std::array<std::array<double, N>, N> a, std::array<double, N> b) {
  for (size_t i = 0; i < N; ++i) {
    for (size_t j = i + 1; j < N; ++j) {
      const double factor = a[j][i] / a[i][i];
      for (size_t k = i; k < N; ++k) a[j][k] -= factor * a[i][k];
      b[j] -= factor * b[i];
    }
  }
  for (size_t i = N; i-- > 0;) {
    for (size_t k = i + 1; k < N; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

// Newton's method for a weighted logistic regression under a Gaussian prior. Row 0 of everything is the intercept.
template <size_t N, typename InputAt>
std::array<double, N> FitLogistic(const std::array<double, N>& prior, const std::array<double, N>& precision,
                                  std::span<const Example> examples, std::span<const double> weights,
                                  InputAt input_at) {
  std::array<double, N> at = prior;
  for (int step = 0; step < kNewtonSteps; ++step) {
    std::array<double, N> gradient = {};
    std::array<std::array<double, N>, N> curvature = {};
    for (size_t i = 0; i < N; ++i) {
      gradient[i] = precision[i] * (at[i] - prior[i]);
      curvature[i][i] = precision[i];
    }
    for (size_t e = 0; e < examples.size(); ++e) {
      const std::array<double, N> x = input_at(examples[e]);
      const double p = Sigmoid(std::inner_product(x.begin(), x.end(), at.begin(), 0.0));
      const double error = weights[e] * (p - (examples[e].inducing ? 1 : 0)), bend = weights[e] * p * (1 - p);
      for (size_t i = 0; i < N; ++i) {
        gradient[i] += error * x[i];
        for (size_t j = 0; j < N; ++j) curvature[i][j] += bend * x[i] * x[j];
      }
    }
    const std::array<double, N> move = Solve(curvature, gradient);
    double largest = 0;
    for (size_t i = 0; i < N; ++i) largest = std::max(largest, std::abs(move[i]));
    // Where examples are told apart perfectly, a whole step can lead away.
    const double share = std::min(1.0, kLongestStep / std::max(largest, kLongestStep));
    for (size_t i = 0; i < N; ++i) at[i] -= share * move[i];
    if (largest < 1e-8) break;
  }
  return at;
}

double Score(const Inputs& coefficients, const Inputs& inputs) {
  return std::inner_product(inputs.begin(), inputs.end(), coefficients.begin(), 0.0);
}

double InducingShare(std::span<const Example> examples) {
  const auto inducing = static_cast<double>(std::ranges::count_if(examples, &Example::inducing));
  return (inducing + 5) / (static_cast<double>(examples.size()) + 100);
}

// Coefficients by all examples, older ones weighing less.
Inputs FitCoefficients(std::span<const Example> examples, int64_t newest) {
  std::vector<double> weights;
  for (const Example& example : examples) {
    weights.push_back(std::exp2(-static_cast<double>(newest - example.time) / kHalfLife));
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight *= std::min(1.0, kMostWeight / sum);
  std::array<double, kTerms + 1> prior = {Logit(InducingShare(examples))}, precision = {kInterceptPrecision};
  for (size_t i = 0; i < kTerms; ++i) {
    prior[i + 1] = kGeneral[i].coefficient;
    precision[i + 1] = kPrecision;
  }
  const auto fitted = FitLogistic<kTerms + 1>(prior, precision, examples, weights, [](const Example& example) {
    std::array<double, kTerms + 1> x = {1};
    std::ranges::copy(example.inputs, x.begin() + 1);
    return x;
  });
  Inputs coefficients;
  std::copy(fitted.begin() + 1, fitted.end(), coefficients.begin());
  return coefficients;
}

}  // namespace

Model GeneralModel(double base_rate) {
  Model model;
  for (size_t i = 0; i < kTerms; ++i) model.coefficients[i] = kGeneral[i].coefficient;
  model.intercept = Logit(base_rate);
  return model;
}

Inputs InputsOf(const Measures& measures) {
  Inputs inputs;
  for (size_t i = 0; i < kTerms; ++i) inputs[i] = InputOf(kGeneral[i], measures);
  return inputs;
}

double ProbabilityOf(const Model& model, const Inputs& inputs) {
  return Sigmoid(model.intercept + model.slope * Score(model.coefficients, inputs));
}

double TypicalProbability(const Model& model) { return ProbabilityOf(model, model.typical); }

Model Refit(std::span<const Example> examples) {
  const auto inducing = static_cast<size_t>(std::ranges::count_if(examples, &Example::inducing));
  if (examples.size() < kFewestExamples || inducing < kFewestInducing || inducing == examples.size()) {
    return GeneralModel(examples.size() < kFewestExamples ? kUnknownRate : InducingShare(examples));
  }
  const int64_t newest = std::ranges::max(examples, {}, &Example::time).time;
  Model model;
  model.coefficients = FitCoefficients(examples, newest);
  std::vector<Example> recent;
  std::ranges::copy_if(examples, std::back_inserter(recent),
                       [&](const Example& example) { return example.time >= newest - kLevelTime; });
  const std::vector<double> ones(recent.size(), 1.0);
  const auto level = FitLogistic<2>(
      {Logit(InducingShare(recent)), 1}, {kInterceptPrecision, kSlopePrecision}, recent, ones,
      [&](const Example& example) { return std::array<double, 2>{1, Score(model.coefficients, example.inputs)}; });
  model.intercept = level[0];
  model.slope = level[1];
  for (size_t i = 0; i < kTerms; ++i) {
    for (const Example& example : recent) model.typical[i] += example.inputs[i];
    model.typical[i] /= static_cast<double>(recent.size());
  }
  return model;
}

std::vector<Factor> FactorsOf(const Model& model, const Measures& measures, std::span<const ToldWord> words) {
  const Inputs inputs = InputsOf(measures);
  std::vector<Factor> factors;
  for (size_t i = 0; i < kTerms; ++i) {
    const double log_odds = model.slope * model.coefficients[i] * (inputs[i] - model.typical[i]);
    factors.push_back({.measure = kGeneral[i].name,
                       .odds = std::exp(log_odds),
                       .words = kGeneral[i].scale == Scale::kWords ? TellWords(kGeneral[i], words, log_odds > 0)
                                                                   : Words(kGeneral[i], measures, model.typical[i]),
                       .size = kGeneral[i].size});
  }
  std::ranges::sort(factors, {},
                    [](const Factor& factor) { return std::pair(-std::abs(std::log(factor.odds)), factor.measure); });
  return factors;
}

}  // namespace mergegate::risk
