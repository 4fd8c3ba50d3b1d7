#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/gate/evaluate.h"
#include "tests/support/counterfactual_properties.h"
#include "tests/support/facts_builder.h"

namespace mergegate::gate {
namespace {

using ::mergegate::testing::ChangedFunction;
using ::mergegate::testing::CheckRandomCase;
using ::mergegate::testing::CleanChange;
using ::mergegate::testing::CopyOf;
using ::mergegate::testing::Failure;
using ::mergegate::testing::NewFinding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A Q with a cap, so that fixing one of two critical findings gains nothing.
Metric CappedQuality(const Facts& facts) {
  int value = 10000;
  bool critical = false;
  for (const Finding& finding : facts.findings) {
    const bool counts = finding.state == BaselineState::kNew || finding.state == BaselineState::kCaused;
    if (!counts || finding.guessed) continue;
    value -= 300 * static_cast<int>(finding.severity);
    critical = critical || finding.severity >= Severity::kCritical;
  }
  for (const FunctionChange& function : facts.functions) {
    value -=
        50 * std::max(0, function.after.cognitive - std::max(15, function.before ? function.before->cognitive : 0));
  }
  for (const DuplicateBlock& block : facts.duplicates) value -= 20 * (block.end_line - block.start_line + 1);
  value = std::clamp(value, 0, critical ? 5000 : 10000);
  return {.value = value, .ledger = {{.points = value, .reason = "all", .evidence = {}}}, .missing = {}};
}

Condition Of(ConditionKind kind, double threshold) {
  Condition condition;
  condition.name = absl::StrCat("of-kind-", static_cast<int>(kind));
  condition.kind = kind;
  condition.threshold = threshold;
  return condition;
}

Policy With(std::vector<Condition> conditions) {
  Policy policy;
  policy.conditions = std::move(conditions);
  return policy;
}

std::vector<std::string> Steps(const Counterfactual& counterfactual) {
  std::vector<std::string> steps;
  for (const Action& action : counterfactual.actions) steps.push_back(absl::StrCat(action.kind, " ", action.subject));
  return steps;
}

TEST(CounterfactualTest, APassNeedsNothing) {
  const Counterfactual result =
      FindCounterfactual(With({Of(ConditionKind::kFindings, 0)}), CleanChange(10), CappedQuality);
  EXPECT_TRUE(result.reachable);
  EXPECT_TRUE(result.smallest);
  EXPECT_THAT(result.actions, IsEmpty());
  EXPECT_EQ(result.q_after, 10000);
}

TEST(CounterfactualTest, FixesTheFindingsThatBlock) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMajor), NewFinding("b", Severity::kMinor),
                    NewFinding("c", Severity::kMajor)};
  const Counterfactual result = FindCounterfactual(With({Of(ConditionKind::kFindings, 0)}), facts, CappedQuality);
  EXPECT_TRUE(result.reachable);
  EXPECT_TRUE(result.smallest);
  EXPECT_THAT(Steps(result), ElementsAre("fix-finding v1:a:1", "fix-finding v1:c:1"));
  EXPECT_EQ(result.actions[0].description, "fix a (major) at src/a.cc:3: something is wrong");
  EXPECT_EQ(result.q_after, 10000 - 600);
}

TEST(CounterfactualTest, SeesThroughTheCapOfQ) {
  // Neither critical finding gains anything alone; the minor ones gain nothing at all.
  Facts facts = CleanChange(10);
  for (int i = 0; i < 5; ++i) facts.findings.push_back(NewFinding(absl::StrCat("minor-", i), Severity::kMinor));
  facts.findings.push_back(NewFinding("x", Severity::kCritical));
  facts.findings.push_back(NewFinding("y", Severity::kCritical));
  const Counterfactual result = FindCounterfactual(With({Of(ConditionKind::kQuality, 0.6)}), facts, CappedQuality);
  EXPECT_THAT(Steps(result), ElementsAre("fix-finding v1:x:1", "fix-finding v1:y:1"));
  EXPECT_TRUE(result.smallest);
}

TEST(CounterfactualTest, TheFewestFilesToCover) {
  const Policy policy{.conditions = {Of(ConditionKind::kTestCoverage, 0.6)}};
  Facts facts = CleanChange(100);
  facts.tests = TestCoverage{.files = {{"a.cc", 5, {1}}, {"b.cc", 5, {2, 3, 4, 5}}}};
  const Counterfactual way = FindCounterfactual(policy, facts, CappedQuality);
  ASSERT_EQ(way.actions.size(), 1u) << way.reason;
  EXPECT_TRUE(way.reachable && way.smallest);
  EXPECT_EQ(way.actions[0].description, "let a test run a.cc:1");
  facts.tests.reset();
  EXPECT_EQ(FindCounterfactual(policy, facts, CappedQuality).actions[0].description,
            "give a report of coverage of the tests with the change (--coverage FILE)");
}

TEST(CounterfactualTest, EveryKindOfStep) {
  Facts facts = CleanChange(100);
  facts.functions = {ChangedFunction("f", std::nullopt, 40), ChangedFunction("g", 30, 31)};
  facts.duplicates = {CopyOf(1, 30)};
  facts.relaxations = {{.kind = "nolint", .path = "src/a.cc", .line = 4, .text = "// NOLINT"}};
  facts.failures = {Failure("src/b.cc")};
  Condition reports = Of(ConditionKind::kRequiredReports, 0);
  reports.tools = {"ruff"};
  const Counterfactual result = FindCounterfactual(
      With({Of(ConditionKind::kFindings, 0), Of(ConditionKind::kComplexity, 25), Of(ConditionKind::kDuplication, 0.1),
            Of(ConditionKind::kSuppressionsAdded, 0), reports}),
      facts, CappedQuality);
  EXPECT_TRUE(result.smallest);
  std::vector<std::string> descriptions;
  for (const Action& action : result.actions) descriptions.push_back(action.description);
  EXPECT_THAT(descriptions, ElementsAre("bring f (src/a.cc:7) from cognitive complexity 40 down to 25",
                                        "bring g (src/a.cc:7) from cognitive complexity 31 down to 30",
                                        "share the code of src/a.cc:1-30 with src/old.cc:1-30",
                                        "remove the suppression at src/a.cc:4: // NOLINT",
                                        "submit a SARIF report of ruff about the head commit with the change",
                                        "make src/b.cc analyzable: 'x.h' file not found"));
  EXPECT_THAT(result.reason, HasSubstr("assumes that what is not known yet turns out clean"));
}

TEST(CounterfactualTest, AMissedFileIsOneStep) {
  Facts facts = CleanChange(10);
  facts.coverage.missed_lines = 10;
  facts.coverage.parsed_lines = 0;
  facts.coverage.files[0].units.clear();
  facts.failures = {Failure("src/a.cc")};
  const Counterfactual result = FindCounterfactual(
      With({Of(ConditionKind::kFindings, 0), Of(ConditionKind::kAnalysisCoverage, 0.9)}), facts, CappedQuality);
  EXPECT_THAT(Steps(result), ElementsAre("analyze-unit src/a.cc"));
}

TEST(CounterfactualTest, ABaseThatFailedMayExplainManyFindings) {
  Facts facts = CleanChange(10);
  for (int i = 0; i < 4; ++i) facts.findings.push_back(NewFinding(absl::StrCat("c", i), Severity::kMajor));
  facts.failures = {Failure("src/a.cc", "", /*at_base=*/true)};
  const Counterfactual result = FindCounterfactual(With({Of(ConditionKind::kFindings, 0)}), facts, CappedQuality);
  EXPECT_THAT(Steps(result), ElementsAre("analyze-unit src/a.cc"));
  EXPECT_EQ(result.actions[0].description, "make src/a.cc analyzable at the base commit: 'x.h' file not found");
}

TEST(CounterfactualTest, SizeIsOutOfReach) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kMajor)};
  const Counterfactual result =
      FindCounterfactual(With({Of(ConditionKind::kFindings, 0), Of(ConditionKind::kSize, 5)}), facts, CappedQuality);
  EXPECT_FALSE(result.reachable);
  EXPECT_THAT(result.actions, IsEmpty());
  EXPECT_EQ(result.reason,
            "no change of the code alone is enough: of-kind-4 (10 lines added, at most 5 allowed; split the change)");
}

TEST(CounterfactualTest, AMissingBaseOrABadPolicyIsOutOfReach) {
  Facts facts = CleanChange(10);
  facts.missing_base = "base commit is missing: fetch it";
  EXPECT_THAT(FindCounterfactual(With({Of(ConditionKind::kFindings, 0)}), facts, CappedQuality).reason,
              HasSubstr("base commit is missing: fetch it"));
  facts.missing_base.clear();
  facts.policy_problems = {"3:5: unknown key"};
  const Counterfactual result = FindCounterfactual(Policy(), facts, CappedQuality);
  EXPECT_FALSE(result.reachable);
  EXPECT_THAT(result.reason, HasSubstr("3:5: unknown key"));
}

TEST(CounterfactualTest, WithoutBudgetItIsIrreducibleAndSaysSo) {
  // Fixing the blocker and a minor, or other pairs, is enough; which is smallest is not known without search.
  Facts facts = CleanChange(10);
  for (int i = 0; i < 10; ++i) facts.findings.push_back(NewFinding(absl::StrCat("c", i), Severity::kMajor));
  const Counterfactual result = FindCounterfactual(With({Of(ConditionKind::kQuality, 0.5)}), facts, CappedQuality, 0);
  EXPECT_TRUE(result.reachable);
  EXPECT_FALSE(result.smallest);
  EXPECT_THAT(result.actions, SizeIs(5));  // 10000 - 10 x 900 = 1000; five more are 5500
  EXPECT_EQ(result.reason, "none of these steps can be left out; a smaller set of others may exist");
}

TEST(CounterfactualTest, ManyFindingsAreQuick) {
  Facts facts = CleanChange(10);
  for (int i = 0; i < 5000; ++i) facts.findings.push_back(NewFinding(absl::StrCat("c", i), Severity::kMajor));
  const auto start = std::chrono::steady_clock::now();
  const Counterfactual none = FindCounterfactual(With({Of(ConditionKind::kFindings, 0)}), facts, CappedQuality);
  EXPECT_TRUE(none.smallest);
  EXPECT_THAT(none.actions, SizeIs(5000));
  const Counterfactual some = FindCounterfactual(With({Of(ConditionKind::kFindings, 10)}), facts, CappedQuality);
  EXPECT_TRUE(some.smallest);
  EXPECT_THAT(some.actions, SizeIs(4990));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << "it takes far less than a second";
}

TEST(CounterfactualTest, TooManyToReduceIsSaidSo) {
  // The majors must go; of the minors, hundreds would each gain the same, which is more than is tried one by one.
  Facts facts = CleanChange(10);
  for (int i = 0; i < 3000; ++i) facts.findings.push_back(NewFinding(absl::StrCat("a", i), Severity::kMajor));
  for (int i = 0; i < 3000; ++i) facts.findings.push_back(NewFinding(absl::StrCat("b", i), Severity::kMinor));
  const Counterfactual result = FindCounterfactual(
      With({Of(ConditionKind::kFindings, 0), Of(ConditionKind::kQuality, 0.4)}), facts, CappedQuality);
  EXPECT_TRUE(result.reachable);
  EXPECT_FALSE(result.smallest);
  EXPECT_THAT(result.actions, SizeIs(3000 + 2990));  // ten minors cost 6000 of 10000
  EXPECT_EQ(result.reason, "these steps are enough; there are too many to say which could be left out");
}

TEST(CounterfactualTest, FewerStepsOfMoreKindsAreFound) {
  // Q needs 2000 more: one function gives 2250, of the eight findings it would take three.
  Facts facts = CleanChange(10);
  for (int i = 0; i < 8; ++i) facts.findings.push_back(NewFinding(absl::StrCat("c", i), Severity::kMajor));
  facts.functions = {ChangedFunction("f", std::nullopt, 60)};
  const int now = CappedQuality(facts).value;
  EXPECT_EQ(now, 10000 - 8 * 900 - 45 * 50);
  const Counterfactual result =
      FindCounterfactual(With({Of(ConditionKind::kQuality, (now + 2000) / 10000.0)}), facts, CappedQuality);
  EXPECT_THAT(Steps(result), ElementsAre("reduce-complexity f"));
}

TEST(CounterfactualPropertyTest, HoldsForRandomFacts) {
  int reached = 0;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    CheckRandomCase(seed, CappedQuality, /*budget=*/20000, reached);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(reached, 300) << "the generator makes too few interesting cases";
}

TEST(CounterfactualPropertyTest, HoldsOnASmallBudgetToo) {
  int reached = 0;
  for (unsigned seed = 5001; seed <= 6000; ++seed) {
    CheckRandomCase(seed, CappedQuality, /*budget=*/static_cast<int>(seed % 12), reached);
    if (HasFatalFailure()) return;
  }
}

// What no step changes still counts in every trial: a Q that risk keeps low is not promised to rise by a fixed finding.
TEST(CounterfactualTest, WhatHistoryAndPathsSayHoldsInEveryTrial) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("bugprone-x", Severity::kMajor)};
  facts.risk = RiskFacts{.probability = 1, .typical = 1, .examples = 1, .factors = {}, .missing = {}};
  facts.touched_tests = TouchedTests{.code_lines = 10, .test_lines = 0, .has_tests = true};
  int trials = 0;
  const Counterfactual way =
      FindCounterfactual(With({Of(ConditionKind::kQuality, 0.6)}), facts, [&](const Facts& trial) {
        ++trials;
        Metric metric;
        metric.value = trial.risk == facts.risk && trial.touched_tests == facts.touched_tests ? 5000 : 10000;
        return metric;
      });
  EXPECT_GT(trials, 0);
  EXPECT_FALSE(way.reachable);
}

}  // namespace
}  // namespace mergegate::gate
