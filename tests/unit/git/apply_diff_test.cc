// CommitDiff: what applies, and what is refused with which words.
#include <gtest/gtest.h>

#include "server/git/mirror.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using mergegate::testing::Files;
using mergegate::testing::IsOk;
using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommitDiffTest : public ::testing::Test {
 protected:
  CommitDiffTest() : base_(repo_.Commit(Content(), {.symlinks = {{"link", "a.cc"}}})) {
    mirror_ = *Mirror::OpenOrCreate(directory_.Join("mirror.git"), repo_.objects());
  }
  static Files Content() {
    return {{"a.cc", "1\n2\n3\n4\n5\n6\n7\n8\n"},
            {"crlf.cc", "1\r\n2\r\n"},
            {"no_end.cc", "1\n2"},
            {"src/b.cc", "int b;\n"},
            {"run.sh", "echo\n"},
            {"sp ace.cc", "x\n"}};
  }

  absl::StatusOr<CommitId> Apply(const std::string& diff) { return mirror_->CommitDiff(base_, diff); }
  // Content of a file after the diff.
  absl::StatusOr<std::string> Applied(const std::string& diff, const std::string& path) {
    const auto commit = Apply(diff);
    if (!commit.ok()) return commit.status();
    return (*mirror_->OpenTree(*commit))->ReadFile(path);
  }
  // What differs between the base and the result.
  std::vector<ChangedFile> Changed(const std::string& diff) {
    const auto commit = Apply(diff);
    EXPECT_THAT(commit, IsOk());
    return commit.ok() ? mirror_->DiffCommits(base_, *commit)->files : std::vector<ChangedFile>();
  }

  TestRepo repo_;
  TempDirectory directory_;
  CommitId base_;
  std::unique_ptr<Mirror> mirror_;
};

std::string Modify(const std::string& path, const std::string& body) {
  return "diff --git a/" + path + " b/" + path + "\n--- a/" + path + "\n+++ b/" + path + "\n" + body;
}
std::string Create(const std::string& path, const std::string& mode = "100644") {
  return "diff --git a/" + path + " b/" + path + "\nnew file mode " + mode +
         "\nindex 0000000..d00491f\n--- /dev/null\n+++ b/" + path + "\n@@ -0,0 +1 @@\n+1\n";
}

TEST_F(CommitDiffTest, SameInputGivesTheSameId) {
  const std::string diff = Modify("a.cc", "@@ -2 +2 @@\n-2\n+two\n");
  const auto commit = Apply(diff);
  ASSERT_THAT(commit, IsOk());
  EXPECT_THAT(Apply(diff), IsOkAndHolds(*commit));

  const auto other = *Mirror::OpenOrCreate(directory_.Join("other.git"), repo_.objects());
  EXPECT_THAT(other->CommitDiff(base_, diff), IsOkAndHolds(*commit));
}

TEST_F(CommitDiffTest, CommitNamesItsBaseAndHasItsTime) {
  const auto commit = Apply(Modify("a.cc", "@@ -2 +2 @@\n-2\n+two\n"));
  ASSERT_THAT(commit, IsOk());
  EXPECT_THAT(mirror_->FirstParents(*commit, 5), IsOkAndHolds(ElementsAre(*commit, base_)));
  std::vector<HistoryCommit> seen;
  ASSERT_THAT(mirror_->WalkHistory(*commit,
                                   [&seen](const HistoryCommit& c) {
                                     seen.push_back(c);
                                     return true;
                                   }),
              IsOk());
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].author_name, "mergegate");
  EXPECT_EQ(seen[0].commit_time, seen[1].commit_time);
  EXPECT_THAT(seen[0].message, HasSubstr(base_.value()));
}

TEST_F(CommitDiffTest, ModifiesWithAndWithoutContext) {
  EXPECT_THAT(Applied(Modify("a.cc", "@@ -1,4 +1,4 @@\n 1\n-2\n+two\n 3\n 4\n"), "a.cc"),
              IsOkAndHolds(std::string("1\ntwo\n3\n4\n5\n6\n7\n8\n")));
  EXPECT_THAT(Applied(Modify("a.cc", "@@ -2 +2 @@\n-2\n+two\n@@ -7 +7,2 @@ f()\n-7\n+seven\n+7.5\n"), "a.cc"),
              IsOkAndHolds(std::string("1\ntwo\n3\n4\n5\n6\nseven\n7.5\n8\n")));
}

TEST_F(CommitDiffTest, CreatesDeletesRenames) {
  EXPECT_THAT(Applied(Create("src/new.cc"), "src/new.cc"), IsOkAndHolds(std::string("1\n")));

  auto files = Changed(
      "diff --git a/src/b.cc b/src/b.cc\ndeleted file mode 100644\nindex 1f30afb..0000000\n--- a/src/b.cc\n"
      "+++ /dev/null\n@@ -1 +0,0 @@\n-int b;\n");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].change, FileChange::kDeleted);

  files = Changed(
      "diff --git a/a.cc b/lib/a.cc\nsimilarity index 87%\nrename from a.cc\nrename to lib/a.cc\n"
      "index 5a0b3f6..1d2c4ab 100644\n--- a/a.cc\n+++ b/lib/a.cc\n@@ -1 +1 @@\n-1\n+one\n");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].change, FileChange::kRenamed);
  EXPECT_EQ(files[0].old_path, "a.cc");
  EXPECT_EQ(files[0].new_path, "lib/a.cc");
  EXPECT_THAT(files[0].hunks, ElementsAre(Hunk{1, 1, 1, 1, {"1"}, {"one"}}));

  files = Changed("diff --git a/a.cc b/lib/a.cc\nsimilarity index 100%\nrename from a.cc\nrename to lib/a.cc\n");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].old_blob, files[0].new_blob);
}

TEST_F(CommitDiffTest, CreatesAnEmptyFile) {
  EXPECT_THAT(Applied("diff --git a/e.h b/e.h\nnew file mode 100644\nindex 0000000..e69de29\n", "e.h"),
              IsOkAndHolds(std::string()));
}

TEST_F(CommitDiffTest, ChangesTheMode) {
  const auto files = Changed("diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].path(), "run.sh");
  EXPECT_EQ(files[0].old_blob, files[0].new_blob);
}

TEST_F(CommitDiffTest, KeepsLineEnds) {
  EXPECT_THAT(Applied(Modify("crlf.cc", "@@ -2 +2 @@\n-2\r\n+two\r\n"), "crlf.cc"),
              IsOkAndHolds(std::string("1\r\ntwo\r\n")));
  EXPECT_THAT(Applied(Modify("no_end.cc",
                             "@@ -2 +2 @@\n-2\n\\ No newline at end of file\n+two\n\\ No newline at end of file\n"),
                      "no_end.cc"),
              IsOkAndHolds(std::string("1\ntwo")));
  EXPECT_THAT(Applied(Modify("no_end.cc", "@@ -2 +2 @@\n-2\n\\ No newline at end of file\n+2\n"), "no_end.cc"),
              IsOkAndHolds(std::string("1\n2\n")));
}

TEST_F(CommitDiffTest, PathsWithBlanks) {
  EXPECT_THAT(Applied("diff --git a/sp ace.cc b/sp ace.cc\n--- a/sp ace.cc\t\n+++ b/sp ace.cc\t\n@@ -1 +1 @@\n-x\n+y\n",
                      "sp ace.cc"),
              IsOkAndHolds(std::string("y\n")));
}

TEST_F(CommitDiffTest, BinaryPatchesAreRefused) {
  // As `git diff --binary` prints the creation of a file with the bytes 0, 1, 2, 3.
  const std::string diff =
      "diff --git a/b.bin b/b.bin\nnew file mode 100644\n"
      "index 0000000000000000000000000000000000000000..eaf36c1daccfdf325514461cd1a2ffbc139b5464\n"
      "GIT binary patch\nliteral 4\nLcmZQzWMT#Y01f~L\n\nliteral 0\nHcmV?d00001\n\n";
  EXPECT_THAT(Apply(diff), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 4: binary patches")));
  EXPECT_THAT(Apply("diff --git a/a.cc b/a.cc\nindex 1234567..89abcde 100644\nBinary files a/a.cc and b/a.cc differ\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a.cc")));
}

TEST_F(CommitDiffTest, HunkThatDoesNotApplyIsNamed) {
  const std::string diff = Modify("a.cc", "@@ -2 +2 @@\n-2\n+two\n@@ -7 +7 @@\n-not seven\n+seven\n");
  EXPECT_THAT(Apply(diff),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'a.cc'"), HasSubstr("@@ -7 +7 @@"))));
}

TEST_F(CommitDiffTest, FileThatIsNotThereIsNamed) {
  EXPECT_THAT(Apply(Modify("absent.cc", "@@ -2 +2 @@\n-2\n+two\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'absent.cc'")));
  EXPECT_THAT(Apply(Create("a.cc")), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'a.cc'")));
}

TEST_F(CommitDiffTest, AbsentBaseIsNamed) {
  const CommitId unknown("1234567890123456789012345678901234567890");
  EXPECT_THAT(mirror_->CommitDiff(unknown, Create("x")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(unknown.value())));
}

TEST_F(CommitDiffTest, PathsThatLeaveTheTreeAreRefused) {
  for (const char* path :
       {"../evil", "src/../../evil", "/etc/passwd", ".git/config", "src/.GIT/hooks/x", "./x", "x//y"}) {
    EXPECT_THAT(Apply(Create(path)), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path))) << path;
  }
}

TEST_F(CommitDiffTest, SymlinksAndSubmodulesAreRefused) {
  EXPECT_THAT(Apply(Create("evil", "120000")),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'evil'"), HasSubstr("symbolic link"))));
  EXPECT_THAT(Apply(Create("sub", "160000")),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'sub'"), HasSubstr("submodule"))));
  // Without naming a mode, the link of the base would be rewritten.
  EXPECT_THAT(Apply(Modify("link",
                           "@@ -1 +1 @@\n-a.cc\n\\ No newline at end of file\n+/etc\n"
                           "\\ No newline at end of file\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'link'"), HasSubstr("symbolic link"))));
}

TEST_F(CommitDiffTest, WhatIsNoGitDiffIsTold) {
  EXPECT_THAT(Apply(""), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("git diff")));
  EXPECT_THAT(Apply("--- a.cc\n+++ a.cc\n@@ -2 +2 @@\n-2\n+two\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("git diff")));
  EXPECT_THAT(Apply("diff --git src/b.cc src/b.cc\n--- src/b.cc\n+++ src/b.cc\n@@ -1 +1 @@\n-int b;\n+int c;\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--src-prefix=a/")));
  EXPECT_THAT(Apply(Modify("a.cc", "@@ -2 +2 @@\n-2\n")), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Apply(Modify("a.cc", "@@ -99999999999999999999 +2 @@\n-2\n+two\n")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CommitDiffTest, NulBytesAreRefused) {
  EXPECT_THAT(Apply(Modify("a.cc", "@@ -2 +2 @@\n-2\n+t" + std::string(1, '\0') + "wo\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("NUL"), HasSubstr("push commits"))));
}

std::string Rename(const std::string& from, const std::string& to) {
  return "diff --git a/" + from + " b/" + to + "\nsimilarity index 100%\nrename from " + from + "\nrename to " + to +
         "\n";
}
constexpr char kDeleteB[] =
    "diff --git a/src/b.cc b/src/b.cc\ndeleted file mode 100644\n--- a/src/b.cc\n+++ /dev/null\n@@ -1 +0,0 @@\n"
    "-int b;\n";

TEST_F(CommitDiffTest, FilesChangePlaces) {
  const std::string diff = Rename("a.cc", "run.sh") + Rename("run.sh", "a.cc");
  EXPECT_THAT(Applied(diff, "a.cc"), IsOkAndHolds(std::string("echo\n")));
  EXPECT_THAT(Applied(diff, "run.sh"), IsOkAndHolds(std::string("1\n2\n3\n4\n5\n6\n7\n8\n")));
}

TEST_F(CommitDiffTest, CopiesTakeTheBasesContent) {
  const std::string diff = Modify("run.sh", "@@ -1 +1 @@\n-echo\n+true\n") +
                           "diff --git a/run.sh b/d/e/run.sh\ncopy from run.sh\ncopy to d/e/run.sh\n";
  EXPECT_THAT(Applied(diff, "run.sh"), IsOkAndHolds(std::string("true\n")));
  EXPECT_THAT(Applied(diff, "d/e/run.sh"), IsOkAndHolds(std::string("echo\n")));
}

TEST_F(CommitDiffTest, DirectoriesAndFilesTakeEachOthersPlace) {
  EXPECT_THAT(Applied(kDeleteB + Create("src"), "src"), IsOkAndHolds(std::string("1\n")));
  EXPECT_THAT(Applied(Create("src") + kDeleteB, "src"), IsOkAndHolds(std::string("1\n")));
  EXPECT_THAT(Applied(Rename("run.sh", "lib/run.sh") + Create("run.sh/x"), "run.sh/x"),
              IsOkAndHolds(std::string("1\n")));
  // '-' sorts before '/'.
  EXPECT_THAT(Applied(Create("src-x") + Create("src/c") + Create("src.h") + kDeleteB, "src/c"),
              IsOkAndHolds(std::string("1\n")));
  for (const std::string& diff : {Create("src"), Create("a.cc/x"), Create("link/x"), Create("n") + Create("n/x"),
                                  kDeleteB + Create("src") + Create("src/c")}) {
    EXPECT_THAT(Apply(diff), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("place of a directory"))) << diff;
  }
}

TEST_F(CommitDiffTest, EmptiedDirectoriesVanish) {
  const auto commit = Apply(kDeleteB);
  ASSERT_THAT(commit, IsOk());
  EXPECT_FALSE((*mirror_->OpenTree(*commit))->Exists("src"));
}

TEST_F(CommitDiffTest, DeletionsMustRemoveAllLines) {
  EXPECT_THAT(Apply("diff --git a/a.cc b/a.cc\ndeleted file mode 100644\n--- a/a.cc\n+++ /dev/null\n@@ -1 +0,0 @@\n"
                    "-1\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'a.cc'"), HasSubstr("all its lines"))));
}

// `git format-patch` puts a letter around the diff.
TEST_F(CommitDiffTest, LetterAroundTheDiffIsIgnored) {
  EXPECT_THAT(Applied("From 1234 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n---\n a.cc | 2 +-\n\n" +
                          Modify("a.cc", "@@ -2 +2 @@\n-2\n+two\n") + "-- \n2.39.5\n\n",
                      "a.cc"),
              IsOkAndHolds(std::string("1\ntwo\n3\n4\n5\n6\n7\n8\n")));
}

}  // namespace
}  // namespace mergegate::git
