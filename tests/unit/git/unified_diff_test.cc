// ParseUnifiedDiff: what git prints, and what is refused with which words.
#include "server/git/unified_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace mergegate::git {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// The only file of a diff.
FilePatch Parsed(std::string_view diff) {
  auto files = ParseUnifiedDiff(diff);
  EXPECT_THAT(files, IsOk());
  if (!files.ok()) return {};
  EXPECT_THAT(*files, SizeIs(1));
  return files->front();
}

std::vector<std::pair<char, std::string>> Lines(const PatchHunk& hunk) {
  std::vector<std::pair<char, std::string>> lines;
  for (std::string_view body = hunk.body; !body.empty();) {
    const PatchLine line = TakeLine(body);
    lines.emplace_back(line.kind, line.text);
  }
  return lines;
}

std::string Modify(const std::string& body) {
  return "diff --git a/x.c b/x.c\nindex 1234567..89abcde 100644\n--- a/x.c\n+++ b/x.c\n" + body;
}
std::string Rename(const std::string& from, const std::string& to) {
  return "diff --git a/" + from + " b/" + to + "\nsimilarity index 100%\nrename from " + from + "\nrename to " + to +
         "\n";
}
std::string Delete(const std::string& path) {
  return "diff --git a/" + path + " b/" + path + "\ndeleted file mode 100644\n";
}
std::string Create(const std::string& path) {
  return "diff --git a/" + path + " b/" + path + "\nnew file mode 100644\n";
}

TEST(UnifiedDiffTest, ReadsHunks) {
  const std::string diff = Modify("@@ -1,2 +1,3 @@ int f()\n a\n-b\n+B\n+c\n@@ -9 +10,0 @@\n-z\n");
  const FilePatch file = Parsed(diff);
  EXPECT_EQ(file.kind, PatchKind::kModify);
  EXPECT_EQ(file.old_path, "x.c");
  EXPECT_EQ(file.new_path, "x.c");
  EXPECT_EQ(file.old_mode, 0100644u);
  ASSERT_THAT(file.hunks, SizeIs(2));
  EXPECT_EQ(file.hunks[0].range, "@@ -1,2 +1,3 @@");
  EXPECT_EQ(file.hunks[0].old_start, 1);
  EXPECT_EQ(file.hunks[0].old_count, 2);
  EXPECT_EQ(file.hunks[0].new_start, 1);
  EXPECT_EQ(file.hunks[0].new_count, 3);
  EXPECT_THAT(Lines(file.hunks[0]),
              ElementsAre(Pair(' ', "a\n"), Pair('-', "b\n"), Pair('+', "B\n"), Pair('+', "c\n")));
  EXPECT_EQ(file.hunks[1].OldLinesBefore(), 8);
  EXPECT_EQ(file.hunks[1].NewLinesBefore(), 10);
}

TEST(UnifiedDiffTest, LinesMayLookLikeHeaders) {
  const std::string diff = Modify("@@ -1,3 +1,3 @@\n--- a/x.c\n-- \n-@@ -1 +1 @@\n+++ b/x.c\n+\n+diff --git a/y b/y\n");
  EXPECT_THAT(Lines(Parsed(diff).hunks[0]),
              ElementsAre(Pair('-', "-- a/x.c\n"), Pair('-', "- \n"), Pair('-', "@@ -1 +1 @@\n"),
                          Pair('+', "++ b/x.c\n"), Pair('+', "\n"), Pair('+', "diff --git a/y b/y\n")));
}

TEST(UnifiedDiffTest, KeepsLineEnds) {
  const std::string diff = Modify("@@ -1,3 +1,3 @@\n\n a\r\n-b\n\\ No newline at end of file\n+b\r\n");
  EXPECT_THAT(Lines(Parsed(diff).hunks[0]),
              ElementsAre(Pair(' ', "\n"), Pair(' ', "a\r\n"), Pair('-', "b"), Pair('+', "b\r\n")));
  EXPECT_THAT(Lines(Parsed(Modify("@@ -1 +1 @@\n-a\n+b\n\\ Kein Zeilenumbruch")).hunks[0]),
              ElementsAre(Pair('-', "a\n"), Pair('+', "b")));
}

TEST(UnifiedDiffTest, ReadsCreationDeletionAndModes) {
  FilePatch file = Parsed("diff --git a/e b/e\nnew file mode 100755\nindex 0000000..e69de29");
  EXPECT_EQ(file.kind, PatchKind::kCreate);
  EXPECT_EQ(file.new_mode, 0100755u);
  file = Parsed(Delete("e") + "index 1234567..0000000\n--- a/e\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n");
  EXPECT_EQ(file.kind, PatchKind::kDelete);
  EXPECT_EQ(file.old_mode, 0100644u);
  file = Parsed("diff --git a/e b/e\nold mode 100644\nnew mode 100755\n");
  EXPECT_EQ(file.kind, PatchKind::kModify);
  EXPECT_EQ(file.old_mode, 0100644u);
  EXPECT_EQ(file.new_mode, 0100755u);
}

TEST(UnifiedDiffTest, ReadsRenamesAndCopies) {
  FilePatch file = Parsed(Rename("a b", "c d"));
  EXPECT_EQ(file.kind, PatchKind::kRename);
  EXPECT_EQ(file.old_path, "a b");
  EXPECT_EQ(file.new_path, "c d");
  file = Parsed(
      "diff --git a/x b/lib/x\nold mode 100644\nnew mode 100755\nsimilarity index 90%\ncopy from x\ncopy to lib/x\n"
      "index 1234567..89abcde\n--- a/x\n+++ b/lib/x\n@@ -1 +1 @@\n-1\n+2\n");
  EXPECT_EQ(file.kind, PatchKind::kCopy);
  EXPECT_EQ(file.new_mode, 0100755u);
  EXPECT_THAT(file.hunks, SizeIs(1));
}

TEST(UnifiedDiffTest, ReadsQuotedPathsAndOtherPrefixes) {
  FilePatch file = Parsed(
      "diff --git \"a/\\303\\244.c\" \"b/\\303\\244.c\"\n--- \"a/\\303\\244.c\"\n+++ \"b/\\303\\244.c\"\n"
      "@@ -1 +1 @@\n-1\n+2\n");
  EXPECT_EQ(file.new_path, "\303\244.c");
  file = Parsed(
      "diff --git a/plain b/plain\nold mode 100644\nnew mode 100755\n"
      "index 1234567..89abcde\n--- a/plain\t2024-01-01\n+++ b/plain\t\n@@ -1 +1 @@\n-1\n+2\n");
  EXPECT_EQ(file.new_path, "plain");
  file = Parsed(
      "diff --git a/x \"b/t\\tq\\\"b\\\\\"\nsimilarity index 100%\nrename from x\nrename to \"t\\tq\\\"b\\\\\"\n");
  EXPECT_EQ(file.new_path, "t\tq\"b\\");
  EXPECT_EQ(Parsed("diff --git i/x w/x\nold mode 100644\nnew mode 100755\n").old_path, "x");
  EXPECT_EQ(Parsed("diff --git a/sp b/x b/sp b/x\nold mode 100644\nnew mode 100755\n").old_path, "sp b/x");
}

TEST(UnifiedDiffTest, LettersAroundTheFilesAreSkipped) {
  const auto files = ParseUnifiedDiff("From 12 Mon\nSubject: x\n\n---\n x | 2 +-\n\n" + Create("e") +
                                      "-- \n2.39.5\n\n" + Modify("@@ -1 +1 @@\n-1\n+2\n") + "-- \n2.39.5\n");
  ASSERT_THAT(files, IsOk());
  EXPECT_THAT(*files, SizeIs(2));
}

TEST(UnifiedDiffTest, CountsMustAgreeWithTheLines) {
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1,2 +1 @@\n-1\n+2\n@@ -9 +9 @@\n-1\n+2\n")),
              StatusIs(kInvalid, AllOf(HasSubstr("'x.c'"), HasSubstr("@@ -1,2 +1 @@"), HasSubstr("line 8"))));
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1 +1 @@\n-1\n+2\n+3\n")),
              StatusIs(kInvalid, AllOf(HasSubstr("@@ -1 +1 @@"), HasSubstr("line 8"), HasSubstr("beyond"))));
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1 +1 @@\n-1\n-2\n")), StatusIs(kInvalid, HasSubstr("counts")));
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1 +1 @@\n-1\n")), StatusIs(kInvalid, HasSubstr("cut")));
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1 +1 @@\n-1\n+2")), StatusIs(kInvalid, HasSubstr("cut")));
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1 +1 @@\n 1\n")), StatusIs(kInvalid, HasSubstr("changes nothing")));
  EXPECT_THAT(ParseUnifiedDiff(Modify("")), StatusIs(kInvalid, HasSubstr("hunk")));
  EXPECT_THAT(ParseUnifiedDiff(Modify("@@ -1 +1,2 @@\n-1\n+2\n\\ No newline at end of file\n+3\n")),
              StatusIs(kInvalid, HasSubstr("follows the end of file")));
}

TEST(UnifiedDiffTest, RangesMustBeNumbersInOrder) {
  for (const char* range : {"@@ -0 +1 @@", "@@ --1 +1 @@", "@@ -1, +1 @@", "@@ -1 +1", "@@ -1  +1 @@", "@@ -x +1 @@",
                            "@@ -99999999999999999999 +1 @@", "@@ -1,1000000001 +1 @@"}) {
    EXPECT_THAT(ParseUnifiedDiff(Modify(absl::StrCat(range, "\n-1\n+2\n"))),
                StatusIs(kInvalid, HasSubstr("@@ -line,count")))
        << range;
  }
  for (const char* second : {"@@ -5 +5 @@", "@@ -4 +9 @@", "@@ -9 +4 @@", "@@ -1 +1 @@"}) {
    EXPECT_THAT(ParseUnifiedDiff(Modify(absl::StrCat("@@ -4,2 +4,2 @@\n-1\n-2\n+3\n+4\n", second, "\n-1\n+2\n"))),
                StatusIs(kInvalid, AllOf(HasSubstr(second), HasSubstr("overlaps"))));
  }
}

TEST(UnifiedDiffTest, UnsafePathsAreRefused) {
  for (const char* path : {"../x", "a/../x", "/etc/passwd", ".git/config", "a/.GiT", "./x", "x//y", "x/"}) {
    EXPECT_THAT(ParseUnifiedDiff(Create(path)), StatusIs(kInvalid, HasSubstr(path))) << path;
    EXPECT_THAT(ParseUnifiedDiff(Rename("ok", path)), StatusIs(kInvalid, HasSubstr(path))) << path;
  }
  EXPECT_THAT(ParseUnifiedDiff("diff --git \"a/x\\000\" \"b/x\\000\"\nnew file mode 100644\n"),
              StatusIs(kInvalid, HasSubstr("NUL")));
  EXPECT_THAT(ParseUnifiedDiff(Create("\"a\\q\"")), StatusIs(kInvalid));
  EXPECT_THAT(ParseUnifiedDiff("diff --git \"a/\\056git/x\" \"b/\\056git/x\"\nnew file mode 100644\n"),
              StatusIs(kInvalid, HasSubstr(".git")));
  EXPECT_THAT(ParseUnifiedDiff("diff --git \"a/x b/x\nnew file mode 100644\n"), StatusIs(kInvalid, HasSubstr("quote")));
  EXPECT_THAT(ParseUnifiedDiff("diff --git a/x b/x\r\nnew file mode 100644\r\n"),
              StatusIs(kInvalid, HasSubstr("line ends")));
  EXPECT_THAT(ParseUnifiedDiff(Create(std::string(5000, 'x'))), StatusIs(kInvalid, HasSubstr("too long")));
}

TEST(UnifiedDiffTest, HeadersMustAgree) {
  const std::string start = "diff --git a/x b/x\n";
  const std::string hunk = "@@ -1 +1 @@\n-1\n+2\n";
  for (const std::string& rest : std::vector<std::string>{
           "--- a/y\n+++ b/x\n" + hunk, "--- a/x\n+++ b/y\n" + hunk, "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+1\n",
           "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n", "--- a/x\n" + hunk, "--- x\n+++ x\n" + hunk, hunk,
           "new file mode 100644\ndeleted file mode 100644\n", "old mode 100644\n",
           "new file mode 100644\nnew mode 100755\n", "new file mode 1006444\n", "new file mode 10064x\n",
           "rename from x\nrename to x\n", "rename from y\nrename to x\n", "index 1234567..89abcde 100644\n"}) {
    EXPECT_THAT(ParseUnifiedDiff(start + rest), StatusIs(kInvalid, HasSubstr("line"))) << rest;
  }
  EXPECT_THAT(ParseUnifiedDiff("diff --git a/x b/y\n--- a/x\n+++ b/y\n" + hunk),
              StatusIs(kInvalid, HasSubstr("no rename")));
  EXPECT_THAT(ParseUnifiedDiff("diff --git a/xx b/y\nrename from x\nrename to y\n"), StatusIs(kInvalid));
  EXPECT_THAT(ParseUnifiedDiff("diff --git a/x b/y\nrename from x\n"), StatusIs(kInvalid));
  // With diff.noprefix, "a" may be a directory.
  EXPECT_THAT(ParseUnifiedDiff("diff --git a/x a/x\nnew file mode 100644\n"),
              StatusIs(kInvalid, HasSubstr("--src-prefix")));
}

TEST(UnifiedDiffTest, ChangesAreNotSkippedInSilence) {
  const std::string file = Create("e") + "\n";
  EXPECT_THAT(ParseUnifiedDiff(file + "--- a/x\n+++ b/x\n"), StatusIs(kInvalid, HasSubstr("diff -u")));
  EXPECT_THAT(ParseUnifiedDiff(file + "@@ -1 +1 @@\n-1\n+2\n"), StatusIs(kInvalid, HasSubstr("line 4")));
  EXPECT_THAT(ParseUnifiedDiff(file + "diff --cc x\n"), StatusIs(kInvalid, HasSubstr("merge")));
  EXPECT_THAT(ParseUnifiedDiff("no diff\n"), StatusIs(kInvalid, HasSubstr("git diff")));
  EXPECT_THAT(ParseUnifiedDiff(file + std::string(1, '\0')), StatusIs(kInvalid, HasSubstr("NUL")));
}

TEST(UnifiedDiffTest, AFileIsChangedOnce) {
  EXPECT_THAT(ParseUnifiedDiff(Rename("a", "b") + Rename("b", "a")), IsOk());
  EXPECT_THAT(ParseUnifiedDiff(Rename("a", "b") + Create("a")), IsOk());
  for (const std::string& diff :
       {Create("e") + Create("e"), Delete("e") + Delete("e"), Delete("e") + Create("e"), Rename("a", "c") + Create("c"),
        Rename("a", "b") + Rename("a", "c"), Rename("x.c", "y.c") + Modify("@@ -1 +1 @@\n-1\n+2\n")}) {
    EXPECT_THAT(ParseUnifiedDiff(diff), StatusIs(kInvalid, HasSubstr("twice"))) << diff;
  }
}

TEST(UnifiedDiffTest, FilesAreLimited) {
  std::string diff;
  for (size_t i = 0; i < kMaxPatchedFiles; ++i) diff += Create(absl::StrCat(i));
  EXPECT_THAT(ParseUnifiedDiff(diff), IsOk());
  EXPECT_THAT(ParseUnifiedDiff(diff + Create("x")), StatusIs(kInvalid, HasSubstr("20000 files")));
}

}  // namespace
}  // namespace mergegate::git
