#include "server/reviewers/approvals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/review_builder.h"

namespace mergegate::reviewers {
namespace {

using ::mergegate::testing::Function;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(HoldAgainstTest, ARebaseThatChangesNoPieceCostsNothing) {
  const std::vector<Piece> pieces = {Function("f", "1"), Function("g", "2")};
  EXPECT_THAT(HoldAgainst(pieces, pieces).uncovered, IsEmpty());
}

TEST(HoldAgainstTest, OnlyWhatChangedIsLost) {
  const std::vector<Piece> approved = {Function("f", "1"), Function("g", "2"), Function("h", "3", "int")};
  const std::vector<Piece> now = {Function("f", "1"), Function("g", "other"), Function("h", "3", "long")};
  const HeldApproval held = HoldAgainst(approved, now);
  EXPECT_THAT(held.uncovered, ElementsAre(1, 2));
  EXPECT_THAT(held.reasons, ElementsAre("the body of g (a.cc) changed", "the signature of h (a.cc) changed"));
}

TEST(HoldAgainstTest, WhatIsNewWasNotApproved) {
  const Piece outside{.path = "b.txt", .declaration = {}, .usr = {}, .signature = "1", .body = {}};
  const HeldApproval held = HoldAgainst({Function("f", "1")}, {Function("f", "1"), Function("g", "1"), outside});
  EXPECT_THAT(held.reasons, ElementsAre("g (a.cc) came into the change", "b.txt came into the change"));
}

TEST(HoldAgainstTest, WhatTheChangeNoLongerDoesNeedsNoApproval) {
  EXPECT_THAT(HoldAgainst({Function("f", "1"), Function("g", "2")}, {Function("f", "1")}).uncovered, IsEmpty());
}

TEST(HoldAgainstTest, OverloadsAreTwo) {
  Piece one = Function("f", "1"), other = Function("f", "2");
  other.usr = "c:@F@f#I#";
  const HeldApproval held = HoldAgainst({one, other}, {one, Function("f", "1")});
  EXPECT_THAT(held.uncovered, IsEmpty());
  other.body = "3";
  EXPECT_THAT(HoldAgainst({one}, {one, other}).uncovered, ElementsAre(1));
}

}  // namespace
}  // namespace mergegate::reviewers
