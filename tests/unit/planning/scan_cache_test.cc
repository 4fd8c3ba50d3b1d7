// What is remembered of blobs, and for how long.
#include "server/planning/scan_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mergegate::planning {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ScanCacheTest : public ::testing::Test {
 protected:
  ScanCache::Read Reading(std::string text) {
    return [this, text] {
      ++reads_;
      return text;
    };
  }
  static BlobId Blob(int n) { return BlobId(std::string(36, 'a') + std::to_string(1000 + n)); }

  int reads_ = 0;
};

TEST_F(ScanCacheTest, ABlobIsReadOnceForEachScan) {
  ScanCache cache;
  const std::string text = "#include \"a.h\"\nint x;\n";
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(*cache.IncludesOf(Blob(1), Reading(text)), ElementsAre(Include{"a.h", false}));
    EXPECT_EQ(*cache.IdentifiersOf(Blob(1), Reading(text)), ScanIdentifiers(text));
  }
  EXPECT_EQ(reads_, 2);
}

TEST_F(ScanCacheTest, WhatCouldNotBeReadIsNotRemembered) {
  ScanCache cache;
  EXPECT_THAT(*cache.IncludesOf(Blob(1), [] { return absl::NotFoundError("gone"); }), IsEmpty());
  EXPECT_THAT(*cache.IncludesOf(Blob(1), Reading("#include <a>\n")), ElementsAre(Include{"a", true}));
}

TEST_F(ScanCacheTest, StaysBoundedAndKeepsWhatIsUsed) {
  constexpr size_t kBound = 20000;
  ScanCache cache(kBound);
  for (int i = 0; i < 1000; ++i) {
    cache.IncludesOf(Blob(i), Reading("#include <a>\n"));
    cache.IncludesOf(Blob(0), Reading("#include <a>\n"));
    EXPECT_LE(cache.bytes(), kBound + 1000);
  }
  EXPECT_EQ(reads_, 1000);
}

}  // namespace
}  // namespace mergegate::planning
