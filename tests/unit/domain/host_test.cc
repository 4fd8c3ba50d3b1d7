#include "server/domain/host.h"

#include <gtest/gtest.h>

namespace mergegate {
namespace {

HostChange Told(const std::string& head, int second, const std::string& previous = "") {
  HostChange change;
  change.head = CommitId(head);
  change.updated = absl::FromUnixSeconds(second);
  change.previous = CommitId(previous);
  return change;
}

TEST(Newer, ALaterEventCountsAnEarlierOneDoesNot) {
  EXPECT_EQ(Newer(Told("a", 10), Told("b", 11)).head, CommitId("b"));
  EXPECT_EQ(Newer(Told("b", 11), Told("a", 10)).head, CommitId("b"));
}

TEST(Newer, OfTwoPushesInOneSecondTheChainDecides) {
  const HostChange b = Newer(Told("a", 10), Told("b", 10, "a"));
  EXPECT_EQ(b.head, CommitId("b"));
  EXPECT_EQ(b.previous, CommitId("a"));
  EXPECT_EQ(Newer(b, Told("a", 10)).head, CommitId("b"));  // the push before, told late
}

TEST(Newer, APushOntoTheKnownHeadMayLagAMinute) {
  EXPECT_EQ(Newer(Told("a", 100), Told("b", 90, "a")).head, CommitId("b"));
  EXPECT_EQ(Newer(Told("a", 100), Told("b", 90, "a")).updated, absl::FromUnixSeconds(100));
  EXPECT_EQ(Newer(Told("a", 100), Told("b", 39, "a")).head, CommitId("a"));
}

TEST(Newer, BackToAnEarlierHeadIsNewWhenItIsLater) {
  const HostChange b = Newer(Told("a", 10), Told("b", 20, "a"));
  EXPECT_EQ(Newer(b, Told("a", 30, "b")).head, CommitId("a"));
  EXPECT_EQ(Newer(b, Told("a", 21)).head, CommitId("a"));
}

TEST(Newer, WhoOnlyTalksKeepsTheHeadBefore) {
  const HostChange b = Newer(Told("a", 10), Told("b", 20, "a"));
  EXPECT_EQ(Newer(b, Told("b", 30)).previous, CommitId("a"));
}

TEST(Newer, WhatIsLeftOutIsKept) {
  HostChange known = Told("a", 10);
  known.author = "ann";
  known.base = CommitId("base");
  known.base_ref = "main";
  HostChange told = Told("a", 20);
  told.base_ref = "main";
  EXPECT_EQ(Newer(known, told).author, "ann");
  EXPECT_EQ(Newer(known, told).base, CommitId("base"));
  told.base_ref = "dev";
  EXPECT_TRUE(Newer(known, told).base.empty());
}

}  // namespace
}  // namespace mergegate
