// gzip within bounds.
#include "server/base/gzip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate {
namespace {

TEST(Gzip, WhatGoesInComesOut) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(1 << 20, 'x')}) {
    EXPECT_EQ(*Inflate(Deflate(text), 1 << 20), text);
  }
}

TEST(Gzip, ABombGoesOffSmall) {
  const std::string bomb = Deflate(std::string(64 << 20, '\0'));
  EXPECT_LT(bomb.size(), 512U << 10);
  EXPECT_TRUE(absl::IsResourceExhausted(Inflate(bomb, 1 << 20).status()));
}

TEST(Gzip, WhatIsBrokenIsRefused) {
  const std::string good = Deflate("hello");
  for (const std::string& bad : {std::string(), std::string("hello"), good.substr(0, good.size() - 1), good + "x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Inflate(bad, 100).status()));
  }
}

}  // namespace
}  // namespace mergegate
