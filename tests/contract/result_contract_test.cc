// What every engine does with cached results.
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ResultContractTest : public StoreContract {
 protected:
  void Save(const std::string& key, const std::string& manifest, const std::string& result) {
    ASSERT_THAT(store().SaveResult(key, {manifest, result}, At(0)), IsOk());
  }
  std::vector<std::string> Find(const std::string& key) {
    const auto found = store().FindResults(key);
    EXPECT_THAT(found, IsOk());
    std::vector<std::string> results;
    for (const CachedResult& result : *found) results.push_back(result.result);
    return results;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ResultContractTest, AllEngines(), EngineName);

// Bytes that do not compress, so that sizes can be reckoned with.
std::string Noise(size_t size, uint32_t seed) {
  std::string noise;
  for (uint32_t state = seed * 2654435761u + 1; noise.size() < size; state = state * 1664525u + 1013904223u) {
    noise += static_cast<char>(state >> 24);
  }
  return noise;
}

TEST_P(ResultContractTest, ResultsComeBackNewestFirst) {
  EXPECT_THAT(Find("key"), IsEmpty());
  Save("key", "m1", "one");
  Save("key", "m2", "two");
  Save("other", "m1", "three");
  const auto found = store().FindResults("key");
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].manifest, "m2");
  EXPECT_EQ((*found)[0].result, "two");
  EXPECT_EQ((*found)[1].manifest, "m1");
  EXPECT_THAT(Find("other"), ElementsAre("three"));
}

TEST_P(ResultContractTest, SixteenNewestAreKept) {
  for (int i = 0; i < 20; ++i) Save("key", "m" + std::to_string(i), std::to_string(i));
  const std::vector<std::string> found = Find("key");
  ASSERT_EQ(found.size(), 16u);
  EXPECT_EQ(found.front(), "19");
  EXPECT_EQ(found.back(), "4");
}

TEST_P(ResultContractTest, SameManifestIsReplaced) {
  Save("key", "m", "old");
  Save("key", "m2", "between");
  Save("key", "m", "new");
  EXPECT_THAT(Find("key"), ElementsAre("new", "between"));
}

TEST_P(ResultContractTest, EmptyAndBinaryValuesAreKept) {
  Save("key", "", "");
  Save("key", std::string("\0\xff", 2), std::string(1 << 20, '\0'));
  EXPECT_THAT(Find("key"), ElementsAre(std::string(1 << 20, '\0'), ""));
}

TEST_P(ResultContractTest, EvictionDropsTheLeastRecentlyUsed) {
  for (uint32_t i = 0; i < 4; ++i) Save("key" + std::to_string(i), "m", Noise(10000, i));
  EXPECT_EQ(Find("key0").size(), 1u);  // used now, so key1 and key2 are the oldest
  ASSERT_THAT(store().EvictResults(25000), IsOk());
  EXPECT_EQ(Find("key0").size(), 1u);
  EXPECT_THAT(Find("key1"), IsEmpty());
  EXPECT_THAT(Find("key2"), IsEmpty());
  EXPECT_EQ(Find("key3").size(), 1u);
}

TEST_P(ResultContractTest, ResultsSavedAfterAnEvictionAreYoungerThanThoseUsedBefore) {
  Save("old", "m", Noise(10000, 1));
  EXPECT_EQ(Find("old").size(), 1u);
  ASSERT_THAT(store().EvictResults(1 << 20), IsOk());
  Save("young", "m", Noise(10000, 2));
  ASSERT_THAT(store().EvictResults(15000), IsOk());
  EXPECT_THAT(Find("old"), IsEmpty());
  EXPECT_EQ(Find("young").size(), 1u);
}

TEST_P(ResultContractTest, EvictionToNothingAndOfNothing) {
  ASSERT_THAT(store().EvictResults(0), IsOk());
  Save("key", "m", "r");
  ASSERT_THAT(store().EvictResults(1 << 20), IsOk());
  EXPECT_THAT(Find("key"), ElementsAre("r"));
  ASSERT_THAT(store().EvictResults(0), IsOk());
  EXPECT_THAT(Find("key"), IsEmpty());
}

}  // namespace
}  // namespace mergegate::storage
