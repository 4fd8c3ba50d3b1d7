// Whose record a review becomes.
#include "server/reviewers/join_reviews.h"

#include <gmock/gmock.h>

#include "tests/unit/reviewers/records.h"

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Reviewers(const ReviewRecord& record) {
  std::vector<std::string> mails;
  for (const Identity& reviewer : record.reviewers) mails.push_back(reviewer.mail.substr(0, reviewer.mail.find('@')));
  return mails;
}

GivenReview Given(const std::string& author, const std::vector<std::string>& paths, double day,
                  const std::vector<std::string>& reviewers) {
  GivenReview review{
      .heads = {"head"}, .author = {.mail = author + "@example.org"}, .paths = paths, .pushed = Day(day)};
  for (const std::string& reviewer : reviewers) review.reviewers.push_back({.mail = reviewer + "@example.org"});
  return review;
}

TEST(JoinReviews, AHeadThatLandedAsItWas) {
  std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {"bob"}, 5), Change("ann", {"b.cc"}, {}, 6)};
  records[0].id = "head";
  JoinReviews(std::vector{Given("ann", {"other.cc"}, 4, {"bob", "eve"})}, records);
  EXPECT_THAT(Reviewers(records[0]), ElementsAre("bob", "eve")) << "bob's trailer and bob's approval are one";
  EXPECT_THAT(Reviewers(records[1]), IsEmpty());
}

TEST(JoinReviews, ASquashIsFoundByAuthorAndPaths) {
  std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {}, 1), Change("bob", {"a.cc"}, {}, 5),
                                       Change("ann", {"a.cc", "b.cc"}, {}, 6), Change("ann", {"a.cc"}, {}, 7),
                                       Change("ann", {"a.cc"}, {}, 8)};
  JoinReviews(std::vector{Given("ann", {"a.cc"}, 4, {"eve"})}, records);
  EXPECT_THAT(Reviewers(records[0]), IsEmpty()) << "landed before it was pushed";
  EXPECT_THAT(Reviewers(records[1]), IsEmpty()) << "another author's";
  EXPECT_THAT(Reviewers(records[2]), IsEmpty()) << "other paths";
  EXPECT_THAT(Reviewers(records[3]), ElementsAre("eve"));
  EXPECT_THAT(Reviewers(records[4]), IsEmpty()) << "a review is of one change";
}

TEST(JoinReviews, TwoReviewsTakeTwoRecordsInOrder) {
  std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {}, 7), Change("ann", {"a.cc"}, {}, 8)};
  JoinReviews(std::vector{Given("ann", {"a.cc"}, 5, {"second"}), Given("ann", {"a.cc"}, 4, {"first"})}, records);
  EXPECT_THAT(Reviewers(records[0]), ElementsAre("first"));
  EXPECT_THAT(Reviewers(records[1]), ElementsAre("second"));
}

TEST(JoinReviews, WhatLandedNowhereAddsNothing) {
  std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {}, 100)};
  JoinReviews(std::vector{Given("ann", {"a.cc"}, 4, {"eve"})}, records);
  EXPECT_THAT(Reviewers(records[0]), IsEmpty()) << "more than 90 days later";
}

}  // namespace
}  // namespace mergegate::reviewers
