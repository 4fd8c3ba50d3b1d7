// Every number here is worked out by hand in the comment beside it, in ten-thousandths of Q.
#include "server/scoring/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/facts_builder.h"

namespace mergegate::scoring {
namespace {

using ::mergegate::testing::ChangedFunction;
using ::mergegate::testing::CleanChange;
using ::mergegate::testing::CopyOf;
using ::mergegate::testing::Failure;
using ::mergegate::testing::NewFinding;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<int> Points(const Metric& metric) {
  std::vector<int> points;
  for (const LedgerEntry& entry : metric.ledger) points.push_back(entry.points);
  return points;
}

Facts WithFindings(int lines, std::vector<Severity> severities) {
  Facts facts = CleanChange(lines);
  for (const Severity severity : severities) {
    facts.findings.push_back(NewFinding(absl::StrCat("check-", facts.findings.size()), severity));
  }
  return facts;
}

constexpr char kNoCoverage[] = "coverage: no readable report of coverage came with the change";

TEST(QualityTest, AnEmptyChangeIsPerfect) {
  const Metric metric = QualityOfChange(Facts());
  EXPECT_EQ(metric.value, 10000);
  EXPECT_THAT(Points(metric), ElementsAre(10000));
  EXPECT_THAT(metric.missing, ElementsAre(kNoCoverage));
}

TEST(QualityTest, ACleanChangeIsPerfect) { EXPECT_EQ(QualityOfChange(CleanChange(300)).value, 10000); }

TEST(QualityTest, OneMinorFindingInTwoLines) {
  // Full loss at 30 min x 20 lines / 2 = 300 min; 5000 x 10 / 300 = 166.67.
  const Metric metric = QualityOfChange(WithFindings(2, {Severity::kMinor}));
  EXPECT_THAT(Points(metric), ElementsAre(10000, -167));
  EXPECT_EQ(metric.value, 9833);
  EXPECT_EQ(metric.ledger[1].reason, "new minor finding check-0 at src/a.cc:3: 10 minutes");
  EXPECT_THAT(metric.ledger[1].evidence, ElementsAre("v1:check-0:1"));
}

TEST(QualityTest, OneMajorFindingInAHundredLines) {
  // Full loss at 30 x 100 / 2 = 1500 min; 5000 x 60 / 1500 = 200.
  EXPECT_EQ(QualityOfChange(WithFindings(100, {Severity::kMajor})).value, 9800);
}

TEST(QualityTest, SharesAreSplitByLargestRemainder) {
  // 5000 x 80 / 300 = 1333.33, shared 60 : 10 : 10 = 999.75, 166.625, 166.625; the two points left over go to the
  // largest remainder and, of the equal ones, to the first.
  const Metric metric = QualityOfChange(WithFindings(2, {Severity::kMajor, Severity::kMinor, Severity::kMinor}));
  EXPECT_THAT(Points(metric), ElementsAre(10000, -1000, -167, -166));
  EXPECT_EQ(metric.value, 8667);
}

TEST(QualityTest, ACriticalFindingCapsAtOneHalf) {
  // Full loss at 30 x 500 / 2 = 7500 min; 5000 x 120 / 7500 = 80, then down from 9920 to 5000.
  const Metric metric = QualityOfChange(WithFindings(500, {Severity::kCritical}));
  EXPECT_THAT(Points(metric), ElementsAre(10000, -80, -4920));
  EXPECT_THAT(metric.ledger[2].reason, HasSubstr("cap:"));
  EXPECT_EQ(metric.value, 5000);
}

TEST(QualityTest, ABlockerCapsAtAFifth) {
  // 5000 x 240 / 300 = 4000, then down from 6000 to 2000.
  const Metric metric = QualityOfChange(WithFindings(2, {Severity::kBlocker}));
  EXPECT_THAT(Points(metric), ElementsAre(10000, -4000, -4000));
  EXPECT_EQ(metric.value, 2000);
}

TEST(QualityTest, BulkDoesNotBuyRoom) {
  EXPECT_EQ(QualityOfChange(WithFindings(500, {Severity::kMajor})).value,
            QualityOfChange(WithFindings(50000, {Severity::kMajor})).value);
}

TEST(QualityTest, DebtCannotCostMoreThanItsWeight) {
  // Ten majors are 600 min, twice the full loss of 300: 10 x 1000, of which 5000 come back.
  const Metric metric = QualityOfChange(WithFindings(2, std::vector<Severity>(10, Severity::kMajor)));
  EXPECT_THAT(Points(metric),
              ElementsAre(10000, -1000, -1000, -1000, -1000, -1000, -1000, -1000, -1000, -1000, -1000, 5000));
  EXPECT_THAT(metric.ledger.back().reason, HasSubstr("floor: debt"));
  EXPECT_EQ(metric.value, 5000);
}

TEST(QualityTest, FarTooMuchDebtStaysExact) {
  // A million minutes would be 3333 times the full loss; charged as a hundred times it: 500000.
  Facts facts = WithFindings(2, std::vector<Severity>(20000, Severity::kMajor));
  const Metric metric = QualityOfChange(facts);
  EXPECT_EQ(metric.value, 5000);
  EXPECT_EQ(metric.ledger.back().points, 500000 - 5000);
}

TEST(QualityTest, WhatDoesNotCount) {
  Facts facts = WithFindings(10, {Severity::kInfo, Severity::kBlocker, Severity::kBlocker, Severity::kBlocker});
  facts.findings[1].guessed = true;
  facts.findings[2].state = BaselineState::kUnchanged;
  facts.findings[3].state = BaselineState::kFixed;
  EXPECT_THAT(Points(QualityOfChange(facts)), ElementsAre(10000));
}

TEST(QualityTest, ACausedFindingCountsLikeANewOne) {
  Facts facts = WithFindings(2, {Severity::kMinor});
  facts.findings[0].state = BaselineState::kCaused;
  EXPECT_EQ(QualityOfChange(facts).value, 9833);
}

TEST(QualityTest, DeletingCodeCostsNothing) {
  Facts facts = CleanChange(0);
  facts.lines_removed = 1000;
  facts.functions = {ChangedFunction("f", 40, 35)};
  EXPECT_EQ(QualityOfChange(facts).value, 10000);
  Facts more = WithFindings(30, {Severity::kMajor});
  const int before = QualityOfChange(more).value;
  more.lines_removed = 1000;
  EXPECT_EQ(QualityOfChange(more).value, before);
}

TEST(QualityTest, ComplexityCountsAbove15AndAboveWhatWas) {
  // Full loss at 60 / 2 = 30. added 30: 15 over. 20 -> 25: 5. 5 -> 18: 3. The rest: 0. 2500 x 23 / 30 = 1916.67,
  // shared 15 : 5 : 3 = 1250.02, 416.67, 250.004; the point left over goes to the second.
  Facts facts = CleanChange(60);
  facts.functions = {
      ChangedFunction("added", std::nullopt, 30), ChangedFunction("grown", 20, 25),  ChangedFunction("risen", 5, 18),
      ChangedFunction("plain", std::nullopt, 15), ChangedFunction("shrunk", 40, 30), ChangedFunction("same", 40, 40)};
  const Metric metric = QualityOfChange(facts);
  EXPECT_THAT(Points(metric), ElementsAre(10000, -1250, -417, -250));
  EXPECT_EQ(metric.ledger[1].reason, "added at src/a.cc:7 has cognitive complexity 30, added: 15 over what is free");
  EXPECT_EQ(metric.ledger[2].reason, "grown at src/a.cc:7 has cognitive complexity 25, before 20: 5 over what is free");
  EXPECT_EQ(metric.value, 8083);
}

TEST(QualityTest, DuplicationCountsALineOnce) {
  // Lines 1-20 and 11-30: 30 of 100, full loss at 50. 2500 x 30 / 50 = 1500, shared 20 : 20.
  Facts facts = CleanChange(100);
  facts.duplicates = {CopyOf(1, 20), CopyOf(11, 30)};
  const Metric metric = QualityOfChange(facts);
  EXPECT_THAT(Points(metric), ElementsAre(10000, -750, -750));
  EXPECT_EQ(metric.ledger[1].reason, "src/a.cc:1-20 copies src/old.cc:1-20: 20 lines");
}

TEST(QualityTest, AllThreeTogether) {
  // Debt 5000 x 60 / 1500 = 200; complexity 2500 x 15 / 50 = 750; duplication 2500 x 30 / 50 = 1500.
  Facts facts = WithFindings(100, {Severity::kMajor});
  facts.functions = {ChangedFunction("f", std::nullopt, 30)};
  facts.duplicates = {CopyOf(1, 30)};
  const Metric metric = QualityOfChange(facts);
  EXPECT_THAT(Points(metric), ElementsAre(10000, -200, -750, -1500));
  EXPECT_EQ(metric.value, 7550);
}

TEST(QualityTest, AMissingSubIndexLeavesItsWeightToTheOthers) {
  // Weights 50 : 25 of 10000 = 6666.67 and 3333.33, so 6667 and 3333. 6667 x 10 / 300 = 222.23.
  Facts facts = WithFindings(2, {Severity::kMinor});
  facts.failures = {Failure("duplication")};
  const Metric metric = QualityOfChange(facts);
  EXPECT_EQ(metric.value, 9778);
  EXPECT_THAT(metric.missing, ElementsAre("duplication: its analyzer failed", kNoCoverage));
}

TEST(QualityTest, LinesUnderGuessedFlagsGiveNoDebt) {
  Facts facts = CleanChange(10);
  facts.coverage.guessed_lines = facts.coverage.parsed_lines;
  facts.coverage.parsed_lines = 0;
  const Metric metric = QualityOfChange(facts);
  EXPECT_EQ(metric.value, 10000);
  EXPECT_THAT(metric.missing,
              ElementsAre("debt: no changed line was parsed under a known compile command", kNoCoverage));
}

// Weights 50, 25, 25 and 20 of 120: 4167, 2083, 2083 and 1667.
Facts WithRisk(std::vector<RiskFactor> factors) {
  Facts facts = CleanChange(300);
  facts.risk = RiskFacts{.probability = 41'000, .typical = 12'000, .examples = 900, .factors = std::move(factors)};
  return facts;
}

TEST(QualityTest, OddsEightTimesTheTypicalLoseTheWholePart) {
  // Half of three doublings: 1667 x 1500 / 3000 = 833.5.
  EXPECT_EQ(QualityOfChange(WithRisk({{"x2.8: 710 lines added; typical 19", 1500, true}})).value, 10000 - 834);
  EXPECT_EQ(QualityOfChange(WithRisk({{"x8.0", 3000, false}})).value, 10000 - 1667);
  const Metric more = QualityOfChange(WithRisk({{"x16.0", 4000, false}}));
  EXPECT_EQ(more.value, 10000 - 1667);
  EXPECT_THAT(more.ledger.back().reason, HasSubstr("risk cannot cost more than its weight"));
}

TEST(QualityTest, TheLedgerTellsTheFactorsOfTheOdds) {
  // 1500 - 600 = 900 in all: 1667 x 900 / 3000 = 500.1, shared 1000 to 500.
  const Metric metric =
      QualityOfChange(WithRisk({{"x2.0: 710 lines added; typical 19", 1000, true},
                                {"x1.4: 30 people have changed these files before; typical 9", 500, false},
                                {"x0.7: only comments differ", -600, false}}));
  EXPECT_THAT(Points(metric), ElementsAre(10000, -333, -167));
  EXPECT_EQ(metric.ledger[1].reason,
            "risk x2.0: 710 lines added; typical 19 (4.1% of such changes cause a defect, 1.2% of typical ones)");
  EXPECT_EQ(metric.ledger[2].reason, "risk x1.4: 30 people have changed these files before; typical 9");
  EXPECT_EQ(metric.ledger[0].reason, "a change that adds no debt, complexity, duplication or unusual risk");
}

TEST(QualityTest, ThinSlicesPayForWhatTheyTouchAsTypicalChangesDo) {
  const RiskFactor files{"x1.4: people", 500, false};
  const int typical = QualityOfChange(WithRisk({files})).value;
  EXPECT_EQ(QualityOfChange(WithRisk({files, {"x0.3: 1 lines added", -1700, true}})).value, typical);
  EXPECT_LT(QualityOfChange(WithRisk({files, {"x2.0: 90 lines added", 1000, true}})).value, typical);
}

TEST(QualityTest, LittleRiskCostsNothing) {
  EXPECT_EQ(QualityOfChange(WithRisk({})).value, 10000);
  EXPECT_EQ(QualityOfChange(WithRisk({{"x0.5: only tests are touched", -1000, false}})).value, 10000);
}

TEST(QualityTest, UnknownRiskLeavesItsWeightToTheOthersAndSaysWhy) {
  Facts facts = WithFindings(2, {Severity::kMinor});
  const Metric before = QualityOfChange(facts);
  facts.risk = RiskFacts{.missing = "the project's history is still being read"};
  const Metric metric = QualityOfChange(facts);
  EXPECT_EQ(metric.value, before.value);
  EXPECT_THAT(metric.missing, ElementsAre("risk: the project's history is still being read", kNoCoverage));
  EXPECT_THAT(before.missing, ElementsAre(kNoCoverage));  // facts of before risk was known: nothing is said
}

TEST(QualityTest, NothingMeasuredIsNoQuality) {
  Facts facts = CleanChange(10);
  facts.coverage.missed_lines = facts.coverage.parsed_lines;
  facts.coverage.parsed_lines = 0;
  facts.failures = {Failure("src/a.cc"), Failure("duplication")};
  const Metric metric = QualityOfChange(facts);
  EXPECT_EQ(metric.value, 0);
  EXPECT_THAT(metric.ledger, IsEmpty());
  EXPECT_THAT(metric.missing, SizeIs(4));
  Facts without_base;
  without_base.missing_base = "base commit is missing";
  EXPECT_THAT(QualityOfChange(without_base).missing, ElementsAre("nothing to compare with: base commit is missing"));
}

TEST(QualityTest, UncoveredLinesCostTheirShare) {
  // Weights 50 : 25 : 25 : 25, so coverage has 2000 of 10000; 10 of 40 lines were not run: 2000 x 10 / 40 = 500,
  // shared 6 to 4.
  Facts facts = CleanChange(100);
  facts.tests =
      TestCoverage{.files = {{"a.cc", 20, {1, 2, 3, 4, 5, 6}}, {"b.cc", 10, {7, 8, 9, 10}}, {"c.cc", 10, {}}}};
  const Metric metric = QualityOfChange(facts);
  EXPECT_EQ(metric.value, 9500);
  EXPECT_THAT(Points(metric), ElementsAre(10000, -300, -200));
  EXPECT_EQ(metric.ledger[1].reason, "no test ran 6 of 20 changed executable lines of a.cc");
  EXPECT_THAT(metric.ledger[1].evidence, ElementsAre("a.cc:1"));
  EXPECT_THAT(metric.missing, IsEmpty());
}

TEST(QualityTest, AFewUncoveredLinesOfASmallChangeCostLittle) {
  // Below 20 lines count as 20: 2000 x 1 / 20.
  Facts facts = CleanChange(3);
  facts.tests = TestCoverage{.files = {{"a.cc", 1, {1}}}};
  EXPECT_EQ(QualityOfChange(facts).value, 9900);
  facts.tests = TestCoverage{.files = {}, .unreported = {"a.cc"}};
  EXPECT_THAT(QualityOfChange(facts).missing, ElementsAre("coverage: no report tells of the changed files"));
  facts.tests = TestCoverage();
  EXPECT_EQ(QualityOfChange(facts).value, 10000) << "nothing to run";
}

TEST(QualityTest, BeyondFiftyEntriesTheRestIsFoldedWithItsEvidence) {
  // 5000 x 600 / 7500 = 400 over 60 findings: 40 pay 7, 20 pay 6. 49 are shown, eleven 6es are folded.
  const Metric metric = QualityOfChange(WithFindings(500, std::vector<Severity>(60, Severity::kMinor)));
  ASSERT_THAT(metric.ledger, SizeIs(1 + 49 + 1));
  EXPECT_EQ(metric.ledger.back().points, -66);
  EXPECT_EQ(metric.ledger.back().reason, "and 11 more of debt");
  EXPECT_THAT(metric.ledger.back().evidence, SizeIs(11));
  EXPECT_THAT(metric.ledger.back().evidence, Contains("v1:check-59:1"));
  EXPECT_EQ(metric.value, 9600);
  EXPECT_THAT(QualityOfChange(WithFindings(500, std::vector<Severity>(50, Severity::kMinor))).ledger, SizeIs(1 + 50));
}

TEST(QualityTest, TheLedgerSumsToAValueInRangeWhateverTheFacts) {
  std::mt19937 random(20240607);
  const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n + 1)); };
  for (int round = 0; round < 2000; ++round) {
    Facts facts = CleanChange(upto(1) == 0 ? upto(30) : upto(2000));
    facts.lines_added = upto(3000);
    for (int i = upto(70); i > 0; --i) {
      facts.findings.push_back(NewFinding(absl::StrCat("c", i), static_cast<Severity>(upto(5))));
      facts.findings.back().state = static_cast<BaselineState>(upto(4));
    }
    for (int i = upto(8); i > 0; --i) facts.functions.push_back(ChangedFunction("f", upto(60), upto(200)));
    for (int i = upto(8); i > 0; --i) facts.duplicates.push_back(CopyOf(upto(50), upto(3000)));
    if (upto(3) == 0) facts.coverage.parsed_lines = 0;
    if (upto(3) == 0) facts.failures = {Failure("duplication")};
    const Metric metric = QualityOfChange(facts);
    int sum = 0;
    for (const LedgerEntry& entry : metric.ledger) sum += entry.points;
    ASSERT_EQ(metric.value, sum) << round;
    ASSERT_GE(metric.value, 0) << round;
    ASSERT_LE(metric.value, 10000) << round;
  }
}

Facts CodeWithoutTests(int code_lines) {
  Facts facts = CleanChange(code_lines);
  facts.touched_tests = TouchedTests{.code_lines = code_lines, .test_lines = 0, .has_tests = true};
  return facts;
}

TEST(QualityTest, CodeThatNoTestComesWith) {
  // Weights 50, 25, 25 and 15 of 115: the last is 1304 (largest remainder); 1304 x 50 / 200 = 326.
  const Metric metric = QualityOfChange(CodeWithoutTests(50));
  EXPECT_THAT(Points(metric), ElementsAre(10000, -326));
  EXPECT_EQ(metric.ledger[1].reason, "no test changes with 50 lines of code");
  // From 200 lines on, nothing of it is left.
  EXPECT_EQ(QualityOfChange(CodeWithoutTests(200)).value, 10000 - 1304);
  EXPECT_EQ(QualityOfChange(CodeWithoutTests(5000)).value, 10000 - 1304);
  // A test that comes along, whatever its size, or nothing to test: nothing is lost.
  Facts tested = CodeWithoutTests(50);
  tested.touched_tests->test_lines = 1;
  EXPECT_EQ(QualityOfChange(tested).value, 10000);
  EXPECT_EQ(QualityOfChange(CodeWithoutTests(0)).value, 10000);
}

TEST(QualityTest, PathsSayNothingOfTestsWhereCoverageDoesOrThereAreNone) {
  Facts covered = CodeWithoutTests(50);
  covered.tests = TestCoverage{.files = {{"src/a.cc", 50, {}}}};
  EXPECT_EQ(QualityOfChange(covered).value, 10000);
  EXPECT_THAT(QualityOfChange(covered).missing, IsEmpty());
  Facts none = CodeWithoutTests(50);
  none.touched_tests->has_tests = false;
  EXPECT_THAT(
      QualityOfChange(none).missing,
      ElementsAre(kNoCoverage, "tests touched: the repository has no tests where analysis.test_paths looks for them"));
}

}  // namespace
}  // namespace mergegate::scoring
