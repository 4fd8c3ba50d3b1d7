// Reviewers out of commit messages of several customs.
#include "server/reviewers/trailers.h"

#include <gmock/gmock.h>

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Identity Person(std::string name, std::string mail, std::string login = "") {
  return {.name = std::move(name), .mail = std::move(mail), .login = std::move(login)};
}

std::vector<Identity> Reviewers(std::string_view message) { return ReviewsIn(message, DefaultTrailers()).reviewers; }

TEST(TrailersTest, ReadsTrailersOfAnyCaseOnceEach) {
  EXPECT_THAT(Reviewers("db: fix\n\nText.\n\nReviewed-by: Ann Li <ann@example.org>\nACKED-BY: bob@example.org\n"
                        "Reviewed-By: Ann Li <ann@example.org>\nSigned-off-by: Sam <sam@example.org>\n"),
              ElementsAre(Person("Ann Li", "ann@example.org"), Person("", "bob@example.org")));
}

TEST(TrailersTest, ReadsListsOfLogins) {
  EXPECT_THAT(Reviewers("Fix\n\nReviewed By: ann, #team, bob\n\nDifferential Revision: 7\n"),
              ElementsAre(Person("", "", "ann"), Person("", "", "bob")));
  EXPECT_THAT(Reviewers("Fix\r\n\r\n  Approved by:\tann (maintainer), bob\r\n"),
              ElementsAre(Person("", "", "ann"), Person("", "", "bob")));
}

TEST(TrailersTest, ANameMayHaveAComma) {
  EXPECT_THAT(Reviewers("Fix\n\nReviewed-by: Li, Ann B <ann@example.org>\n"),
              ElementsAre(Person("Li, Ann B", "ann@example.org")));
}

TEST(TrailersTest, KeysAreTheCallers) {
  const std::string message = "Fix\n\nTested-by: Ann Li <ann@example.org>\n";
  EXPECT_THAT(Reviewers(message), IsEmpty());
  EXPECT_THAT(ReviewsIn(message, {"tested by"}).reviewers, ElementsAre(Person("Ann Li", "ann@example.org")));
}

TEST(TrailersTest, ReadsAckListsOfMerges) {
  const MessageReviews reviews = ReviewsIn(
      "Merge org/project#12345: Make the cache smaller\n\n"
      "1234567890 Shrink (Ann Li)\n\nPull request description:\n\n  Text: of it.\n\n"
      "ACKs for top commit:\n  ann:\n    Code review ACK 1234567890\n  bob:\n    NACK for now\n  sam:\n    tACK "
      "12345\n\n"
      "Tree-SHA512: abcdef\n",
      DefaultTrailers());
  EXPECT_EQ(reviews.title, "Make the cache smaller");
  EXPECT_THAT(reviews.reviewers, ElementsAre(Person("", "", "ann"), Person("", "", "sam")));
}

TEST(TrailersTest, AnAckListMayEndTheMessage) {
  EXPECT_THAT(Reviewers("Merge a/b#1: t\n\nACKs for top commit:\n  ann:\n    ACK 1\n  bob:"),
              ElementsAre(Person("", "", "ann"), Person("", "", "bob")));
}

TEST(TrailersTest, CommitsOfOnePullRequestShareItsName) {
  EXPECT_EQ(ReviewsIn("Fix\n\n(Merged from https://forge.example/o/p/pull/8)\n", {}).change,
            "https://forge.example/o/p/pull/8");
  EXPECT_EQ(ReviewsIn("Fix\n\nMerged yesterday\n", {}).change, "");
}

TEST(TrailersTest, MalformedOnesNameNobody) {
  EXPECT_THAT(Reviewers("Fix\n\nReviewed-by:\nReviewed-by: <>\nReviewed-by: ,;,\nReviewed-by: (nobody)\n:\n"),
              IsEmpty());
  EXPECT_THAT(Reviewers(""), IsEmpty());
  EXPECT_THAT(Reviewers("Fix\n\nReviewed-by: " + std::string(100'000, 'x') + "\n"), IsEmpty());
  EXPECT_THAT(Reviewers("Fix\n\nReviewed-by: Ann Li <ann@example.org\n"),
              ElementsAre(Person("Ann Li", "ann@example.org")));
}

TEST(TrailersTest, AtMostAHundredCount) {
  std::string message = "Fix\n\n";
  for (int i = 0; i < 1000; ++i) message += "Reviewed-by: p" + std::to_string(i) + "@example.org\n";
  EXPECT_EQ(Reviewers(message).size(), 100U);
}

}  // namespace
}  // namespace mergegate::reviewers
