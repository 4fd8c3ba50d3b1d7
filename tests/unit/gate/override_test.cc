// A condition that somebody lets pass: who may, and what stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/gate/evaluate.h"
#include "tests/support/facts_builder.h"

namespace mergegate::gate {
namespace {

using mergegate::testing::CleanChange;
using ::testing::HasSubstr;

Metric NoScore(const Facts&) { return {}; }

class OverrideTest : public ::testing::Test {
 protected:
  OverrideTest() {
    policy_.conditions = {{.name = "small", .kind = ConditionKind::kSize, .threshold = 5, .override_roles = {"lead"}}};
    facts_.review = ReviewFacts{.author = Handle("author")};
  }
  void By(const std::string& role, const std::string& condition = "small") {
    facts_.review->overrides.push_back({.condition = condition,
                                        .person = Handle("ann"),
                                        .role = role,
                                        .reason = "hotfix",
                                        .until = absl::FromUnixSeconds(1'795'700'700)});
  }
  Verdict Judge() { return Evaluate(policy_, facts_, NoScore); }

  Policy policy_;
  Facts facts_ = CleanChange(10);
};

TEST_F(OverrideTest, LetsAnUnsatisfiedConditionPassAndSaysWhy) {
  EXPECT_EQ(Judge().state, VerdictState::kFail);
  By("lead");
  const Verdict verdict = Judge();
  EXPECT_EQ(verdict.state, VerdictState::kPass);
  EXPECT_EQ(verdict.conditions[0].state, ConditionState::kOverridden);
  EXPECT_THAT(verdict.conditions[0].reason,
              HasSubstr("overridden by ann (lead) until 2026-11-26 13:45 UTC: hotfix; without that: "));
}

TEST_F(OverrideTest, OnlyByARoleThatThePolicyNamesAndForItsOwnCondition) {
  By("reviewer");
  By("bot");
  By("lead", "another");
  EXPECT_EQ(Judge().state, VerdictState::kFail);
  By("admin");
  EXPECT_EQ(Judge().state, VerdictState::kPass);
  policy_.conditions[0].override_roles.clear();
  EXPECT_EQ(Judge().state, VerdictState::kFail) << "the policy lets nobody";
}

TEST_F(OverrideTest, AMissingFactIsNoPass) {
  By("lead");
  facts_.missing_base = "the base is not there";
  EXPECT_EQ(Judge().conditions[0].state, ConditionState::kUndecided);
}

TEST_F(OverrideTest, WhatHoldsIsNotOverridden) {
  By("lead");
  policy_.conditions[0].threshold = 100;
  EXPECT_EQ(Judge().conditions[0].state, ConditionState::kSatisfied);
}

}  // namespace
}  // namespace mergegate::gate
