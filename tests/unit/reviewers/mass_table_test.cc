// Decay by hand: a half-life later half is left.
#include "server/reviewers/mass_table.h"

#include <gtest/gtest.h>

namespace mergegate::reviewers {
namespace {

constexpr PersonId kAnn = 0, kBob = 1;
constexpr Key kFile = 7;

void Add(MassTable& table, PersonId person, double day, double weight = 1, Key key = kFile) {
  table.Add(key, {&person, 1}, weight, day, 0);
}

TEST(MassTableTest, AHalfLifeLaterHalfIsLeft) {
  MassTable table({.short_days = 10, .long_days = 100, .events = 1});
  Add(table, kAnn, 0);
  Add(table, kBob, 10);
  const KeyMass* masses = table.Find(kFile);
  ASSERT_NE(masses, nullptr);
  EXPECT_NEAR(masses->Of(kAnn)->by_short / table.ShortScale(10), 0.5, 1e-12);
  EXPECT_NEAR(masses->Of(kBob)->by_short / table.ShortScale(10), 1.0, 1e-12);
  EXPECT_NEAR(masses->short_total / table.ShortScale(10), 1.5, 1e-12);
  EXPECT_NEAR(masses->Of(kAnn)->by_long / table.LongScale(110), 0.4665, 1e-4);  // 2^-1.1
  // By events: one event is a half-life.
  EXPECT_NEAR(masses->Of(kAnn)->by_event / masses->event_scale, 0.5, 1e-12);
}

TEST(MassTableTest, CenturiesOverflowNothing) {
  MassTable table({.short_days = 1, .long_days = 1000, .events = 0.1});
  for (int day = 0; day < 100'000; day += 1000) Add(table, kAnn, day);
  Add(table, kBob, 99'000);
  const KeyMass* masses = table.Find(kFile);
  EXPECT_NEAR(masses->Of(kBob)->by_short / masses->short_total, 0.5, 1e-9);
  EXPECT_NEAR(masses->Of(kBob)->by_event / masses->event_total, 1 - 1.0 / 1024, 1e-9);  // ten half-lives an event
  EXPECT_EQ(masses->Of(kAnn)->events, 100U);
}

TEST(MassTableTest, ARenamedKeyKeepsItsMassesUnlessTheNewOneHasSome) {
  MassTable table({});
  Add(table, kAnn, 0, 1, 1);
  Add(table, kBob, 0, 1, 2);
  table.Rename(1, 3);
  EXPECT_EQ(table.Find(1), nullptr);
  EXPECT_NE(table.Find(3), nullptr);
  table.Rename(2, 3);
  EXPECT_EQ(table.Find(3)->Of(kBob), nullptr);
  table.Rename(3, 3);
  table.Rename(9, 10);
  EXPECT_NE(table.Find(3), nullptr);
}

TEST(MassTableTest, MergedKeysAddUp) {
  MassTable table({.short_days = 10, .long_days = 100, .events = 1});
  Add(table, kAnn, 0, 1, 1);
  Add(table, kAnn, 0, 1, 2);
  Add(table, kBob, 10, 1, 2);
  table.Merge(2, 1);
  const KeyMass* masses = table.Find(1);
  EXPECT_EQ(table.Find(2), nullptr);
  EXPECT_NEAR(masses->Of(kAnn)->by_short / table.ShortScale(10), 1.0, 1e-12);
  EXPECT_NEAR(masses->short_total / table.ShortScale(10), 2.0, 1e-12);
  EXPECT_NEAR(masses->Of(kAnn)->by_event / masses->event_scale, 1.5, 1e-12);  // one now, one an event ago
  EXPECT_NEAR(masses->Of(kBob)->by_event / masses->event_scale, 1.0, 1e-12);
  EXPECT_EQ(masses->events, 3U);
}

TEST(MassTableTest, RemembersTheLastTwentyRecords) {
  MassTable table({});
  for (uint32_t record = 0; record < 30; ++record) table.Add(kFile, {&kAnn, 1}, 1, record, record);
  EXPECT_EQ(table.Find(kFile)->recent.size(), 20U);
  EXPECT_EQ(table.Find(kFile)->recent.front(), 10U);
}

}  // namespace
}  // namespace mergegate::reviewers
