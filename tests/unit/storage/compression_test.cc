#include "server/storage/sqlite/compression.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;

TEST(CompressionTest, WhatGoesInComesOut) {
  for (const std::string& plain :
       {std::string(), std::string("x"), std::string("\0\xff\0", 3), std::string(1 << 22, 'a')}) {
    const auto compressed = Compress(plain);
    ASSERT_THAT(compressed, IsOk());
    EXPECT_THAT(Decompress(*compressed), IsOkAndHolds(plain));
  }
  EXPECT_LT(Compress(std::string(1 << 22, 'a'))->size(), 2000u);
}

TEST(CompressionTest, EveryDamageIsNoticed) {
  const std::string good = *Compress("a verdict that must not change silently");
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_THAT(Decompress(good.substr(0, i)), StatusIs(absl::StatusCode::kDataLoss)) << "cut at " << i;
    std::string flipped = good;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    const auto plain = Decompress(flipped);
    EXPECT_TRUE(!plain.ok() || *plain == "a verdict that must not change silently") << "flipped at " << i;
  }
  EXPECT_THAT(Decompress(good + "x"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(CompressionTest, FrameThatClaimsTooMuchIsRefusedBeforeMemoryIsTaken) {
  // Magic number, single segment with an 8-byte content size of 2^60.
  const std::string bomb("\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x10", 13);
  EXPECT_THAT(Decompress(bomb), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace mergegate::storage
