// Order, scores, load, and every number of the reasons.
#include "server/reviewers/rank.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "server/reviewers/reasons.h"
#include "server/reviewers/reviewer_model.h"
#include "tests/unit/reviewers/records.h"

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ReviewerModel Learned(const std::vector<ReviewRecord>& records) {
  ReviewerModel model(CompactWeights());
  for (const ReviewRecord& record : records) model.Learn(record);
  return model;
}

std::string ReasonOf(const std::vector<RankedPerson>& ranked, const std::string& name, ReasonKind kind) {
  for (const RankedPerson& person : ranked) {
    if (person.person != Who(name)) continue;
    for (const Reason& reason : person.reasons) {
      if (reason.kind == kind) return reason.text;
    }
  }
  return "";
}

// Ten changes of db/a.cc by ann: bob reviewed the even ones, sam the odd ones and all of net/b.cc.
std::vector<ReviewRecord> TypicalHistory() {
  std::vector<ReviewRecord> records;
  for (int day = 0; day < 10; ++day) {
    records.push_back(Change("ann", {"db/a.cc"}, {day % 2 == 0 ? "bob" : "sam"}, day, "db: cache work"));
    records.push_back(Change("bob", {"net/b.cc"}, {"sam"}, day, "net: socket work"));
  }
  return records;
}

TEST(RankTest, BestFirstWithoutTheAuthorAndTheExcluded) {
  const ReviewerModel model = Learned(TypicalHistory());
  EXPECT_THAT(Names(Rank(model, Ask("ann", {"net/b.cc"}, 12))), ElementsAre("sam", "bob"));
  RankQuery query = Ask("ann", {"net/b.cc"}, 12);
  query.exclude = {Who("sam")};
  EXPECT_THAT(Names(Rank(model, query)), ElementsAre("bob"));
  query.limit = 0;
  EXPECT_THAT(Rank(model, query), IsEmpty());
}

TEST(RankTest, ScoresAreProbabilities) {
  const std::vector<RankedPerson> ranked = Rank(Learned(TypicalHistory()), Ask("ann", {"net/b.cc"}, 12));
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_NEAR(ranked[0].score + ranked[1].score, 1, 1e-9);
  EXPECT_NEAR(ranked[0].score / ranked[1].score, std::exp(ranked[0].utility - ranked[1].utility), 1e-6);
}

TEST(RankTest, AnOpenReviewTakesTheLoadWeightOff) {
  const ReviewerModel model = Learned(TypicalHistory());
  RankQuery query = Ask("ann", {"net/b.cc"}, 12);
  const double before = Rank(model, query)[0].utility;
  query.open = {{.person = Who("sam"), .count = 2}};
  query.load_weight = 0.1;
  EXPECT_NEAR(Rank(model, query)[0].utility, before - 0.2, 1e-9);
  query.load_weight = 100;
  EXPECT_THAT(Names(Rank(model, query)), ElementsAre("bob", "sam"));
}

TEST(RankTest, AnEmptyHistoryNamesNobody) {
  EXPECT_THAT(Rank(ReviewerModel(GeneralWeights()), Ask("ann", {"a.cc"}, 0)), IsEmpty());
  EXPECT_THAT(Rank(ReviewerModel(GeneralWeights()), {}), IsEmpty());
}

TEST(RankTest, AnUnknownAuthorOfNewFilesGetsWhoeverIsActive) {
  const std::vector<RankedPerson> ranked = Rank(Learned(TypicalHistory()), Ask("new", {"x/y.cc"}, 12));
  ASSERT_FALSE(ranked.empty());
  EXPECT_EQ(Names(ranked)[0], "sam");  // fifteen of twenty reviews
}

TEST(ReasonsTest, EachNumberIsCounted) {
  RankQuery query = Ask("ann", {"db/a.cc"}, 11);
  query.title = "db: cache size";
  query.open = {{.person = Who("bob"), .count = 2}, {.person = Who("sam"), .count = 1}};
  const std::vector<RankedPerson> ranked = Rank(Learned(TypicalHistory()), query);
  EXPECT_EQ(ReasonOf(ranked, "bob", ReasonKind::kReviewedFiles), "reviewed 5 of the last 10 changes of a.cc");
  EXPECT_EQ(ReasonOf(ranked, "bob", ReasonKind::kReviewedFolder), "reviewed 5 of the last 10 changes in db/");
  EXPECT_EQ(ReasonOf(ranked, "bob", ReasonKind::kReviewsAuthor), "reviewed 5 of the last 10 changes by Ann Example");
  EXPECT_EQ(ReasonOf(ranked, "sam", ReasonKind::kReviewsMuch), "reviewed 15 of the last 20 changes of the project");
  EXPECT_EQ(ReasonOf(ranked, "bob", ReasonKind::kSimilarChanges), "reviewed changes about cache, db:");
  EXPECT_EQ(ReasonOf(ranked, "bob", ReasonKind::kLastActive), "last active 2 days ago");
  EXPECT_EQ(ReasonOf(ranked, "bob", ReasonKind::kOpenReviews), "2 open reviews");
  EXPECT_EQ(ReasonOf(ranked, "sam", ReasonKind::kOpenReviews), "1 open review");
  EXPECT_EQ(ReasonOf(ranked, "sam", ReasonKind::kWroteFiles), "");
}

TEST(ReasonsTest, WhatWasWrittenIsAPartOfTheChangesOrOfTheLines) {
  std::vector<ReviewRecord> records;
  for (int day = 0; day < 3; ++day) records.push_back(Change(day < 2 ? "bob" : "sam", {"db/a.cc"}, {"eve"}, day));
  RankQuery query = Ask("ann", {"db/a.cc"}, 4);
  EXPECT_EQ(ReasonOf(Rank(Learned(records), query), "bob", ReasonKind::kWroteFiles),
            "wrote 67 % of the changes of a.cc");
  EXPECT_EQ(ReasonOf(Rank(Learned(records), query), "bob", ReasonKind::kWroteFolder),
            "wrote 2 of the last 3 changes in db/");
  query.owners = {{.person = Who("sam"), .path = "db/a.cc", .share = 0.61}};
  EXPECT_EQ(ReasonOf(Rank(Learned(records), query), "sam", ReasonKind::kWroteFiles),
            "wrote 61 % of the changed lines of a.cc");
}

TEST(ReasonsTest, WhomTheAuthorReviewed) {
  const std::vector<ReviewRecord> records = {Change("bob", {"a.cc"}, {"ann"}, 0), Change("bob", {"a.cc"}, {"sam"}, 1)};
  EXPECT_EQ(ReasonOf(Rank(Learned(records), Ask("ann", {"a.cc"}, 2)), "bob", ReasonKind::kReviewedByAuthor),
            "Ann Example reviewed 1 of the last 2 changes of theirs");
  EXPECT_EQ(ReasonOf(Rank(Learned(records), Ask("ann", {"a.cc"}, 2)), "bob", ReasonKind::kLastActive),
            "never reviewed yet, last active yesterday");
}

TEST(ReasonsTest, OfTheLastTwentyAtMost) {
  std::vector<ReviewRecord> records;
  for (int day = 0; day < 40; ++day) records.push_back(Change("ann", {"db/a.cc"}, {day % 10 < 7 ? "bob" : "sam"}, day));
  EXPECT_EQ(ReasonOf(Rank(Learned(records), Ask("ann", {"db/a.cc"}, 40)), "bob", ReasonKind::kReviewedFolder),
            "reviewed 14 of the last 20 changes in db/");
}

TEST(ReasonsTest, HeaviestFirst) {
  RankQuery query = Ask("ann", {"db/a.cc"}, 11);
  for (const RankedPerson& person : Rank(Learned(TypicalHistory()), query)) {
    const auto told = std::ranges::find(person.reasons, ReasonKind::kLastActive, &Reason::kind);
    EXPECT_TRUE(std::is_sorted(person.reasons.begin(), told,
                               [](const Reason& a, const Reason& b) { return a.weight > b.weight; }));
  }
}

TEST(AgoTest, InWords) {
  EXPECT_EQ(Ago(-3), "today");
  EXPECT_EQ(Ago(0.9), "today");
  EXPECT_EQ(Ago(1.9), "yesterday");
  EXPECT_EQ(Ago(13), "13 days ago");
  EXPECT_EQ(Ago(14), "2 weeks ago");
  EXPECT_EQ(Ago(60), "2 months ago");
  EXPECT_EQ(Ago(730), "2 years ago");
}

}  // namespace
}  // namespace mergegate::reviewers
