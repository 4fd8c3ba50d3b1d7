#include "server/risk/model.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "server/risk/learner.h"

namespace mergegate::risk {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Measures Typical() {
  Measures m;
  m.lines_added = 60;
  m.largest_hunk = 20;
  m.control = 5;
  m.files = 3;
  m.authors = 4;
  m.base_rate = 0.05;
  m.file_rate = 0.05;
  m.fix_rate = 0.2;
  return m;
}

double OddsOf(double p) { return p / (1 - p); }

TEST(ModelTest, AChangeWithAllInputsAtTheMeanHasTheBaseRate) {
  EXPECT_NEAR(ProbabilityOf(GeneralModel(0.05), Inputs{}), 0.05, 1e-12);
  EXPECT_NEAR(TypicalProbability(GeneralModel(0.2)), 0.2, 1e-12);
}

TEST(ModelTest, InputsAreLogsOverTheGeneralMeanAndDeviation) {
  Measures m = Typical();
  m.lines_added = std::expm1(2.9859 + 1.7462);  // one deviation above the mean
  EXPECT_NEAR(InputsOf(m)[0], 1, 1e-9);
  m.lines_added = 1e30;
  EXPECT_EQ(InputsOf(m)[0], 5);  // cut off
}

TEST(ModelTest, AHandComputedProbability) {
  Inputs inputs = {};
  inputs[0] = 1;  // 0.5322 of log odds
  // odds 0.05/0.95 x e^0.5322 = 0.05263 x 1.7027 = 0.08962; 0.08962 / 1.08962
  EXPECT_NEAR(ProbabilityOf(GeneralModel(0.05), inputs), 0.082246, 1e-5);
}

TEST(ModelTest, MoreLinesBranchesPeopleAndDefectsNeverLowerTheRisk) {
  const Model model = GeneralModel(0.05);
  for (double Measures::* measure : {&Measures::lines_added, &Measures::largest_hunk, &Measures::control,
                                     &Measures::files, &Measures::authors, &Measures::file_rate, &Measures::fix_rate}) {
    Measures m = Typical();
    double last = 0;
    for (const double factor : {0.5, 1.0, 2.0, 4.0}) {
      m.*measure = Typical().*measure * factor;
      const double p = ProbabilityOf(model, InputsOf(m));
      EXPECT_GE(p, last);
      EXPECT_GT(p, 0);
      EXPECT_LT(p, 1);
      last = p;
    }
  }
}

TEST(ModelTest, FactorsMultiplyToTheOdds) {
  Model model = GeneralModel(0.05);
  model.slope = 0.8;
  model.typical[0] = 0.5;
  model.typical[5] = -0.3;
  Measures m = Typical();
  m.lines_added = 710;
  double odds = OddsOf(TypicalProbability(model));
  for (const Factor& factor : FactorsOf(model, m)) odds *= factor.odds;
  EXPECT_NEAR(odds, OddsOf(ProbabilityOf(model, InputsOf(m))), 1e-9);
}

TEST(ModelTest, FactorsSayWhatIsUnusual) {
  Measures m = Typical();
  m.lines_added = 710;
  const std::vector<Factor> factors = FactorsOf(GeneralModel(0.05), m);
  EXPECT_EQ(factors[0].measure, "lines_added");
  // z = (ln 711 - 2.9859) / 1.7462 = 2.0507; e^(0.5322 x 2.0507)
  EXPECT_NEAR(factors[0].odds, 2.978, 0.01);
  EXPECT_EQ(factors[0].words, "710 lines added; typical 19");  // e^2.9859 - 1 = 18.8
}

TEST(ModelTest, NothingAboutTheAuthorIsATerm) {
  for (const Factor& factor : FactorsOf(GeneralModel(0.05), Typical())) {
    EXPECT_THAT(factor.words, ::testing::Not(HasSubstr("author")));
  }
  // Whoever wrote it: the same measures.
  History history;
  Commit past{.id = std::string(40, 'a'), .time = kDay, .author = "Ada", .files = {{.path = "a.cc"}}};
  history.Add(past);
  Commit next{.time = 2 * kDay, .author = "Ada", .files = {{.path = "a.cc"}}, .content = {.lines_added = 9}};
  const Inputs by_ada = InputsOf(history.MeasuresOf(next));
  next.author = "Bob";
  EXPECT_EQ(by_ada, InputsOf(history.MeasuresOf(next)));
}

// The chance that at least one of `slices` equal parts of a change causes a defect.
double RiskOfSlices(int slices, double lines) {
  Measures m = Typical();
  const double part = 1.0 / slices;
  m.lines_added = lines * part;
  m.largest_hunk = lines / 3 * part;
  m.control = lines / 10 * part;
  m.files = std::max(1.0, 8 * part);
  const double one = ProbabilityOf(GeneralModel(0.05), InputsOf(m));
  return 1 - std::pow(1 - one, slices);
}

TEST(ModelTest, ThinSlicesTogetherAreNoSaferThanTheWhole) {
  for (const double lines : {40.0, 200.0, 1000.0, 5000.0}) {
    for (const int slices : {2, 4, 8}) {
      EXPECT_GT(RiskOfSlices(slices, lines), RiskOfSlices(1, lines)) << slices << " slices of " << lines;
    }
  }
}

// Examples whose odds double with input 0 and do not depend on the others, which vary.
std::vector<Example> Examples(int count, double weight) {
  std::vector<Example> examples;
  unsigned random = 1;
  const auto next = [&] { return static_cast<double>((random = random * 1664525u + 1013904223u) >> 8) / (1 << 24); };
  for (int i = 0; i < count; ++i) {
    Example example{.time = int64_t{i} * 3600};
    for (double& input : example.inputs) input = 2 * next() - 1;
    const double log_odds = -1 + weight * example.inputs[0];
    example.inducing = next() < 1 / (1 + std::exp(-log_odds));
    examples.push_back(example);
  }
  return examples;
}

TEST(RefitTest, FewExamplesLeaveTheGeneralModel) {
  const Model model = Refit(Examples(100, 2));
  EXPECT_EQ(model.coefficients, GeneralModel(0.5).coefficients);
  EXPECT_NEAR(TypicalProbability(model), 0.05, 1e-9);
}

TEST(RefitTest, AProjectsOwnPastPullsTheCoefficients) {
  const double general = GeneralModel(0.05).coefficients[0];
  const double some = Refit(Examples(1'000, 2)).coefficients[0], many = Refit(Examples(8'000, 2)).coefficients[0];
  EXPECT_GT(some, general);
  EXPECT_GT(many, some);
  EXPECT_LT(many, 2.2);
}

TEST(RefitTest, TheModelIsCalibratedOnItsExamples) {
  const std::vector<Example> examples = Examples(5'000, 2);
  const Model model = Refit(examples);
  double expected = 0, inducing = 0;
  for (const Example& example : examples) {
    expected += ProbabilityOf(model, example.inputs);
    inducing += example.inducing ? 1 : 0;
  }
  EXPECT_NEAR(expected / inducing, 1, 0.03);
}

TEST(RefitTest, TheOrderOfExamplesDoesNotMatter) {
  std::vector<Example> examples = Examples(1'000, 1);
  const Model model = Refit(examples);
  std::ranges::reverse(examples);
  const Model reversed = Refit(examples);
  EXPECT_NEAR(model.intercept, reversed.intercept, 1e-9);
  for (size_t i = 0; i < kTerms; ++i) EXPECT_NEAR(model.coefficients[i], reversed.coefficients[i], 1e-9);
}

TEST(LearnerTest, NothingFromTheFutureReachesAProbability) {
  const auto commit = [](int number, std::vector<std::string> causes = {}) {
    std::string id = std::to_string(1'000'000 + number) + "b" + std::string(32, '0');
    return Commit{.id = id,
                  .time = number * kDay,
                  .author = "Ada",
                  .message = {.causes = std::move(causes)},
                  .files = {{.path = number % 3 == 0 ? "a.cc" : "b.cc"}},
                  .content = {.lines_added = number % 7 * 20 + 1}};
  };
  std::vector<Commit> commits;
  for (int i = 0; i < 900; ++i) {
    commits.push_back(i % 5 == 4 ? commit(i, {commits[static_cast<size_t>(i - 2)].id.substr(0, 12)}) : commit(i));
  }
  const auto judge = [&](size_t count) {
    Learner learner;
    std::vector<double> probabilities;
    for (size_t i = 0; i < count; ++i) {
      probabilities.push_back(learner.Judge(commits[i]).probability);
      learner.Add(commits[i]);
    }
    return probabilities;
  };
  const std::vector<double> half = judge(600);
  std::vector<double> all = judge(900);
  EXPECT_NE(all[599], all[0]);
  all.resize(600);
  EXPECT_EQ(half, all);
}

}  // namespace
}  // namespace mergegate::risk
