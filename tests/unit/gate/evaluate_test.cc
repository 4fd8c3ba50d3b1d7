#include "server/gate/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/facts_builder.h"

namespace mergegate::gate {
namespace {

using ::mergegate::testing::ChangedFunction;
using ::mergegate::testing::CleanChange;
using ::mergegate::testing::CopyOf;
using ::mergegate::testing::Failure;
using ::mergegate::testing::NewFinding;
using ::testing::IsEmpty;

Metric Perfect(const Facts&) {
  return {.value = 10000, .ledger = {{.points = 10000, .reason = "start", .evidence = {}}}, .missing = {}};
}

Condition Named(std::string name, ConditionKind kind, double threshold, ConditionLevel level = ConditionLevel::kBlock) {
  Condition condition;
  condition.name = std::move(name);
  condition.kind = kind;
  condition.threshold = threshold;
  condition.level = level;
  return condition;
}

Policy TypicalPolicy() {
  Policy policy;
  policy.conditions = {Named("no-new-problems", ConditionKind::kFindings, 0), Named("size", ConditionKind::kSize, 100),
                       Named("analyzed", ConditionKind::kAnalysisCoverage, 0.9),
                       Named("suppressions", ConditionKind::kSuppressionsAdded, 0, ConditionLevel::kWarn)};
  return policy;
}

TEST(EvaluateTest, PassesWhenAllHold) {
  const Verdict verdict = Evaluate(TypicalPolicy(), CleanChange(10), Perfect);
  EXPECT_EQ(verdict.state, VerdictState::kPass);
  EXPECT_EQ(verdict.summary, "pass: 3 blocking conditions hold");
}

TEST(EvaluateTest, FailsWithEveryReason) {
  Facts facts = CleanChange(120);
  facts.findings = {NewFinding("a", Severity::kMajor), NewFinding("b", Severity::kMajor)};
  const Verdict verdict = Evaluate(TypicalPolicy(), facts, Perfect);
  EXPECT_EQ(verdict.state, VerdictState::kFail);
  EXPECT_EQ(
      verdict.summary,
      "fail: 2 of 3 blocking conditions unsatisfied: no-new-problems (2 findings; required: <= 0), size (120 lines; "
      "required: <= 100)");
}

TEST(EvaluateTest, WhatIsUndecidedIsInconclusiveUnlessSomethingFails) {
  Facts facts = CleanChange(10);
  facts.failures = {Failure("src/a.cc")};
  const Verdict verdict = Evaluate(TypicalPolicy(), facts, Perfect);
  EXPECT_EQ(verdict.state, VerdictState::kInconclusive);
  EXPECT_EQ(verdict.summary,
            "inconclusive: 1 of 3 blocking conditions undecided: no-new-problems (0 new or caused findings of severity "
            "major or worse, at most 0 allowed; there may be more: not fully analyzed: src/a.cc; first: 'x.h' file not "
            "found)");
  facts.lines_added = 101;
  const Verdict failed = Evaluate(TypicalPolicy(), facts, Perfect);
  EXPECT_EQ(failed.state, VerdictState::kFail);
  EXPECT_THAT(failed.summary, ::testing::StartsWith("fail: 1 of 3 blocking conditions unsatisfied: size (101 lines; "
                                                    "required: <= 100); 1 undecided: no-new-problems ("));
}

TEST(EvaluateTest, WarningsNeverDecide) {
  Facts facts = CleanChange(10);
  facts.relaxations = {{.kind = "nolint", .path = "src/a.cc", .line = 1, .text = "// NOLINT"}};
  const Verdict verdict = Evaluate(TypicalPolicy(), facts, Perfect);
  EXPECT_EQ(verdict.state, VerdictState::kPass);
  EXPECT_EQ(verdict.summary,
            "pass: 3 blocking conditions hold; 1 warning: suppressions (1 suppression; required: <= 0)");
}

TEST(EvaluateTest, AConditionWithoutALevelBlocks) {
  Policy policy;
  policy.conditions = {Named("size", ConditionKind::kSize, 1, ConditionLevel::kUnspecified)};
  EXPECT_EQ(Evaluate(policy, CleanChange(10), Perfect).state, VerdictState::kFail);
}

TEST(EvaluateTest, APolicyThatBlocksNothingSaysSo) {
  EXPECT_EQ(Evaluate(Policy(), CleanChange(10), Perfect).summary,
            "pass: the policy has no blocking condition, so it blocks nothing");
  Policy policy;
  policy.conditions = {Named("size", ConditionKind::kSize, 1)};
  policy.conditions[0].applies_when.paths = {"*.py"};
  EXPECT_EQ(Evaluate(policy, CleanChange(10), Perfect).summary,
            "pass: none of 1 blocking condition applies to this change");
}

TEST(EvaluateTest, WithoutABaseItIsInconclusiveAndSaysWhatToDo) {
  Facts facts;
  facts.missing_base = "base commit 123 is missing: run `git fetch --unshallow`";
  const Verdict verdict = Evaluate(TypicalPolicy(), facts, Perfect);
  EXPECT_EQ(verdict.state, VerdictState::kInconclusive);
  EXPECT_EQ(verdict.summary, "inconclusive: nothing to compare with: " + facts.missing_base);
  for (const ConditionResult& result : verdict.conditions) EXPECT_EQ(result.state, ConditionState::kUndecided);
  EXPECT_EQ(Evaluate(Policy(), facts, Perfect).state, VerdictState::kInconclusive) << "even when nothing blocks";
}

TEST(EvaluateTest, AnUnreadablePolicyIsInconclusiveAndNamesTheLines) {
  Facts facts = CleanChange(10);
  facts.policy_problems = {"3:5: a", "4:1: b", "5:1: c", "6:1: d", "7:1: e"};
  const Verdict verdict = Evaluate(Policy(), facts, Perfect);
  EXPECT_EQ(verdict.state, VerdictState::kInconclusive);
  EXPECT_EQ(verdict.summary,
            "inconclusive: the policy (base commit) cannot be read: 3:5: a; 4:1: b; 5:1: c; and 2 more problems");
  EXPECT_THAT(verdict.conditions, IsEmpty());
}

TEST(EvaluateTest, TheVerdictCarriesTheFacts) {
  Facts facts = CleanChange(10);
  facts.findings = {NewFinding("a", Severity::kInfo)};
  facts.failures = {Failure("src/b.cc")};
  facts.functions = {ChangedFunction("f", 1, 2)};
  facts.duplicates = {CopyOf(1, 2)};
  facts.relaxations = {{.kind = "clang-tidy", .path = ".clang-tidy", .line = 1, .text = "Checks: ''"}};
  facts.policy_text = "abc";
  const Verdict verdict = Evaluate(TypicalPolicy(), facts, Perfect);
  EXPECT_EQ(verdict.base_commit, facts.base_commit);
  EXPECT_EQ(verdict.head_commit, facts.head_commit);
  EXPECT_EQ(verdict.findings, facts.findings);
  EXPECT_EQ(verdict.failures, facts.failures);
  EXPECT_EQ(verdict.coverage, facts.coverage);
  EXPECT_EQ(verdict.functions, facts.functions);
  EXPECT_EQ(verdict.duplicates, facts.duplicates);
  EXPECT_EQ(verdict.relaxations, facts.relaxations);
  EXPECT_EQ(verdict.quality, Perfect(facts));
  EXPECT_EQ(verdict.rules_version, 1);
  EXPECT_EQ(verdict.policy.source, "base commit");
  EXPECT_EQ(verdict.policy.digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(verdict, Evaluate(TypicalPolicy(), facts, Perfect)) << "same inputs, same verdict";
}

}  // namespace
}  // namespace mergegate::gate
