#include "server/reviewers/words.h"

#include <gmock/gmock.h>

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordsTest, TitleWordsAreTheRareOnesAndTheSubsystem) {
  EXPECT_THAT(TitleWords("net/mlx5: Fix the cache Cache eviction of it"),
              ElementsAre("net", "mlx5", "cache", "eviction", "^net/mlx5", "^net"));
  EXPECT_THAT(TitleWords("a of 12 --"), IsEmpty());
  EXPECT_LE(TitleWords(std::string(100'000, 'a') + " b").size(), 16U);
}

TEST(WordsTest, PathWordsLeaveOutExtensionsAndCommonFolders) {
  EXPECT_THAT(PathWords("src/table/filter_block_test.cc"), ElementsAre("filter", "block", "table"));
  EXPECT_THAT(PathWords("fe/QueryPlanner.java"), ElementsAre("query", "planner"));
  EXPECT_THAT(PathWords(""), IsEmpty());
}

TEST(WordsTest, FoldersNearestFirst) {
  EXPECT_THAT(FoldersOf("a/b/c.cc"), ElementsAre("a/b", "a"));
  EXPECT_THAT(FoldersOf("c.cc"), IsEmpty());
}

}  // namespace
}  // namespace mergegate::reviewers
