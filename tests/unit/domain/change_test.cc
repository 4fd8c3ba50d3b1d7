#include "server/domain/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/diff_builder.h"

namespace mergegate {
namespace {

using mergegate::testing::DiffBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

// Line:            1  2  3  4  5  6
// old:             a  b  c  d  e
// new:          x  a     C  d  y  e
Diff Mixed() { return DiffBuilder().Modify("f.cc", "a\nb\nc\nd\ne\n", "x\na\nC\nd\ny\ne\n").Build(); }

TEST(DiffTest, MapLineFollowsInsertionsAndGivesUpOnAlteredLines) {
  const Diff diff = Mixed();
  EXPECT_THAT(diff.MapLine("f.cc", 1), Optional(Pair("f.cc", 2)));
  EXPECT_EQ(diff.MapLine("f.cc", 2), std::nullopt);
  EXPECT_EQ(diff.MapLine("f.cc", 3), std::nullopt);
  EXPECT_THAT(diff.MapLine("f.cc", 4), Optional(Pair("f.cc", 4)));
  EXPECT_THAT(diff.MapLine("f.cc", 5), Optional(Pair("f.cc", 6)));
  EXPECT_THAT(diff.MapLine("other.cc", 5), Optional(Pair("other.cc", 5)));
}

TEST(DiffTest, MapLineOfAPureDeletion) {
  const Diff diff = DiffBuilder().Modify("f.cc", "a\nb\nc\n", "a\nc\n").Build();
  EXPECT_THAT(diff.MapLine("f.cc", 1), Optional(Pair("f.cc", 1)));
  EXPECT_EQ(diff.MapLine("f.cc", 2), std::nullopt);
  EXPECT_THAT(diff.MapLine("f.cc", 3), Optional(Pair("f.cc", 2)));
}

TEST(DiffTest, MapLineFollowsRenamesAndEndsAtDeletions) {
  const Diff diff = DiffBuilder().Rename("old.cc", "new.cc", "a\nb\n", "x\na\nb\n").Delete("gone.cc", "a\n").Build();
  EXPECT_THAT(diff.MapLine("old.cc", 2), Optional(Pair("new.cc", 3)));
  EXPECT_EQ(diff.MapLine("gone.cc", 1), std::nullopt);
  EXPECT_THAT(diff.NewPath("old.cc"), Optional(std::string("new.cc")));
  EXPECT_EQ(diff.NewPath("gone.cc"), std::nullopt);
  EXPECT_THAT(diff.NewPath("same.cc"), Optional(std::string("same.cc")));
}

TEST(DiffTest, FindsFilesByTheirSide) {
  const Diff diff =
      DiffBuilder().Rename("old.cc", "new.cc", "a\n", "a\n").Delete("gone.cc", "a\n").Add("n.cc", "").Build();
  EXPECT_EQ(diff.FindNew("old.cc"), nullptr);
  EXPECT_EQ(diff.FindNew("gone.cc"), nullptr);
  EXPECT_EQ(diff.FindNew(""), nullptr);
  EXPECT_EQ(diff.FindOld(""), nullptr);
  ASSERT_NE(diff.FindNew("new.cc"), nullptr);
  EXPECT_EQ(diff.FindNew("new.cc"), diff.FindOld("old.cc"));
}

TEST(DiffTest, IsAddedHoldsForAddedAndAlteredLinesOnly) {
  const Diff diff = Mixed();
  std::vector<int> added;
  for (int line = 0; line <= 7; ++line) {
    if (diff.IsAdded("f.cc", line)) added.push_back(line);
  }
  EXPECT_THAT(added, ElementsAre(1, 3, 5));
  EXPECT_FALSE(diff.IsAdded("other.cc", 1));
}

TEST(DiffTest, ChangedLinesWithAndWithoutDeletionPoints) {
  const Diff diff = DiffBuilder().Modify("f.cc", "a\nb\nc\nd\n", "b\nd\n").Build();  // a and c are gone
  EXPECT_THAT(diff.ChangedLines(diff.files[0], false), IsEmpty());
  EXPECT_THAT(diff.ChangedLines(diff.files[0], true), ElementsAre(LineRange{1, 1}, LineRange{1, 2}));
  const Diff mixed = Mixed();
  EXPECT_THAT(mixed.ChangedLines(mixed.files[0], true), ElementsAre(LineRange{1, 1}, LineRange{3, 3}, LineRange{5, 5}));
}

TEST(DiffTest, DeletedFilesHaveNoLinesAtTheHead) {
  const Diff diff = DiffBuilder().Delete("gone.cc", "a\nb\n").Build();
  EXPECT_THAT(diff.ChangedLines(diff.files[0], true), IsEmpty());
  EXPECT_EQ(diff.LinesRemoved(), 2);
  EXPECT_EQ(diff.LinesAdded(), 0);
}

TEST(DiffTest, SumsLinesOverFiles) {
  const Diff diff = DiffBuilder().Modify("f.cc", "a\nb\nc\nd\ne\n", "x\na\nC\nd\ny\ne\n").Add("n.cc", "1\n2\n").Build();
  EXPECT_EQ(diff.LinesAdded(), 3 + 2);
  EXPECT_EQ(diff.LinesRemoved(), 2);
}

TEST(PathTest, TellsCppByExtension) {
  for (const char* source : {"a.cc", "d/a.cpp", "a.c", "a.C", "a.mm", "x.y.cxx"})
    EXPECT_TRUE(IsCppSource(source)) << source;
  for (const char* header : {"a.h", "d/a.hpp", "a.inc", "a.tcc"}) EXPECT_TRUE(IsCppHeader(header)) << header;
  for (const char* other : {"a.py", "cc", ".cc", "d.cc/a", "a.cc.orig", "", "d/.h"})
    EXPECT_FALSE(IsCpp(other)) << other;
}

}  // namespace
}  // namespace mergegate
