// ApplyHunks: where hunks fit, and where they do not.
#include "server/git/apply_hunks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate::git {
namespace {

using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

absl::StatusOr<std::string> Applied(std::string_view text, const std::string& hunks, WorkBudget budget = {}) {
  const std::string diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n" + hunks;
  const auto files = ParseUnifiedDiff(diff);
  if (!files.ok()) return files.status();
  return ApplyHunks(text, files->front().hunks, budget);
}
auto Gives(const std::string& text) { return IsOkAndHolds(text); }

TEST(ApplyHunksTest, AppliesAtItsLines) {
  EXPECT_THAT(Applied("1\n2\n3\n", "@@ -1,3 +1,3 @@\n 1\n-2\n+B\n 3\n"), Gives("1\nB\n3\n"));
  EXPECT_THAT(Applied("1\n2\n3\n", "@@ -0,0 +1 @@\n+0\n@@ -2 +2,0 @@\n-2\n@@ -3,0 +4 @@\n+4\n"), Gives("0\n1\n3\n4\n"));
  // The same lines stand at several places; the numbers decide.
  EXPECT_THAT(Applied("a\nb\na\nb\na\nb\n", "@@ -3,2 +3,2 @@\n a\n-b\n+B\n"), Gives("a\nb\na\nB\na\nb\n"));
}

TEST(ApplyHunksTest, MovesToTheOnlyOtherPlace) {
  const std::string hunk = "@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n";
  EXPECT_THAT(Applied("1\n2\n3\na\nb\nc\n4\n", hunk), Gives("1\n2\n3\na\nB\nc\n4\n"));
  EXPECT_THAT(Applied("a\nb\nc\n", hunk), Gives("a\nB\nc\n"));
  EXPECT_THAT(Applied("1\n2\na\nb\nc\na\nb\nc\n", hunk), StatusIs(kInvalid, HasSubstr("several")));
  EXPECT_THAT(Applied("a\nb\nc\nx\na\nb\nc\n", hunk), StatusIs(kInvalid, HasSubstr("several")));
  EXPECT_THAT(Applied("1\na\nb\nC\n", hunk),
              StatusIs(kInvalid, AllOf(HasSubstr("@@ -2,3 +2,3 @@"), HasSubstr("not in the file"))));
  // Not within a line.
  EXPECT_THAT(Applied("1\n2\nxa\nb\nc\n", hunk), StatusIs(kInvalid, HasSubstr("not in the file")));
  EXPECT_THAT(Applied("1\n2\na\nb\nc", hunk), StatusIs(kInvalid, HasSubstr("not in the file")));
}

TEST(ApplyHunksTest, OverlappingPlacesAreSeveral) {
  EXPECT_THAT(Applied("1\n2\n3\n4\na\na\na\na\n", "@@ -2,3 +2,3 @@\n a\n-a\n+b\n a\n"),
              StatusIs(kInvalid, HasSubstr("several")));
}

TEST(ApplyHunksTest, MovesOnlyBehindTheHunkBefore) {
  const std::string hunks = "@@ -4,3 +4,3 @@\n d\n-e\n+E\n f\n@@ -9,3 +9,3 @@\n a\n-b\n+B\n c\n";
  EXPECT_THAT(Applied("a\nb\nc\nd\ne\nf\n", hunks), StatusIs(kInvalid, HasSubstr("@@ -9,3 +9,3 @@")));
  EXPECT_THAT(Applied("a\nb\nc\nd\ne\nf\na\nb\nc\n", hunks), Gives("a\nb\nc\nd\nE\nf\na\nB\nc\n"));
  // Both are off by two lines.
  EXPECT_THAT(Applied("x\nd\ne\nf\ng\nh\na\nb\nc\n", hunks), Gives("x\nd\nE\nf\ng\nh\na\nB\nc\n"));
}

TEST(ApplyHunksTest, WithoutContextOnlyTheNumbersCount) {
  EXPECT_THAT(Applied("1\n2\n3\n", "@@ -2 +2 @@\n-3\n+C\n"), StatusIs(kInvalid, HasSubstr("not there")));
  EXPECT_THAT(Applied("1\n2\n", "@@ -3,0 +4 @@\n+x\n"), StatusIs(kInvalid, HasSubstr("not there")));
  // A hunk at the first line begins the file.
  EXPECT_THAT(Applied("0\n1\n2\n3\n", "@@ -1,3 +1,3 @@\n 1\n-2\n+B\n 3\n"), StatusIs(kInvalid));
}

TEST(ApplyHunksTest, AtTheEndOfTheFile) {
  const std::string hunk = "@@ -2,2 +2,3 @@\n y\n z\n+end\n";
  EXPECT_THAT(Applied("a\nb\nc\ny\nz\n", hunk), Gives("a\nb\nc\ny\nz\nend\n"));
  EXPECT_THAT(Applied("a\nb\ny\nz\nc\n", hunk), StatusIs(kInvalid, HasSubstr("end of the file")));
  EXPECT_THAT(Applied("a\nb\nc\nxy\nz\n", hunk), StatusIs(kInvalid, HasSubstr("end of the file")));
  EXPECT_THAT(Applied("z\n", hunk), StatusIs(kInvalid, HasSubstr("end of the file")));
}

TEST(ApplyHunksTest, LineEndsMustBeTheSame) {
  const std::string no_end = "\\ No newline at end of file\n";
  EXPECT_THAT(Applied("1\n2", "@@ -2 +2 @@\n-2\n" + no_end + "+2\n"), Gives("1\n2\n"));
  EXPECT_THAT(Applied("1\n2\n", "@@ -2 +2 @@\n-2\n+2\n" + no_end), Gives("1\n2"));
  EXPECT_THAT(Applied("1\n2\n", "@@ -2 +2 @@\n-2\n" + no_end + "+3\n"), StatusIs(kInvalid));
  EXPECT_THAT(Applied("1\n2", "@@ -2 +2 @@\n-2\n+3\n"), StatusIs(kInvalid));
  EXPECT_THAT(Applied("1\r\n", "@@ -1 +1 @@\n-1\n+2\n"), StatusIs(kInvalid));
  // Nothing is glued to a line.
  EXPECT_THAT(Applied("1\n2\n3\n", "@@ -2 +2 @@\n-2\n+B\n" + no_end), StatusIs(kInvalid, HasSubstr("goes on")));
  EXPECT_THAT(Applied("1\n2", "@@ -2,0 +3 @@\n+3\n"), StatusIs(kInvalid, HasSubstr("no line end")));
}

TEST(ApplyHunksTest, SearchesAreLimited) {
  const std::string hunk = "@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n";
  const std::string text = "1\n2\n3\na\nb\nc\n";  // 12 bytes, and 6 of the hunk
  EXPECT_THAT(Applied(text, hunk, WorkBudget{.bytes_left = 18}), Gives("1\n2\n3\na\nB\nc\n"));
  EXPECT_THAT(Applied(text, hunk, WorkBudget{.bytes_left = 17}), StatusIs(kInvalid, HasSubstr("push commits")));
}

}  // namespace
}  // namespace mergegate::git
