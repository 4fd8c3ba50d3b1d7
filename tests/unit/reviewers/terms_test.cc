// Terms by hand.
#include "server/reviewers/terms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "server/reviewers/weights.h"
#include "tests/unit/reviewers/records.h"

namespace mergegate::reviewers {
namespace {

struct Terms {
  const ReviewHistory& history;
  Candidates candidates;

  bool Has(const std::string& name) const {
    return std::ranges::find(candidates.people, history.people().Find(Who(name))) != candidates.people.end();
  }
  const Row& Of(const std::string& name) const {
    const auto place = std::ranges::find(candidates.people, history.people().Find(Who(name)));
    EXPECT_NE(place, candidates.people.end()) << name;
    return candidates.rows[static_cast<size_t>(place - candidates.people.begin())];
  }
};

Terms TermsFor(const ReviewHistory& history, const RankQuery& query) {
  return {history, FindCandidates(history, Corrections(), query, 100)};
}

TEST(TermsTest, SharesOfAFileAreHalvesOfHalfLives) {
  ReviewHistory history;
  history.Learn(Change("ann", {"db/a.cc"}, {"bob"}, 0));
  history.Learn(Change("ann", {"db/a.cc"}, {"sam"}, 60));
  const Terms terms = TermsFor(history, Ask("ann", {"db/a.cc"}, 120));
  // bob 1/4, sam 1/2, and half an event of nobody.
  EXPECT_NEAR(terms.Of("bob").shares[kFileReviewsShort], 0.25 / 1.25, 1e-6);
  EXPECT_NEAR(terms.Of("sam").shares[kFileReviewsShort], 0.5 / 1.25, 1e-6);
  EXPECT_FALSE(terms.Has("ann"));  // the author
}

TEST(TermsTest, SharesAreMeansOverTheFiles) {
  ReviewHistory history;
  history.Learn(Change("ann", {"a.cc"}, {"bob"}, 0));
  const Terms terms = TermsFor(history, Ask("ann", {"a.cc", "new.cc"}, 0));
  EXPECT_NEAR(terms.Of("bob").shares[kFileReviewsShort], 0.5 * 1 / 1.5, 1e-6);
}

TEST(TermsTest, AChangeOfManyFilesSaysLessOfEach) {
  ReviewHistory history;
  history.Learn(Change("ann", {"a.cc", "b.cc", "c.cc", "d.cc"}, {"bob"}, 0));
  const Terms terms = TermsFor(history, Ask("ann", {"a.cc"}, 0));
  EXPECT_NEAR(terms.Of("bob").shares[kFileReviewsShort], 0.5 / 1.0, 1e-6);  // 1/sqrt(4), and k
}

TEST(TermsTest, AFolderGetsTheRootOfItsFiles) {
  ReviewHistory history;
  history.Learn(Change("ann", {"x/a.cc", "x/b.cc", "y/c.cc", "y/d.cc"}, {"bob"}, 0));
  const Terms terms = TermsFor(history, Ask("ann", {"x/new.cc"}, 0));
  const double mass = std::sqrt(2) / std::sqrt(4);
  EXPECT_NEAR(terms.Of("bob").shares[kFolderReviewsShort], mass / (mass + 1), 1e-6);
}

TEST(TermsTest, TheAreaIsTheSecondFolderOfDeepPaths) {
  EXPECT_EQ(AreaOf("a.cc"), "");
  EXPECT_EQ(AreaOf("crypto/a.cc"), "crypto");
  EXPECT_EQ(AreaOf("crypto/bn/a.cc"), "crypto");
  EXPECT_EQ(AreaOf("src/libcamera/pipeline/a.cc"), "src/libcamera");
}

TEST(TermsTest, WhoReviewedTheAuthorAndWhomTheAuthorReviewed) {
  ReviewHistory history;
  history.Learn(Change("ann", {"a.cc"}, {"bob"}, 0));
  history.Learn(Change("sam", {"b.cc"}, {"ann"}, 0));
  const Terms terms = TermsFor(history, Ask("ann", {"new.cc"}, 30));
  EXPECT_NEAR(terms.Of("bob").shares[kAuthorShort], 0.5 / 1.5, 1e-6);  // a half-life of 30 days ago
  EXPECT_NEAR(terms.Of("sam").shares[kBackLong], std::exp2(-30.0 / 180) / (std::exp2(-30.0 / 180) + 1), 1e-6);
}

TEST(TermsTest, ARenamedFileKeepsItsReviewers) {
  ReviewHistory history;
  history.Learn(Change("ann", {"old.cc"}, {"bob"}, 0));
  ReviewRecord rename = Change("sam", {"new.cc"}, {}, 0);
  rename.files[0].renamed_from = "old.cc";
  history.Learn(rename);
  EXPECT_NEAR(TermsFor(history, Ask("ann", {"new.cc"}, 0)).Of("bob").shares[kFileReviewsShort], 1 / 1.5, 1e-6);
}

TEST(TermsTest, CyclesOfRenamesEnd) {
  ReviewHistory history;
  ReviewRecord record = Change("ann", {"b", "c", "a"}, {"bob"}, 0);
  record.files[0].renamed_from = "a";
  record.files[1].renamed_from = "b";
  record.files[2].renamed_from = "c";
  for (int i = 0; i < 5; ++i) history.Learn(record);
  EXPECT_GT(TermsFor(history, Ask("ann", {"a"}, 0)).Of("bob").shares[kFileReviewsShort], 0.5);
}

TEST(TermsTest, DaysSinceAnythingAndNeverReviewed) {
  ReviewHistory history;
  history.Learn(Change("ann", {"a.cc"}, {"bob"}, 0));
  const Terms terms = TermsFor(history, Ask("sam", {"a.cc"}, 9));
  EXPECT_NEAR(terms.Of("bob").plain[kDaysSinceAnything], std::log(10) / 8, 1e-6);
  EXPECT_EQ(terms.Of("bob").plain[kNeverReviewed], 0);
  EXPECT_EQ(terms.Of("ann").plain[kNeverReviewed], 1);
}

TEST(TermsTest, BotsAndSelfReviewsCountForNothing) {
  ReviewHistory history;
  ReviewRecord record = Change("ann", {"a.cc"}, {"ann"}, 0);
  record.reviewers.push_back({.name = "Public Jenkins", .mail = "j@example.org", .login = {}});
  history.Learn(record);
  EXPECT_EQ(history.reviewed_records(), 0U);
  EXPECT_EQ(history.people().size(), 1U);
}

TEST(TermsTest, JoinedPeopleKeepWhatBothDid) {
  ReviewHistory history;
  ReviewRecord by_login = Change("ann", {"a.cc"}, {}, 0);
  by_login.reviewers = {{.name = {}, .mail = {}, .login = "bobray"}};
  history.Learn(by_login);
  history.Learn(Change("ann", {"a.cc"}, {"sam"}, 5));
  ReviewRecord by_mail = Change("eve", {"b.cc"}, {}, 6);
  by_mail.reviewers = {{.name = "Bob Ray", .mail = "bobray@example.org", .login = {}}};
  history.Learn(by_mail);
  const PersonId bob = history.people().Find("bobray");
  EXPECT_EQ(bob, history.people().Find("bobray@example.org"));
  EXPECT_EQ(history.ActivityOf(bob).reviews, 2U);
  const Terms terms = TermsFor(history, Ask("ann", {"a.cc"}, 6));
  const auto place = std::ranges::find(terms.candidates.people, bob);
  ASSERT_NE(place, terms.candidates.people.end());
  EXPECT_EQ(terms.candidates.rows[static_cast<size_t>(place - terms.candidates.people.begin())].plain[kNeverReviewed],
            0);
}

TEST(TermsTest, ABrokenClockMovesNothing) {
  ReviewHistory history;
  history.Learn(Change("ann", {"a.cc"}, {"bob"}, 0));
  history.Learn(Change("ann", {"a.cc"}, {"sam"}, 40'000));
  history.Learn(Change("ann", {"a.cc"}, {"sam"}, 1));
  EXPECT_EQ(history.record(1).day, history.record(0).day);
  EXPECT_EQ(history.record(2).day, history.record(0).day + 1);
  // Two in a row are a project that slept.
  history.Learn(Change("ann", {"a.cc"}, {"sam"}, 5000));
  history.Learn(Change("ann", {"a.cc"}, {"sam"}, 5001));
  EXPECT_EQ(history.record(4).day, history.record(0).day + 5001);
}

TEST(TermsTest, LineOwnersCountWhereTheyTellMoreThanChangesDo) {
  ReviewHistory history;
  history.Learn(Change("bob", {"a.cc"}, {"sam"}, 0));
  RankQuery query = Ask("ann", {"a.cc"}, 0);
  query.owners = {{.person = Who("sam"), .path = "a.cc", .share = 0.9}};
  const Terms terms = TermsFor(history, query);
  EXPECT_NEAR(terms.Of("sam").shares[kFileChangesLong], 0.9, 1e-6);
  EXPECT_NEAR(terms.Of("bob").shares[kFileChangesLong], 1 / 1.5, 1e-6);
}

TEST(WeightsTest, PhiIsALogarithmFromZeroToAboutOne) {
  EXPECT_EQ(Phi(0), 0);
  EXPECT_NEAR(Phi(1), std::log(101.0) / 4.6, 1e-6);
  Row row;
  row.shares[kFileReviewsShort] = 0.5;
  row.plain[kNeverReviewed] = 1;
  EXPECT_NEAR(CompactWeights().Utility(row), 0.605 * std::log(51.0) / 4.6 - 2.054, 1e-5);
}

TEST(WeightsTest, AreReadAsTheyAreWritten) {
  const auto read = ParseWeights(WeightsAsJson(GeneralWeights()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, GeneralWeights());
  for (const char* bad : {"", "[]", "{}", R"({"terms": {"no_such_term": {"log": 1}}})",
                          R"({"terms": {"title": {"log": "1"}}})", R"({"terms": {}, "plain": {"x": 1}})"}) {
    EXPECT_FALSE(ParseWeights(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace mergegate::reviewers
