// Worths are computed by hand beside the cases; the formula is in assign.h.
#include "server/reviewers/assign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mergegate::reviewers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AssignTest : public ::testing::Test {
 protected:
  // Somebody with a score in one or more areas.
  void Person(const std::string& name, const std::map<std::string, double>& scores, int open = 0,
              const std::string& away = "") {
    Candidate candidate{.person = Handle(name), .open_reviews = open, .away = away};
    for (const auto& [area, score] : scores) {
      for (Area& known : input_.areas) {
        if (known.name != area) continue;
        known.scores[Handle(name)] = score;
        candidate.score += known.weight * score;
      }
    }
    input_.candidates.push_back(candidate);
  }

  Assignment Choose() { return Assign(input_, policy_); }
  std::vector<std::string> Chosen() {
    std::vector<std::string> people;
    for (const ChosenReviewer& chosen : Choose().reviewers) {
      people.push_back(chosen.person.value() + (chosen.responsible ? "*" : ""));
    }
    return people;
  }

  AssignInput input_{.author = Handle("author"), .areas = {{.name = "db/", .weight = 1}}};
  ReviewersPolicy policy_;
};

TEST_F(AssignTest, TwoAreasWantTwoPeople) {
  input_.areas = {{.name = "db/", .weight = 0.6}, {.name = "ui/", .weight = 0.4}};
  Person("ann", {{"db/", 0.8}});
  Person("ben", {{"db/", 0.7}});
  Person("cleo", {{"ui/", 0.5}});
  // ann+ben: .6(.8+.7/4) - .1 = .485;  ann+cleo: .6*.8 + .4*.5 - .1 = .58;  ann: .43.
  EXPECT_THAT(Chosen(), ElementsAre("ann*", "cleo"));
}

TEST_F(AssignTest, NobodyIsAskedWhoAddsNothing) {
  Person("ann", {{"db/", 0.8}});
  Person("ben", {{"db/", 0.1}});
  // ann: .8 - .05 = .75.  ann+ben: .8 + .1/4 - .1 = .725; ben is familiar with it already, so nobody learns.
  EXPECT_THAT(Chosen(), ElementsAre("ann*"));
  policy_.exclude = {"@Ben"};
  Person("cleo", {{"db/", 0.3}});
  // ann+cleo: .8 + .3/4 - .1 = .775 > .75.
  EXPECT_THAT(Chosen(), ElementsAre("ann*", "cleo"));
  input_.candidates.back().open_reviews = 1;  // .775 - .1 < .75
  EXPECT_THAT(Chosen(), ElementsAre("ann*"));
}

TEST_F(AssignTest, LoadMovesReviewsToOthers) {
  policy_.count = 1;
  Person("ann", {{"db/", 0.5}}, 2);
  Person("ben", {{"db/", 0.4}});
  // ann: .5 - .2 - .05 = .25;  ben: .4 - .05 = .35.
  EXPECT_THAT(Chosen(), ElementsAre("ben*"));
  policy_.load_weight = 0;
  EXPECT_THAT(Chosen(), ElementsAre("ann*"));
}

TEST_F(AssignTest, TheAuthorLeaveAndRefusalsAreOut) {
  Person("author", {{"db/", 0.9}});
  Person("ann", {{"db/", 0.8}}, 0, "away until 2026-12-01");
  Person("ben", {{"db/", 0.7}});
  Person("cleo", {{"db/", 0.6}});
  input_.declined = {Handle("ben")};
  EXPECT_THAT(Chosen(), ElementsAre("cleo*"));
}

TEST_F(AssignTest, WhoIsAsleepIsAskedLater) {
  policy_.count = 1;
  Person("ann", {{"db/", 0.45}});
  Person("ben", {{"db/", 0.4}});
  input_.candidates[0].waits = 0.75;  // .45 - .075 < .4
  EXPECT_THAT(Chosen(), ElementsAre("ben*"));
}

TEST_F(AssignTest, OwnerRulesAndRequiredPeopleMayExceedTheCount) {
  policy_.count = 1;
  policy_.required = {"zoe"};
  Person("ann", {{"db/", 0.8}});
  Person("otto", {{"db/", 0.1}});
  Person("olga", {});
  Person("zoe", {});
  input_.owners = {
      {.rule = "CODEOWNERS:3", .owners = {Handle("olga"), Handle("otto")}, .required = 1, .paths = {"db/a.cc"}}};
  const Assignment assignment = Choose();
  ASSERT_EQ(assignment.reviewers.size(), 2u);
  EXPECT_EQ(assignment.reviewers[0].person.value(), "otto") << "of the owners, who knows it";
  EXPECT_EQ(assignment.reviewers[0].role, ReviewerRole::kOwner);
  EXPECT_EQ(assignment.reviewers[0].reasons[0], "owns db/a.cc (CODEOWNERS:3)");
  EXPECT_EQ(assignment.reviewers[1].role, ReviewerRole::kRequired);
  EXPECT_THAT(assignment.problems, IsEmpty());
}

TEST_F(AssignTest, AnOwnerWhoCannotBeAskedIsTold) {
  Person("ann", {{"db/", 0.8}});
  Person("olga", {}, 0, "away until 2026-12-01");
  input_.owners = {{.rule = "CODEOWNERS:3", .owners = {Handle("olga")}, .required = 1, .paths = {"db/a.cc"}}};
  EXPECT_THAT(Choose().problems, ElementsAre("CODEOWNERS:3 wants 1 of olga; 0 can be asked"));
}

TEST_F(AssignTest, OneLearnsWhatASinglePersonKnows) {
  Person("ann", {{"db/", 0.8}});
  Person("ben", {{"db/", 0.04}});
  // ann+ben: .8 + .01 - .1 + .1 = .81 > .75.
  const Assignment assignment = Choose();
  ASSERT_EQ(assignment.reviewers.size(), 2u);
  EXPECT_EQ(assignment.reviewers[1].role, ReviewerRole::kLearner);
  EXPECT_EQ(assignment.reviewers[1].reasons[0], "gets to know db/, which only ann knows");
  EXPECT_TRUE(assignment.reviewers[0].responsible) << "a learner does not answer for it";
}

TEST_F(AssignTest, APushChangesNothingThatNeedNotChange) {
  Person("ann", {{"db/", 0.5}}, 4);
  Person("ben", {{"db/", 0.8}});
  input_.kept = {Handle("ann")};
  EXPECT_THAT(Chosen(), ElementsAre("ann*", "ben")) << "ann stays and still answers for it";
  EXPECT_THAT(Choose().reviewers[0].reasons, Contains("reviews this change already"));
  input_.candidates[0].away = "away until 2026-12-01";
  EXPECT_THAT(Chosen(), ElementsAre("ben*"));
}

TEST_F(AssignTest, AsManyAsTheGateWants) {
  policy_.count = 1;
  input_.at_least = 2;
  Person("ann", {{"db/", 0.8}});
  Person("ben", {}, 9);
  Person("cleo", {}, 8);
  EXPECT_THAT(Chosen(), ElementsAre("ann*", "cleo"));
}

TEST_F(AssignTest, NobodyEligibleNamesTheFallback) {
  Person("ann", {{"db/", 0.8}}, 0, "away until 2026-12-01");
  Assignment assignment = Choose();
  EXPECT_THAT(assignment.reviewers, IsEmpty());
  EXPECT_THAT(assignment.problems, ElementsAre("nobody is eligible (ann: away until 2026-12-01); ask somebody by name, "
                                               "or set reviewers: fallback in the policy"));
  policy_.fallback = "@Boss";
  assignment = Choose();
  ASSERT_EQ(assignment.reviewers.size(), 1u);
  EXPECT_EQ(assignment.reviewers[0].person.value(), "boss");
  EXPECT_EQ(assignment.reviewers[0].role, ReviewerRole::kFallback);
  EXPECT_TRUE(assignment.reviewers[0].responsible);
}

TEST_F(AssignTest, StandInsAreTheNextBest) {
  policy_.count = 1;
  Person("ann", {{"db/", 0.8}});
  Person("ben", {{"db/", 0.3}}, 3);
  Person("cleo", {{"db/", 0.2}});
  Person("dora", {{"db/", 0.1}});
  std::vector<std::string> people;
  for (const ChosenReviewer& stand_in : Choose().stand_ins) people.push_back(stand_in.person.value());
  // .3 - .3, .2, .1
  EXPECT_THAT(people, ElementsAre("cleo", "dora", "ben"));
}

TEST_F(AssignTest, DoesNotDependOnTheOrderOfCandidates) {
  for (int i = 0; i < 80; ++i) Person("p" + std::to_string(i), {{"db/", (i * 37 % 80) / 100.0}}, i % 4);
  policy_.count = 3;
  const Assignment first = Choose();
  std::ranges::reverse(input_.candidates);
  EXPECT_EQ(Choose(), first);
}

}  // namespace
}  // namespace mergegate::reviewers
