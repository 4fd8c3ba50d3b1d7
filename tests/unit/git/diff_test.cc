// DiffCommits: hunks, renames, flags, limits.
#include <gtest/gtest.h>

#include "server/git/mirror.h"
#include "server/git/renames.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using mergegate::testing::CommitOptions;
using mergegate::testing::Files;
using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DiffTest : public ::testing::Test {
 protected:
  std::unique_ptr<Mirror> Open(const MirrorLimits& limits = {}) {
    auto mirror = Mirror::OpenOrCreate(directory_.Join("mirror.git"), repo_.objects(), limits);
    EXPECT_THAT(mirror, IsOk());
    return *std::move(mirror);
  }
  // The difference between a commit of `before` and one of `after` on top.
  std::vector<ChangedFile> Changes(const Files& before, const Files& after, const CommitOptions& options = {}) {
    const CommitId base = repo_.Commit(before);
    const CommitId head = repo_.Commit(after, options);
    const auto diff = Open()->DiffCommits(base, head);
    EXPECT_THAT(diff, IsOk());
    return diff.ok() ? diff->files : std::vector<ChangedFile>();
  }

  TestRepo repo_;
  TempDirectory directory_;
};

std::string Lines(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST_F(DiffTest, HunksHaveNoContext) {
  const auto files = Changes({{"a.cc", "1\n2\n3\n4\n5\n6\n"}},   //
                             {{"a.cc", "1\nb\nB\n3\n4\n6\n"}});  // line 2 became two, line 5 went
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].change, FileChange::kModified);
  EXPECT_EQ(files[0].old_path, "a.cc");
  EXPECT_EQ(files[0].new_path, "a.cc");
  EXPECT_THAT(files[0].hunks, ElementsAre(Hunk{2, 1, 2, 2, {"2"}, {"b", "B"}}, Hunk{5, 1, 5, 0, {"5"}, {}}));
}

TEST_F(DiffTest, CountOfZeroMeansTheLineBeforeTheGap) {
  // Insertion at the start, in the middle, deletion at the start.
  EXPECT_THAT(Changes({{"a", "1\n2\n"}}, {{"a", "0\n1\n2\n"}})[0].hunks, ElementsAre(Hunk{0, 0, 1, 1, {}, {"0"}}));
  EXPECT_THAT(Changes({{"a", "1\n2\n"}}, {{"a", "1\nx\n2\n"}})[0].hunks, ElementsAre(Hunk{1, 0, 2, 1, {}, {"x"}}));
  EXPECT_THAT(Changes({{"a", "1\n2\n"}}, {{"a", "2\n"}})[0].hunks, ElementsAre(Hunk{1, 1, 0, 0, {"1"}, {}}));
}

TEST_F(DiffTest, AddedDeletedAndEmptyFilesInPathOrder) {
  const auto files = Changes({{"gone.cc", "x\n"}, {"kept.cc", "k\n"}}, {{"a/new.cc", "1\n2\n"}, {"empty.h", ""}},
                             {.remove = {"gone.cc"}});
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].path(), "a/new.cc");
  EXPECT_EQ(files[0].change, FileChange::kAdded);
  EXPECT_EQ(files[0].old_path, "");
  EXPECT_TRUE(files[0].old_blob.empty());
  EXPECT_THAT(files[0].hunks, ElementsAre(Hunk{0, 0, 1, 2, {}, {"1", "2"}}));
  EXPECT_EQ(files[1].path(), "empty.h");
  EXPECT_THAT(files[1].hunks, IsEmpty());
  EXPECT_FALSE(files[1].binary);
  EXPECT_EQ(files[2].path(), "gone.cc");
  EXPECT_EQ(files[2].change, FileChange::kDeleted);
  EXPECT_EQ(files[2].new_path, "");
  EXPECT_THAT(files[2].hunks, ElementsAre(Hunk{1, 1, 0, 0, {"x"}, {}}));
}

TEST_F(DiffTest, MissingLineEndAtTheEndOfTheFile) {
  EXPECT_THAT(Changes({{"a", "1\n2"}}, {{"a", "1\n2\n"}})[0].hunks, ElementsAre(Hunk{2, 1, 2, 1, {"2"}, {"2"}}));
  EXPECT_THAT(Changes({{"a", "1\n2\n"}}, {{"a", "1\nx"}})[0].hunks, ElementsAre(Hunk{2, 1, 2, 1, {"2"}, {"x"}}));
}

TEST_F(DiffTest, CarriageReturnsBelongToTheLineEnd) {
  EXPECT_THAT(Changes({{"a", "1\r\n2\r\n"}}, {{"a", "1\r\nx\r\n"}})[0].hunks,
              ElementsAre(Hunk{2, 1, 2, 1, {"2"}, {"x"}}));
}

TEST_F(DiffTest, ModeOnlyChangeHasNoHunks) {
  const auto files = Changes({{"run.sh", "echo\n"}}, {}, {.executables = {"run.sh"}});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].change, FileChange::kModified);
  EXPECT_EQ(files[0].old_blob, files[0].new_blob);
  EXPECT_THAT(files[0].hunks, IsEmpty());
  EXPECT_FALSE(files[0].symlink_or_submodule);
}

TEST_F(DiffTest, BinaryFilesAreMarked) {
  const auto files = Changes({{"a.bin", std::string("\0\1\2", 3)}}, {{"a.bin", std::string("\0\1\3", 3)}});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(files[0].binary);
  EXPECT_THAT(files[0].hunks, IsEmpty());
}

TEST_F(DiffTest, FilesOverTheLimitAreBinary) {
  const CommitId base = repo_.Commit({{"a", "1234567890\n"}, {"b", "1\n"}});
  const CommitId head = repo_.Commit({{"a", "1234567890\nmore\n"}, {"b", "2\n"}});
  MirrorLimits limits;
  limits.max_diff_file_bytes = 10;
  const auto diff = Open(limits)->DiffCommits(base, head);
  ASSERT_THAT(diff, IsOk());
  ASSERT_EQ(diff->files.size(), 2u);
  EXPECT_TRUE(diff->files[0].binary);
  EXPECT_FALSE(diff->files[1].binary);
  EXPECT_EQ(diff->files[1].hunks.size(), 1u);
}

TEST_F(DiffTest, SymlinksAndSubmodulesAreMarked) {
  const CommitId elsewhere("1234567890123456789012345678901234567890");
  const auto files = Changes({{"plain", "text\n"}}, {},
                             {.symlinks = {{"link", "a"}, {"plain", "b"}}, .submodules = {{"lib/x", elsewhere}}});
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].path(), "lib/x");
  EXPECT_EQ(files[1].path(), "link");
  EXPECT_EQ(files[2].path(), "plain");
  EXPECT_EQ(files[2].change, FileChange::kTypeChanged);
  for (const ChangedFile& file : files) {
    EXPECT_TRUE(file.symlink_or_submodule) << file.path();
    EXPECT_THAT(file.hunks, IsEmpty()) << file.path();
  }
}

TEST_F(DiffTest, RenameKeepsOnlyTheLinesThatChanged) {
  const auto files =
      Changes({{"a.cc", Lines(1, 10)}}, {{"src/b.cc", Lines(1, 4) + "new\n" + Lines(6, 10)}}, {.remove = {"a.cc"}});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].change, FileChange::kRenamed);
  EXPECT_EQ(files[0].old_path, "a.cc");
  EXPECT_EQ(files[0].new_path, "src/b.cc");
  EXPECT_THAT(files[0].hunks, ElementsAre(Hunk{5, 1, 5, 1, {"line 5"}, {"new"}}));
}

TEST_F(DiffTest, RenamesNeedHalfOfTheLargerFile) {
  // 4 of 8 bytes stay: renamed. 2 of 8: not.
  EXPECT_EQ(Changes({{"a", "1\n2\n3\n4\n"}}, {{"b", "1\n2\n5\n6\n"}}, {.remove = {"a"}}).size(), 1u);
  EXPECT_EQ(Changes({{"c", "1\n2\n3\n4\n"}}, {{"d", "1\n7\n5\n6\n"}}, {.remove = {"c"}}).size(), 2u);
}

// a -> b while b -> c: two renames, none lost.
TEST_F(DiffTest, RenameChain) {
  const auto files = Changes({{"a", Lines(1, 20)}, {"b", Lines(50, 70)}}, {{"b", Lines(1, 20)}, {"c", Lines(50, 70)}},
                             {.remove = {"a"}});
  // b exists on both sides, so for git it is modified, a deleted, and c the new home of nothing: as `git diff` says.
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].change, FileChange::kDeleted);
  EXPECT_EQ(files[1].change, FileChange::kModified);
  EXPECT_EQ(files[2].change, FileChange::kAdded);
}

TEST_F(DiffTest, EqualFilesThatMoveTogetherKeepTheirNames) {
  const auto files = Changes({{"x/one.h", "same\n"}, {"x/two.h", "same\n"}},
                             {{"y/two.h", "same\n"}, {"y/one.h", "same\n"}}, {.remove = {"x/one.h", "x/two.h"}});
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].old_path, "x/one.h");
  EXPECT_EQ(files[0].new_path, "y/one.h");
  EXPECT_EQ(files[1].old_path, "x/two.h");
  EXPECT_EQ(files[1].new_path, "y/two.h");
}

TEST_F(DiffTest, ThreeThousandRenames) {
  Files before;
  CommitOptions move;
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "f" + std::to_string(i) + ".cc";
    before["old/" + name] = "int f" + std::to_string(i) + "();\n";
    move.rename.emplace_back("old/" + name, "new/" + name);
  }
  const auto files = Changes(before, {}, move);
  ASSERT_EQ(files.size(), 3000u);
  for (const ChangedFile& file : files) {
    EXPECT_EQ(file.change, FileChange::kRenamed);
    EXPECT_EQ(file.old_path.substr(4), file.new_path.substr(4));
  }
}

TEST_F(DiffTest, SimilarFilesAreNotComparedBeyondTheLimit) {
  Files before, after;
  CommitOptions options;
  for (const char* name : {"a", "b", "c"}) {
    before[name] = Lines(1, 10) + name + "\n";
    after["moved/" + std::string(name)] = Lines(1, 10) + name + "\nmore\n";
    options.remove.emplace_back(name);
  }
  const CommitId base = repo_.Commit(before);
  const CommitId head = repo_.Commit(after, options);
  MirrorLimits limits;
  EXPECT_EQ(Open(limits)->DiffCommits(base, head)->files.size(), 3u);
  limits.max_rename_candidates = 2;
  EXPECT_EQ(Open(limits)->DiffCommits(base, head)->files.size(), 6u);
}

TEST_F(DiffTest, TooManyFilesIsAnErrorNotACut) {
  const CommitId base = repo_.Commit({{"z", ""}});
  const CommitId head = repo_.Commit({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  MirrorLimits limits;
  limits.max_changed_files = 3;
  EXPECT_THAT(Open(limits)->DiffCommits(base, head), IsOk());
  limits.max_changed_files = 2;
  EXPECT_THAT(Open(limits)->DiffCommits(base, head),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 2 files")));
  limits.max_changed_files = 1;  // found while comparing trees, before renames
  EXPECT_THAT(Open(limits)->DiffCommits(base, head), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(DiffTest, OfACommitWithItselfIsEmpty) {
  const CommitId a = repo_.Commit({{"a", "1"}});
  const auto diff = Open()->DiffCommits(a, a);
  ASSERT_THAT(diff, IsOk());
  EXPECT_THAT(diff->files, IsEmpty());
}

TEST_F(DiffTest, AbsentCommitIsNamed) {
  const CommitId a = repo_.Commit({{"a", "1"}});
  const CommitId unknown("1234567890123456789012345678901234567890");
  EXPECT_THAT(Open()->DiffCommits(unknown, a), StatusIs(absl::StatusCode::kNotFound, HasSubstr(unknown.value())));
  EXPECT_THAT(Open()->DiffCommits(a, unknown), StatusIs(absl::StatusCode::kNotFound, HasSubstr(unknown.value())));
}

TEST(SimilarityTest, IsTheShareOfTheLargerFilesBytes) {
  EXPECT_DOUBLE_EQ(Similarity("", ""), 1);
  EXPECT_DOUBLE_EQ(Similarity("a\n", ""), 0);
  EXPECT_DOUBLE_EQ(Similarity("a\nb\n", "b\na\n"), 1);           // order does not count
  EXPECT_DOUBLE_EQ(Similarity("a\nb\n", "a\nb\nc\nd\n"), 0.5);   // 4 of 8 bytes
  EXPECT_DOUBLE_EQ(Similarity("a\na\na\n", "a\nb\n"), 2.0 / 6);  // one "a\n" of three
}

}  // namespace
}  // namespace mergegate::git
