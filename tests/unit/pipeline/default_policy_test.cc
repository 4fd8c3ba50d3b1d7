// The default policy, the real Q and the gate together: what an ordinary author meets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/config/policy_file.h"
#include "server/gate/evaluate.h"
#include "server/scoring/quality.h"
#include "tests/support/counterfactual_properties.h"
#include "tests/support/facts_builder.h"

namespace mergegate {
namespace {

using ::mergegate::testing::ChangedFunction;
using ::mergegate::testing::CheckRandomCase;
using ::mergegate::testing::CleanChange;
using ::mergegate::testing::CopyOf;
using ::mergegate::testing::Failure;
using ::mergegate::testing::NewFinding;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Policy DefaultPolicy() { return config::ParsePolicy(config::DefaultPolicyText()).policy; }

Verdict Judge(const Facts& facts) { return gate::Evaluate(DefaultPolicy(), facts, scoring::QualityOfChange); }

TEST(DefaultPolicyInUseTest, AnOrdinaryCleanChangePasses) {
  Facts facts = CleanChange(120);
  facts.findings = {NewFinding("readability-x", Severity::kMinor), NewFinding("misc-y", Severity::kMinor)};
  facts.functions = {ChangedFunction("f", 10, 18)};
  facts.duplicates = {CopyOf(1, 10)};
  const Verdict verdict = Judge(facts);
  EXPECT_EQ(verdict.state, VerdictState::kPass) << verdict.summary;
  EXPECT_EQ(verdict.summary, "pass: 3 blocking conditions hold");
  EXPECT_GE(verdict.quality.value, 9000);
}

TEST(DefaultPolicyInUseTest, ADocumentationChangePasses) {
  Facts facts = CleanChange(0);
  facts.lines_added = 400;
  facts.changed_paths = {"README.md"};
  EXPECT_EQ(Judge(facts).state, VerdictState::kPass);
}

TEST(DefaultPolicyInUseTest, OneCriticalBugFails) {
  Facts facts = CleanChange(400);
  facts.findings = {NewFinding("clang-analyzer-core.NullDereference", Severity::kCritical)};
  const Verdict verdict = Judge(facts);
  EXPECT_EQ(verdict.state, VerdictState::kFail);
  EXPECT_EQ(
      verdict.summary,
      "fail: 2 of 3 blocking conditions unsatisfied: no-new-problems (1 finding; required: <= 0), quality (Q 0.5; "
      "required: >= 0.6)");
}

TEST(DefaultPolicyInUseTest, OldProblemsAreNotHeldAgainstTheChange) {
  Facts facts = CleanChange(5);
  facts.findings = {NewFinding("a", Severity::kBlocker)};
  facts.findings[0].state = BaselineState::kUnchanged;
  EXPECT_EQ(Judge(facts).state, VerdictState::kPass);
}

TEST(DefaultPolicyInUseTest, AUnitThatDoesNotParseIsInconclusive) {
  Facts facts = CleanChange(50);
  facts.failures = {Failure("src/a.cc")};
  EXPECT_EQ(Judge(facts).state, VerdictState::kInconclusive);
}

TEST(DefaultPolicyInUseTest, ManySmallThingsTogetherFail) {
  // Copied throughout (-2500), a knot of a function (-2500): no finding, and still not good enough with some debt.
  Facts facts = CleanChange(100);
  facts.functions = {ChangedFunction("knot", std::nullopt, 80)};
  facts.duplicates = {CopyOf(1, 90)};
  EXPECT_EQ(Judge(facts).quality.value, 5000);
  EXPECT_EQ(Judge(facts).state, VerdictState::kFail);
}

TEST(DefaultPolicyInUseTest, CounterfactualOfManyFindingsIsQuick) {
  Facts facts = CleanChange(300);
  for (int i = 0; i < 500; ++i) {
    facts.findings.push_back(NewFinding(absl::StrCat("check-", i), i % 2 == 0 ? Severity::kMajor : Severity::kMinor));
  }
  const auto start = std::chrono::steady_clock::now();
  const Counterfactual result = gate::FindCounterfactual(DefaultPolicy(), facts, scoring::QualityOfChange);
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_TRUE(result.reachable);
  EXPECT_GE(result.actions.size(), 250u);
  EXPECT_LT(took, std::chrono::seconds(20)) << "it takes about a second";
  RecordProperty("milliseconds", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

TEST(CounterfactualWithRealQualityTest, HoldsForRandomFacts) {
  int reached = 0;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    CheckRandomCase(seed, scoring::QualityOfChange, /*budget=*/20000, reached);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(reached, 300) << "the generator makes too few interesting cases";
}

}  // namespace
}  // namespace mergegate
