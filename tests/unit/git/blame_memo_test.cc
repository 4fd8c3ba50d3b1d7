// What is remembered of blames, and for how long.
#include "server/git/blame_memo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace mergegate::git {
namespace {

BlameMemo::Key Key(int n) { return {.mirror = "/m.git", .commit = CommitId("c"), .path = std::to_string(n)}; }

std::vector<BlameHunk> Hunks(size_t count) {
  std::vector<BlameHunk> hunks(count);
  for (BlameHunk& hunk : hunks) hunk.author_name = "Ada";
  return hunks;
}

TEST(BlameMemoTest, KnowsWhatWasKeptUnderEveryPartOfItsKey) {
  BlameMemo memo;
  const BlameMemo::Key key{.mirror = "/m.git", .commit = CommitId("c"), .path = "a.cc", .most_commits = 300};
  EXPECT_EQ(memo.Find(key), nullptr);
  memo.Keep(key, Hunks(3));
  ASSERT_NE(memo.Find(key), nullptr);
  EXPECT_EQ(memo.Find(key)->size(), 3);
  EXPECT_EQ(memo.Find(key)->front().author_name, "Ada");
  for (const auto& change : std::vector<void (*)(BlameMemo::Key&)>{
           [](auto& other) { other.mirror = "/n.git"; }, [](auto& other) { other.commit = CommitId("d"); },
           [](auto& other) { other.path = "b.cc"; }, [](auto& other) { other.most_commits = 1; }}) {
    BlameMemo::Key other = key;
    change(other);
    EXPECT_EQ(memo.Find(other), nullptr);
  }
}

TEST(BlameMemoTest, StaysBoundedAndKeepsWhatIsUsed) {
  BlameMemo memo(/*max_hunks=*/100);
  for (int i = 0; i < 200; ++i) {
    memo.Keep(Key(i), Hunks(7));
    EXPECT_LE(memo.hunks(), 100);
    EXPECT_NE(memo.Find(Key(0)), nullptr) << i;
  }
  EXPECT_NE(memo.Find(Key(199)), nullptr);
  EXPECT_EQ(memo.Find(Key(150)), nullptr);
}

TEST(BlameMemoTest, WhatIsTooLargeIsOnlyHandedBack) {
  BlameMemo memo(/*max_hunks=*/100);
  memo.Keep(Key(1), Hunks(5));
  EXPECT_EQ(memo.Keep(Key(2), Hunks(80))->size(), 80);
  EXPECT_EQ(memo.Find(Key(2)), nullptr);
  EXPECT_NE(memo.Find(Key(1)), nullptr);
}

TEST(BlameMemoTest, ManyMayUseItAtOnce) {
  BlameMemo memo(/*max_hunks=*/60);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&memo] {
      for (int i = 0; i < 500; ++i) {
        const auto key = Key(i % 9);
        const auto known = memo.Find(key);
        if (known == nullptr) memo.Keep(key, Hunks(static_cast<size_t>(i % 9)));
        if (known != nullptr) {
          EXPECT_EQ(known->size(), static_cast<size_t>(i % 9));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(memo.hunks(), 60);
}

}  // namespace
}  // namespace mergegate::git
