#include "analyzers/closure/digest.h"

#include <gtest/gtest.h>

namespace mergegate::analyzers {
namespace {

TEST(Digest, IsBlake3CutToHalf) { EXPECT_EQ(DigestBuilder().Finish().Hex(), "af1349b9f5f9a1a6a0404dea36dcc949"); }

TEST(Digest, FollowsFromWhatWasAdded) {
  EXPECT_EQ(DigestBuilder().Text("a").Number(1).Finish(), DigestBuilder().Text("a").Number(1).Finish());
  EXPECT_NE(DigestBuilder().Text("a").Number(1).Finish(), DigestBuilder().Number(1).Text("a").Finish());
  EXPECT_NE(DigestBuilder().Number(1).Finish(), DigestBuilder().Number(uint64_t{1} << 32).Finish());
}

TEST(Digest, KeepsTextsApart) {
  EXPECT_NE(DigestBuilder().Text("ab").Text("c").Finish(), DigestBuilder().Text("a").Text("bc").Finish());
  EXPECT_NE(DigestBuilder().Text("").Finish(), DigestBuilder().Finish());
  EXPECT_NE(DigestBuilder().Text("").Text("").Finish(), DigestBuilder().Text("").Finish());
  using std::string_view_literals::operator""sv;
  EXPECT_NE(DigestBuilder().Text("a\0"sv).Finish(), DigestBuilder().Text("a"sv).Finish());
}

TEST(Digest, AddsDigests) {
  const Digest one = DigestBuilder().Number(1).Finish(), two = DigestBuilder().Number(2).Finish();
  EXPECT_EQ(DigestBuilder().Add(one).Add(two).Finish(), DigestBuilder().Add(one).Add(two).Finish());
  EXPECT_NE(DigestBuilder().Add(one).Add(two).Finish(), DigestBuilder().Add(two).Add(one).Finish());
}

TEST(Digest, GoesThroughBytes) {
  const Digest digest = DigestBuilder().Text("leveldb::DBImpl::Get").Finish();
  EXPECT_EQ(Digest::FromBytes(digest.Bytes()), digest);
  EXPECT_EQ(digest.Bytes().size(), 16U);
  EXPECT_EQ(digest.Hex().size(), 32U);
}

TEST(Digest, TakesBytesOfTheRightNumberOnly) {
  for (const size_t size : {0, 1, 15, 17, 32}) EXPECT_EQ(Digest::FromBytes(std::string(size, 'x')), Digest());
  EXPECT_NE(Digest::FromBytes(std::string(16, 'x')), Digest());
}

}  // namespace
}  // namespace mergegate::analyzers
