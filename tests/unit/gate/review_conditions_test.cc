// The conditions that look at reviews, and what would satisfy them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/gate/evaluate.h"
#include "tests/support/facts_builder.h"
#include "tests/support/review_builder.h"

namespace mergegate::gate {
namespace {

using mergegate::testing::CleanChange;
using mergegate::testing::Function;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Metric NoScore(const Facts&) { return {}; }

ApprovalFact By(const std::string& person, std::vector<int> uncovered = {}) {
  ApprovalFact approval{.person = Handle(person), .head = {}, .uncovered = std::move(uncovered), .reasons = {}};
  for (size_t i = 0; i < approval.uncovered.size(); ++i) approval.reasons.push_back("the body of g changed");
  return approval;
}

class ReviewConditionTest : public ::testing::Test {
 protected:
  ReviewConditionTest() {
    facts_.pieces = {Function("f", "1"), Function("g", "2")};
    facts_.review = ReviewFacts{.author = Handle("author"), .reviewers = {Handle("zoe"), Handle("ann")}};
  }
  ConditionResult Judge(ConditionKind kind, double threshold = 0) {
    policy_.conditions = {{.name = "c", .kind = kind, .threshold = threshold}};
    return Evaluate(policy_, facts_, NoScore).conditions[0];
  }
  std::vector<std::string> Steps() {
    std::vector<std::string> steps;
    for (const Action& action : FindCounterfactual(policy_, facts_, NoScore).actions)
      steps.push_back(action.description);
    return steps;
  }
  OwnerDemand& Demand(const std::vector<std::string>& owners, int required = 1) {
    OwnerDemand demand{.rule = "CODEOWNERS:3", .owners = {}, .required = required, .paths = {"a.cc"}};
    for (const std::string& owner : owners) demand.owners.emplace_back(owner);
    return facts_.review->owners.emplace_back(demand);
  }

  Policy policy_;
  Facts facts_ = CleanChange(10);
};

TEST_F(ReviewConditionTest, WithoutAReviewBothAreUndecided) {
  facts_.review.reset();
  for (const ConditionKind kind : {ConditionKind::kApprovals, ConditionKind::kOwners}) {
    const ConditionResult result = Judge(kind, 1);
    EXPECT_EQ(result.state, ConditionState::kUndecided);
    EXPECT_THAT(result.reason, HasSubstr("submit it under a key of its own"));
  }
}

TEST_F(ReviewConditionTest, EveryPieceNeedsItsApprovals) {
  facts_.review->approvals = {By("ann", {1}), By("ben")};
  EXPECT_EQ(Judge(ConditionKind::kApprovals, 1).state, ConditionState::kSatisfied);
  const ConditionResult result = Judge(ConditionKind::kApprovals, 2);
  EXPECT_EQ(result.state, ConditionState::kUnsatisfied);
  EXPECT_EQ(result.actual, "1 approval");
  EXPECT_EQ(result.reason,
            "1 approval where 2 is needed: g (a.cc); that of ann no longer holds: the body of g changed");
  EXPECT_THAT(Steps(), ElementsAre("get the approval of ann again: the body of g changed"));
}

TEST_F(ReviewConditionTest, TwoPeopleMayCoverItTogether) {
  facts_.review->approvals = {By("ann", {1}), By("ben", {0})};
  EXPECT_EQ(Judge(ConditionKind::kApprovals, 1).state, ConditionState::kSatisfied);
}

TEST_F(ReviewConditionTest, WhoWantsChangesBlocks) {
  facts_.review->approvals = {By("ben")};
  facts_.review->changes_requested = {Handle("ann")};
  const ConditionResult result = Judge(ConditionKind::kApprovals, 1);
  EXPECT_EQ(result.state, ConditionState::kUnsatisfied);
  EXPECT_EQ(result.reason, "ann wants changes");
  EXPECT_THAT(Steps(), ElementsAre("get the approval of ann, who wants changes"));
}

TEST_F(ReviewConditionTest, TheCounterfactualNamesWhoIsAskedFirst) {
  Judge(ConditionKind::kApprovals, 1);
  EXPECT_THAT(Steps(), ElementsAre("get the approval of zoe"));
  Judge(ConditionKind::kApprovals, 2);
  EXPECT_THAT(Steps(), ElementsAre("get the approval of zoe", "get the approval of ann"));
}

TEST_F(ReviewConditionTest, OnePersonMaySatisfyBothConditions) {
  Demand({"olga", "ann"});
  policy_.conditions = {{.name = "a", .kind = ConditionKind::kApprovals, .threshold = 1},
                        {.name = "o", .kind = ConditionKind::kOwners}};
  EXPECT_THAT(Steps(), ElementsAre("get the approval of ann"));
}

TEST_F(ReviewConditionTest, OwnersApproveTheirPaths) {
  Demand({"olga", "otto"});
  facts_.review->approvals = {By("ben")};
  ConditionResult result = Judge(ConditionKind::kOwners);
  EXPECT_EQ(result.state, ConditionState::kUnsatisfied);
  EXPECT_EQ(result.actual, "0 of 1 rule");
  EXPECT_EQ(result.reason, "a.cc needs the approval of one of olga, otto (CODEOWNERS:3)");
  facts_.review->approvals.push_back(By("otto", {0}));
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kUnsatisfied) << "not of all of it";
  facts_.review->approvals.back() = By("otto");
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kSatisfied);
}

TEST_F(ReviewConditionTest, ARuleMayWantSeveral) {
  Demand({"olga", "otto", "orla"}, 2);
  facts_.review->approvals = {By("otto")};
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kUnsatisfied);
  facts_.review->approvals = {By("orla"), By("otto")};
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kSatisfied);
}

TEST_F(ReviewConditionTest, OptionalRulesAndNoRulesAreSatisfied) {
  EXPECT_EQ(Judge(ConditionKind::kOwners).reason, "no owner rule covers a changed path");
  Demand({"olga"}).optional = true;
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kSatisfied);
}

TEST_F(ReviewConditionTest, WhereTheAuthorIsTheOnlyOwnerAnyApprovalCounts) {
  Demand({});
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kUnsatisfied);
  facts_.review->approvals = {By("ben")};
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kSatisfied);
}

TEST_F(ReviewConditionTest, UnknownOwnersAreAMissingFact) {
  Demand({}).unknown = "@org/db has no members in the policy";
  facts_.review->approvals = {By("ben")};
  const ConditionResult result = Judge(ConditionKind::kOwners);
  EXPECT_EQ(result.state, ConditionState::kUndecided);
  EXPECT_EQ(result.reason, "owners are not known: CODEOWNERS:3: @org/db has no members in the policy");
  facts_.review->owners.clear();
  facts_.review->problems = {"CODEOWNERS:1: holds a NUL byte; the line is skipped"};
  EXPECT_EQ(Judge(ConditionKind::kOwners).state, ConditionState::kUndecided);
}

TEST_F(ReviewConditionTest, NobodyToAskIsNoWayOut) {
  facts_.review->reviewers.clear();
  Judge(ConditionKind::kApprovals, 1);
  EXPECT_FALSE(FindCounterfactual(policy_, facts_, NoScore).reachable);
}

}  // namespace
}  // namespace mergegate::gate
