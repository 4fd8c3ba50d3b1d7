// One condition at a time: holds, does not hold, and the fact is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "server/gate/judgement.h"
#include "tests/support/facts_builder.h"

namespace mergegate::gate {
namespace {

using ::mergegate::testing::ChangedFunction;
using ::mergegate::testing::CleanChange;
using ::mergegate::testing::CopyOf;
using ::mergegate::testing::Failure;
using ::mergegate::testing::NewFinding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Q is 0.7 less 0.1 for every new finding: simple enough to see through.
Metric SimpleQuality(const Facts& facts) {
  Metric metric{.value = 7000, .ledger = {{.points = 7000, .reason = "start", .evidence = {}}}, .missing = {}};
  for (const Finding& finding : facts.findings) {
    if (finding.state == BaselineState::kNew && !finding.guessed) metric.value -= 1000;
  }
  return metric;
}

ConditionResult Judge(const Condition& condition, const Facts& facts, const QualityFunction& quality = SimpleQuality) {
  return JudgeCondition(condition, Evidence(facts, quality));
}

Condition Of(ConditionKind kind, double threshold) {
  Condition condition;
  condition.name = "it";
  condition.kind = kind;
  condition.threshold = threshold;
  return condition;
}

constexpr auto kSatisfied = ConditionState::kSatisfied;
constexpr auto kUnsatisfied = ConditionState::kUnsatisfied;
constexpr auto kUndecided = ConditionState::kUndecided;

// ---- findings ----

TEST(FindingsTest, CountsWhatTheFilterWants) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("bugprone-a", Severity::kMajor),
                    NewFinding("bugprone-b", Severity::kMinor),
                    NewFinding("misc-c", Severity::kBlocker),
                    NewFinding("bugprone-d", Severity::kCritical),
                    NewFinding("bugprone-e", Severity::kMajor, "gen/x.cc"),
                    NewFinding("bugprone-f", Severity::kMajor, "lib/x.cc")};
  facts.findings[3].state = BaselineState::kUnchanged;
  Condition condition = Of(ConditionKind::kFindings, 0);
  condition.filter.checks = {"bugprone-*"};
  condition.filter.paths = {"src/**", "gen/**"};
  condition.filter.exclude_paths = {"gen/**"};
  const ConditionResult result = Judge(condition, facts);
  EXPECT_EQ(result.state, kUnsatisfied);
  EXPECT_EQ(result.kind, "findings");
  EXPECT_EQ(result.actual, "1 finding");
  EXPECT_EQ(result.threshold, "<= 0");
  EXPECT_EQ(result.reason, "1 new or caused findings of severity major or worse, at most 0 allowed");
  EXPECT_THAT(result.fingerprints, ElementsAre("v1:bugprone-a:1"));
  condition.threshold = 1;
  EXPECT_EQ(Judge(condition, facts).state, kSatisfied);
}

TEST(FindingsTest, AFindingWithoutSeverityCounts) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kUnspecified)};
  EXPECT_EQ(Judge(Of(ConditionKind::kFindings, 0), facts).state, kUnsatisfied);
}

TEST(FindingsTest, GuessedFindingsNeverBlockAndAreMentioned) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kBlocker), NewFinding("b", Severity::kBlocker)};
  for (Finding& finding : facts.findings) finding.guessed = true;
  const ConditionResult result = Judge(Of(ConditionKind::kFindings, 0), facts);
  EXPECT_EQ(result.state, kSatisfied);
  EXPECT_THAT(result.reason, HasSubstr("2 more under guessed flags do not count"));
}

TEST(FindingsTest, AFailedUnitCouldHideFindings) {
  Facts facts = CleanChange(10);
  facts.failures = {Failure("src/b.cc"), Failure("src/a.cc", "static-analyzer")};
  const ConditionResult result = Judge(Of(ConditionKind::kFindings, 0), facts);
  EXPECT_EQ(result.state, kUndecided);
  EXPECT_EQ(result.actual, "");
  EXPECT_THAT(result.reason, HasSubstr("not fully analyzed: src/a.cc, src/b.cc; first: 'x.h' file not found"));
}

TEST(FindingsTest, LinesThatNoUnitParsedCouldHideFindingsToo) {
  Facts facts = CleanChange(10);
  facts.coverage.missed_lines = 4;
  EXPECT_EQ(Judge(Of(ConditionKind::kFindings, 0), facts).state, kUndecided);
}

TEST(FindingsTest, WhatIsSeenStandsWhateverFailed) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMajor)};
  facts.failures = {Failure("src/b.cc")};
  EXPECT_EQ(Judge(Of(ConditionKind::kFindings, 0), facts).state, kUnsatisfied);
}

TEST(FindingsTest, FailuresOfOtherAnalyzersHideNoFindings) {
  Facts facts = CleanChange(10);
  facts.failures = {Failure("src/a.cc", "code-metrics"), Failure("duplication"),
                    Failure("src/b.cc", "", /*at_base=*/true)};
  EXPECT_EQ(Judge(Of(ConditionKind::kFindings, 0), facts).state, kSatisfied);
}

TEST(FindingsTest, AFindingWhoseUnitFailedAtTheBaseMayBeOld) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMajor, "src/a.cc"), NewFinding("b", Severity::kMajor, "src/b.cc")};
  facts.failures = {Failure("src/b.cc", "", /*at_base=*/true)};
  Condition condition = Of(ConditionKind::kFindings, 1);
  const ConditionResult result = Judge(condition, facts);
  EXPECT_EQ(result.state, kUndecided);
  EXPECT_THAT(result.reason, HasSubstr("1 of them may be old: not analyzed at the base commit: src/b.cc"));
  condition.threshold = 0;  // src/a.cc's alone is too many
  EXPECT_EQ(Judge(condition, facts).state, kUnsatisfied);
  condition.threshold = 1;
  condition.filter.states = {BaselineState::kNew, BaselineState::kUnchanged};  // then its age does not matter
  EXPECT_EQ(Judge(condition, facts).state, kUnsatisfied);
}

TEST(FindingsTest, OnlyTheAnalyzerThatFailedAtTheBaseIsInDoubt) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMajor)};
  facts.failures = {Failure("src/a.cc", "static-analyzer", /*at_base=*/true)};
  EXPECT_EQ(Judge(Of(ConditionKind::kFindings, 0), facts).state, kUnsatisfied);
  facts.findings[0].analyzer = "static-analyzer";
  EXPECT_EQ(Judge(Of(ConditionKind::kFindings, 0), facts).state, kUndecided);
}

// ---- q ----

TEST(QualityConditionTest, HoldsFromTheBoundOn) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMinor)};  // Q 0.6
  const ConditionResult result = Judge(Of(ConditionKind::kQuality, 0.6), facts);
  EXPECT_EQ(result.state, kSatisfied);
  EXPECT_EQ(result.actual, "Q 0.6");
  EXPECT_EQ(result.threshold, ">= 0.6");
  EXPECT_EQ(Judge(Of(ConditionKind::kQuality, 0.6001), facts).state, kUnsatisfied);
}

TEST(QualityConditionTest, AFailureCouldLowerIt) {
  Facts facts = CleanChange(10);
  facts.failures = {Failure("duplication")};
  EXPECT_EQ(Judge(Of(ConditionKind::kQuality, 0.6), facts).state, kUndecided);
  EXPECT_EQ(Judge(Of(ConditionKind::kQuality, 0.8), facts).state, kUnsatisfied);
}

TEST(QualityConditionTest, WithoutQItIsUndecided) {
  const auto nothing = [](const Facts&) { return Metric{.value = 0, .ledger = {}, .missing = {"debt: no lines"}}; };
  const ConditionResult result = Judge(Of(ConditionKind::kQuality, 0.6), CleanChange(10), nothing);
  EXPECT_EQ(result.state, kUndecided);
  EXPECT_EQ(result.reason, "Q could not be computed: debt: no lines");
}

TEST(QualityConditionTest, FindingsThatMayBeOldLeaveItOpen) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMinor)};  // Q 0.6, or 0.7 without
  facts.failures = {Failure("src/a.cc", "", /*at_base=*/true)};
  EXPECT_EQ(Judge(Of(ConditionKind::kQuality, 0.7), facts).state, kUndecided);
  EXPECT_EQ(Judge(Of(ConditionKind::kQuality, 0.8), facts).state, kUnsatisfied);
}

// ---- complexity ----

TEST(ComplexityTest, OnlyFunctionsThatGrewCount) {
  Facts facts = CleanChange(10);
  facts.functions = {ChangedFunction("small", 3, 25), ChangedFunction("old", 40, 40),
                     ChangedFunction("better", 50, 30)};
  EXPECT_EQ(Judge(Of(ConditionKind::kComplexity, 25), facts).state, kSatisfied);
  facts.functions.push_back(ChangedFunction("grown", 25, 26));
  facts.functions.push_back(ChangedFunction("added", std::nullopt, 30));
  const ConditionResult result = Judge(Of(ConditionKind::kComplexity, 25), facts);
  EXPECT_EQ(result.state, kUnsatisfied);
  EXPECT_EQ(result.actual, "2 functions above 25");
  EXPECT_EQ(result.reason, "added or grown beyond cognitive complexity 25: grown (26), added (30)");
}

TEST(ComplexityTest, WithoutMeasurementsItIsUndecided) {
  Facts facts = CleanChange(10);
  facts.failures = {Failure("src/a.cc", "code-metrics")};
  EXPECT_EQ(Judge(Of(ConditionKind::kComplexity, 25), facts).state, kUndecided);
  facts.failures = {Failure("src/a.cc", "clang-tidy")};
  EXPECT_EQ(Judge(Of(ConditionKind::kComplexity, 25), facts).state, kSatisfied);
}

TEST(ComplexityTest, AnAddedFunctionMayBeOldWhenTheBaseFailed) {
  Facts facts = CleanChange(10);
  facts.functions = {ChangedFunction("added", std::nullopt, 30)};
  facts.failures = {Failure("src/a.cc", "", /*at_base=*/true)};
  EXPECT_EQ(Judge(Of(ConditionKind::kComplexity, 25), facts).state, kUndecided);
  facts.functions.push_back(ChangedFunction("grown", 25, 26));
  EXPECT_EQ(Judge(Of(ConditionKind::kComplexity, 25), facts).state, kUnsatisfied);
}

// ---- duplication ----

TEST(DuplicationTest, ShareOfAddedLinesEachCountedOnce) {
  Facts facts = CleanChange(200);
  facts.duplicates = {CopyOf(1, 15), CopyOf(6, 20)};  // lines 1-20 of 200
  EXPECT_EQ(Judge(Of(ConditionKind::kDuplication, 0.1), facts).state, kSatisfied);
  facts.duplicates.push_back(CopyOf(30, 30));
  const ConditionResult result = Judge(Of(ConditionKind::kDuplication, 0.1), facts);
  EXPECT_EQ(result.state, kUnsatisfied);
  EXPECT_EQ(result.actual, "10.5%");
  EXPECT_EQ(result.threshold, "<= 10%");
}

TEST(DuplicationTest, NothingAddedIsNothingCopied) {
  EXPECT_EQ(Judge(Of(ConditionKind::kDuplication, 0), CleanChange(0)).state, kSatisfied);
}

TEST(DuplicationTest, WhenItsAnalyzerFailedItIsUndecided) {
  Facts facts = CleanChange(10);
  facts.failures = {Failure("duplication")};
  EXPECT_EQ(Judge(Of(ConditionKind::kDuplication, 0.1), facts).state, kUndecided);
  facts.failures = {Failure("src/a.cc")};
  EXPECT_EQ(Judge(Of(ConditionKind::kDuplication, 0.1), facts).state, kSatisfied);
}

// ---- test_coverage ----

TEST(TestCoverageTest, ShareOfTheChangedExecutableLines) {
  Facts facts = CleanChange(100);
  facts.tests = TestCoverage{.files = {{"a.cc", 6, {3, 4, 5, 9}}, {"b.cc", 4, {}}}};
  EXPECT_EQ(Judge(Of(ConditionKind::kTestCoverage, 0.6), facts).state, kSatisfied);
  const ConditionResult result = Judge(Of(ConditionKind::kTestCoverage, 0.61), facts);
  EXPECT_EQ(result.state, kUnsatisfied);
  EXPECT_EQ(result.actual, "60%");
  EXPECT_EQ(result.threshold, ">= 61%");
  EXPECT_EQ(result.reason, "tests ran 6 of 10 changed executable lines, at least 61% wanted; not a.cc:3-5, 9");
}

TEST(TestCoverageTest, WhatNobodyMeasuredIsUndecided) {
  Facts facts = CleanChange(100);
  EXPECT_EQ(Judge(Of(ConditionKind::kTestCoverage, 0), facts).state, kUndecided) << "no report";
  facts.tests = TestCoverage{.files = {}, .unreported = {"a.cc"}};
  const ConditionResult result = Judge(Of(ConditionKind::kTestCoverage, 0.5), facts);
  EXPECT_EQ(result.state, kUndecided);
  EXPECT_EQ(result.reason, "no changed line is executable; no report tells of a.cc");
  facts.tests->files = {{"b.cc", 1, {1}}};
  EXPECT_EQ(Judge(Of(ConditionKind::kTestCoverage, 0.5), facts).state, kUnsatisfied) << "not whatever else is found";
}

TEST(TestCoverageTest, NothingToRunIsCovered) {
  Facts facts = CleanChange(1);
  facts.tests = TestCoverage();
  EXPECT_EQ(Judge(Of(ConditionKind::kTestCoverage, 1), facts).state, kSatisfied);
}

// ---- size ----

TEST(SizeTest, CountsLinesAdded) {
  EXPECT_EQ(Judge(Of(ConditionKind::kSize, 10), CleanChange(10)).state, kSatisfied);
  const ConditionResult result = Judge(Of(ConditionKind::kSize, 10), CleanChange(11));
  EXPECT_EQ(result.state, kUnsatisfied);
  EXPECT_EQ(result.reason, "11 lines added, at most 10 allowed; split the change");
}

// ---- analysis_coverage ----

TEST(AnalysisCoverageTest, GuessedLinesCountMissedOnesDoNot) {
  Facts facts = CleanChange(100);
  facts.coverage.parsed_lines = 50;
  facts.coverage.guessed_lines = 40;
  facts.coverage.missed_lines = 10;
  const ConditionResult result = Judge(Of(ConditionKind::kAnalysisCoverage, 0.9), facts);
  EXPECT_EQ(result.state, kSatisfied);
  EXPECT_EQ(result.actual, "90%");
  EXPECT_THAT(result.reason, HasSubstr("40 under guessed flags"));
}

TEST(AnalysisCoverageTest, TooLittleIsUndecidedAndNamesFilesAndTheFirstFailure) {
  Facts facts = CleanChange(100);
  facts.coverage.parsed_lines = 0;
  facts.coverage.missed_lines = 100;
  facts.coverage.files[0].units.clear();
  facts.failures = {Failure("src/a.cc")};
  const ConditionResult result = Judge(Of(ConditionKind::kAnalysisCoverage, 0.9), facts);
  EXPECT_EQ(result.state, kUndecided);
  EXPECT_EQ(result.reason,
            "0 of 100 changed lines analyzed, at least 90% wanted; not fully analyzed: src/a.cc; first: 'x.h' file not "
            "found");
}

TEST(AnalysisCoverageTest, NothingToAnalyzeIsFine) {
  EXPECT_EQ(Judge(Of(ConditionKind::kAnalysisCoverage, 1), CleanChange(0)).state, kSatisfied);
}

// ---- suppressions_added ----

TEST(SuppressionsAddedTest, CountsNolintOnly) {
  Facts facts = CleanChange(10);
  facts.relaxations = {{.kind = "policy", .path = ".mergegate.yaml", .line = 1, .text = "max: 9"}};
  EXPECT_EQ(Judge(Of(ConditionKind::kSuppressionsAdded, 0), facts).state, kSatisfied);
  facts.relaxations.push_back({.kind = "nolint", .path = "src/a.cc", .line = 4, .text = "// NOLINT"});
  const ConditionResult result = Judge(Of(ConditionKind::kSuppressionsAdded, 0), facts);
  EXPECT_EQ(result.state, kUnsatisfied);
  EXPECT_EQ(result.reason, "1 suppression added: src/a.cc:4; at most 0 allowed");
}

// ---- required_reports ----

TEST(RequiredReportsTest, AMissingReportIsUndecided) {
  Condition condition = Of(ConditionKind::kRequiredReports, 0);
  condition.tools = {"ruff", "clippy"};
  Facts facts = CleanChange(10);
  facts.imported_tools = {"clippy"};
  const ConditionResult result = Judge(condition, facts);
  EXPECT_EQ(result.state, kUndecided);
  EXPECT_THAT(result.reason, HasSubstr("no report of ruff about the head commit arrived; submit its SARIF file"));
  facts.imported_tools = {"clippy", "ruff"};
  EXPECT_EQ(Judge(condition, facts).state, kSatisfied);
}

// ---- all kinds ----

TEST(AnyConditionTest, WithoutABaseItIsUndecided) {
  Facts facts;
  facts.missing_base = "base commit is missing: fetch it";
  for (int kind = 0; kind < 10; ++kind) {
    const ConditionResult result = Judge(Of(static_cast<ConditionKind>(kind), 1), facts);
    EXPECT_EQ(result.state, kUndecided) << kind;
    EXPECT_EQ(result.reason, facts.missing_base) << kind;
    EXPECT_EQ(result.actual, "") << kind;
  }
}

TEST(AnyConditionTest, AppliesOnlyWhenAllPartsHold) {
  Condition condition = Of(ConditionKind::kSize, 5);
  condition.applies_when.paths = {"*.py", "src/**"};
  condition.applies_when.min_lines_added = 10;
  EXPECT_EQ(Judge(condition, CleanChange(10)).state, kUnsatisfied);
  const ConditionResult small = Judge(condition, CleanChange(9));
  EXPECT_EQ(small.state, ConditionState::kNotApplicable);
  EXPECT_EQ(small.reason, "9 lines added, it applies from 10");
  condition.applies_when.paths = {"*.py"};
  EXPECT_EQ(Judge(condition, CleanChange(10)).reason, "no changed path matches *.py");
}

TEST(AnyConditionTest, ShowsWhoMayOverride) {
  Condition condition = Of(ConditionKind::kSize, 5);
  condition.override_roles = {"maintainer", "security"};
  EXPECT_THAT(Judge(condition, CleanChange(10)).reason, HasSubstr("may be overridden by: maintainer, security"));
  EXPECT_THAT(Judge(condition, CleanChange(5)).reason, Not(HasSubstr("overridden")));
}

}  // namespace
}  // namespace mergegate::gate
