// Corrections, the fit, and the model that joins them.
#include <gmock/gmock.h>

#include <cmath>

#include "server/reviewers/corrections.h"
#include "server/reviewers/fit.h"
#include "server/reviewers/reviewer_model.h"
#include "tests/unit/reviewers/records.h"

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;

TEST(CorrectionsTest, MoveByTheErrorAndFade) {
  const std::vector<PersonId> people = {0, 1};
  const FolderShares db = FolderSharesOf(std::vector<std::string>{"db/a.cc"});
  const FolderShares net = FolderSharesOf(std::vector<std::string>{"net/a.cc"});
  Corrections corrections;
  corrections.Learn(db, people, std::vector<double>{0.8, 0.2}, std::vector<double>{0, 1});
  const double person = 0.05 * 0.8 * (1 - 0.005), folder = 0.1 * 0.8;
  EXPECT_NEAR(corrections.Of(1, db), person + folder, 1e-9);
  EXPECT_NEAR(corrections.Of(0, db), -person - folder, 1e-9);
  EXPECT_NEAR(corrections.Of(1, net), person, 1e-9);
  EXPECT_EQ(corrections.Of(2, db), 0);
  double sum = 0;
  corrections.AddTo(db, [&](PersonId who, double amount) { sum += who == 1 ? amount : 0; });
  EXPECT_NEAR(sum, corrections.Of(1, db), 1e-12);
}

TEST(CorrectionsTest, FoldersShareByFiles) {
  const FolderShares shares = FolderSharesOf(std::vector<std::string>{"db/a.cc", "db/b.cc", "net/c.cc", "d.cc"});
  ASSERT_EQ(shares.size(), 3U);
  EXPECT_EQ(shares[0].second, 0.5F);
  EXPECT_EQ(shares[1].second, 0.25F);
}

// Two candidates: the one who reviews has a share of the file's reviews, the other has the project's.
std::vector<Example> Examples(size_t count) {
  Example example;
  example.rows.resize(2);
  example.rows[0].shares[kFileReviewsShort] = 0.8F;
  example.rows[1].shares[kProject90] = 0.8F;
  example.reviewed = {true, false};
  return std::vector<Example>(count, example);
}

TEST(FitTest, LowersTheLossAndFindsWhatMatters) {
  const std::vector<Example> examples = Examples(20);
  EXPECT_NEAR(Loss(examples, Weights()), std::log(2), 1e-9);
  const Weights fitted = Fit(examples, Weights(), {.pull = 0.1});
  EXPECT_LT(Loss(examples, fitted), 0.3);
  EXPECT_GT(fitted.log[kFileReviewsShort], 0);
  EXPECT_LT(fitted.log[kProject90], 0);
  EXPECT_EQ(fitted.log[kTitle], 0);
}

// One weight, one example: at the minimum  pull x w = x (1 - p), p = 1 / (1 + e^(-w x)).
TEST(FitTest, TheMinimumIsTheHandComputedOne) {
  Example example;
  example.rows.resize(2);
  example.rows[0].plain[kNeverReviewed] = 1;
  example.reviewed = {true, false};
  const double w = Fit({&example, 1}, Weights(), {.pull = 0.1}).plain[kNeverReviewed];
  EXPECT_NEAR(0.1 * w, 1 - 1 / (1 + std::exp(-w)), 1e-4);
}

TEST(FitTest, AStrongPullKeepsTheWeightsAndNothingToLearnChangesNone) {
  EXPECT_NEAR(Fit(Examples(20), CompactWeights(), {.pull = 1e6}).log[kFileReviewsShort],
              CompactWeights().log[kFileReviewsShort], 1e-4);
  EXPECT_EQ(Fit({}, CompactWeights(), {}), CompactWeights());
  Example all = Examples(1)[0];
  all.reviewed = {true, true};
  EXPECT_EQ(Fit({&all, 1}, CompactWeights(), {}), CompactWeights());
}

// A year of reviews by bob, then sam takes over.
std::vector<ReviewRecord> TakeOver(int changes_of_sam) {
  std::vector<ReviewRecord> records;
  for (int i = 0; i < 300 + changes_of_sam; ++i) {
    records.push_back(Change("ann", {"db/a.cc"}, {i < 300 ? "bob" : "sam"}, i));
  }
  return records;
}

TEST(ReviewerModelTest, FollowsWhoTakesOver) {
  ReviewerModel model(GeneralWeights());
  model.Feed(TakeOver(25));
  EXPECT_GT(model.corrections().Of(model.history().people().Find(Who("sam")), {}), 0.1);
  EXPECT_LT(model.corrections().Of(model.history().people().Find(Who("bob")), {}), -0.1);
  EXPECT_EQ(Names(Rank(model, Ask("ann", {"db/a.cc"}, 326)))[0], "sam");
}

TEST(ReviewerModelTest, TheSameRecordsMakeTheSameModel) {
  std::vector<double> utilities[2];
  for (auto& run : utilities) {
    ReviewerModel model(GeneralWeights());
    model.Feed(TakeOver(40));
    EXPECT_TRUE(model.Refit());
    EXPECT_FALSE(model.Refit());  // nothing new
    for (const RankedPerson& person : Rank(model, Ask("ann", {"db/a.cc"}, 340))) run.push_back(person.utility);
  }
  EXPECT_EQ(utilities[0], utilities[1]);
}

TEST(ReviewerModelTest, FeedingInTwoBatchesKnowsTheSamePeople) {
  const std::vector<ReviewRecord> records = TakeOver(40);
  ReviewerModel model(GeneralWeights());
  model.Feed(std::span(records).first(320));
  model.Feed(std::span(records).subspan(320));
  EXPECT_EQ(model.history().records(), records.size());
  EXPECT_EQ(Names(Rank(model, Ask("ann", {"db/a.cc"}, 340)))[0], "sam");
}

}  // namespace
}  // namespace mergegate::reviewers
