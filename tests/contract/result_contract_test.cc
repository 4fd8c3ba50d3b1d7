// What every engine does with cached results.
#include <optional>
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
  // All manifests of a key, in the order in which they are offered.
  std::vector<std::string> Manifests(const std::string& key) {
    std::vector<std::string> offered;
    const auto found = store().FindResult(key, [&](std::string_view manifest) {
      offered.emplace_back(manifest);
      return false;
    });
    EXPECT_THAT(found, IsOk());
    return offered;
  }
  // The newest result; nullopt when there is none.
  std::optional<std::string> Find(const std::string& key) {
    const auto found = store().FindResult(key, [](std::string_view) { return true; });
    EXPECT_THAT(found, IsOk());
    return *found;
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

TEST_P(ResultContractTest, ManifestsAreOfferedNewestFirstAndTheFirstThatHoldsIsTaken) {
  EXPECT_EQ(Find("key"), std::nullopt);
  Save("key", "m1", "one");
  Save("key", "m2", "two");
  Save("other", "m1", "three");
  EXPECT_THAT(Manifests("key"), ElementsAre("m2", "m1"));
  EXPECT_EQ(Find("key"), "two");
  EXPECT_EQ(*store().FindResult("key", [](std::string_view manifest) { return manifest == "m1"; }), "one");
  EXPECT_EQ(Find("other"), "three");
}

TEST_P(ResultContractTest, SixteenNewestAreKept) {
  for (int i = 0; i < 20; ++i) Save("key", "m" + std::to_string(i), std::to_string(i));
  const std::vector<std::string> found = Manifests("key");
  ASSERT_EQ(found.size(), 16u);
  EXPECT_EQ(found.front(), "m19");
  EXPECT_EQ(found.back(), "m4");
}

TEST_P(ResultContractTest, SameManifestIsReplaced) {
  Save("key", "m", "old");
  Save("key", "m2", "between");
  Save("key", "m", "new");
  EXPECT_EQ(Find("key"), "new");
  EXPECT_THAT(Manifests("key"), ElementsAre("m", "m2"));
}

TEST_P(ResultContractTest, EmptyAndBinaryValuesAreKept) {
  Save("empty", "", "");
  Save("key", std::string("\0\xff", 2), std::string(1 << 20, '\0'));
  EXPECT_EQ(Find("empty"), "");
  EXPECT_EQ(Find("key"), std::string(1 << 20, '\0'));
}

TEST_P(ResultContractTest, ADroppedKeyLosesAllItsResults) {
  Save("key", "m1", "one");
  Save("key", "m2", "two");
  Save("other", "m1", "three");
  ASSERT_THAT(store().DropResults("key"), IsOk());
  EXPECT_THAT(Manifests("key"), IsEmpty());
  EXPECT_EQ(Find("other"), "three");
}

TEST_P(ResultContractTest, EvictionDropsTheLeastRecentlyUsed) {
  for (uint32_t i = 0; i < 4; ++i) Save("key" + std::to_string(i), "m", Noise(10000, i));
  EXPECT_TRUE(Find("key0").has_value());  // used now, so key1 and key2 are the oldest
  ASSERT_THAT(store().EvictResults(25000), IsOk());
  EXPECT_TRUE(Find("key0").has_value());
  EXPECT_EQ(Find("key1"), std::nullopt);
  EXPECT_EQ(Find("key2"), std::nullopt);
  EXPECT_TRUE(Find("key3").has_value());
}

TEST_P(ResultContractTest, AResultThatIsOnlyOfferedIsNotUsed) {
  Save("offered", "m", Noise(10000, 1));
  Save("later", "m", Noise(10000, 2));
  EXPECT_THAT(Manifests("offered"), ElementsAre("m"));
  EXPECT_EQ(store().EvictResults(15000).value(), 1);
  EXPECT_EQ(Find("offered"), std::nullopt);
  EXPECT_TRUE(Find("later").has_value());
}

TEST_P(ResultContractTest, ResultsSavedAfterAnEvictionAreYoungerThanThoseUsedBefore) {
  Save("old", "m", Noise(10000, 1));
  EXPECT_TRUE(Find("old").has_value());
  ASSERT_THAT(store().EvictResults(1 << 20), IsOk());
  Save("young", "m", Noise(10000, 2));
  ASSERT_THAT(store().EvictResults(15000), IsOk());
  EXPECT_EQ(Find("old"), std::nullopt);
  EXPECT_TRUE(Find("young").has_value());
}

TEST_P(ResultContractTest, EvictionToNothingAndOfNothing) {
  ASSERT_THAT(store().EvictResults(0), IsOk());
  Save("key", "m", "r");
  ASSERT_THAT(store().EvictResults(1 << 20), IsOk());
  EXPECT_EQ(Find("key"), "r");
  ASSERT_THAT(store().EvictResults(0), IsOk());
  EXPECT_EQ(Find("key"), std::nullopt);
}

}  // namespace
}  // namespace mergegate::storage
