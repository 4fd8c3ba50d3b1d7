#include "analyzers/source/git_tree_fs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "llvm/Support/MemoryBuffer.h"
#include "tests/support/test_repo.h"

namespace mergegate::source {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using testing::TempDirectory;
using testing::TestRepo;

class GitTreeFsTest : public ::testing::Test {
 protected:
  void Open(const testing::Files& files, const testing::Files& links = {}, std::vector<std::string> roots = {}) {
    tree_ = GitTree::Open(repo_.path(), repo_.Commit(files, {.symlinks = links}).value()).value();
    fs_ = llvm::makeIntrusiveRefCnt<GitTreeFs>(*tree_, roots);
  }
  // Content, or "-" when there is none.
  std::string Read(const std::string& path) {
    const auto buffer = fs_->getBufferForFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "-";
  }

  TestRepo repo_;
  TempDirectory directory_;
  std::unique_ptr<GitTree> tree_;
  llvm::IntrusiveRefCntPtr<GitTreeFs> fs_;
};

TEST_F(GitTreeFsTest, ReadsTheTreeAndRemembers) {
  Open({{"a/b.h", "text"}, {"c.h", ""}});
  EXPECT_EQ(Read("/src/a/b.h"), "text");
  EXPECT_EQ(Read("/src/a/../a/./b.h"), "text");
  EXPECT_EQ(Read("/src/a/x.h"), "-");
  EXPECT_EQ(Read("/src/none/../a/b.h"), "-");
  EXPECT_EQ(Read("/src/a/b.h/c"), "-");
  EXPECT_THAT(tree_->inputs(), ElementsAre(Key("a/b.h")));
  EXPECT_THAT(tree_->absent(), ElementsAre("a/b.h/c", "a/x.h", "none"));
}

TEST_F(GitTreeFsTest, TakesRelativePathsFromItsOwnDirectory) {
  Open({{"a/b.h", "text"}});
  fs_->setCurrentWorkingDirectory("/src/a");
  EXPECT_EQ(Read("b.h"), "text");
  EXPECT_EQ(Read("../a/b.h"), "text");
}

TEST_F(GitTreeFsTest, ShowsOnlyRootsOfTheRealFileSystem) {
  std::filesystem::create_directories(directory_.Join("open"));
  std::ofstream(directory_.Join("open/a.h")) << "open";
  std::ofstream(directory_.Join("secret")) << "secret";
  std::filesystem::create_symlink("a.h", directory_.Join("open/inside.h"));
  std::filesystem::create_symlink("../secret", directory_.Join("open/outside.h"));
  Open({}, {}, {directory_.Join("open")});
  EXPECT_EQ(Read(directory_.Join("open/a.h")), "open");
  EXPECT_EQ(Read(directory_.Join("open/inside.h")), "open");
  EXPECT_EQ(Read("/src/.." + directory_.Join("open/a.h")), "open");
  EXPECT_EQ(Read(directory_.Join("open/outside.h")), "-");
  EXPECT_EQ(Read(directory_.Join("secret")), "-");
  EXPECT_EQ(Read(directory_.Join("open/../secret")), "-");
  EXPECT_EQ(Read(directory_.Join("openly/a.h")), "-");
  EXPECT_TRUE(fs_->exists(directory_.path())) << "the way to a root exists";
  EXPECT_FALSE(fs_->exists("/etc"));
  std::error_code error;
  EXPECT_EQ(fs_->dir_begin(directory_.path(), error), llvm::vfs::directory_iterator());
  EXPECT_TRUE(error);
  EXPECT_THAT(tree_->inputs(), IsEmpty());
}

TEST_F(GitTreeFsTest, FollowsLinksInsideTheTreeOnly) {
  Open({{"d/real.h", "text"}}, {{"file.h", "d/real.h"},
                                {"dir", "d"},
                                {"d/up.h", "../file.h"},
                                {"out", "../../etc"},
                                {"abs", "/etc/passwd"},
                                {"loop", "loop"}});
  EXPECT_EQ(Read("/src/file.h"), "text");
  EXPECT_EQ(Read("/src/dir/real.h"), "text");
  EXPECT_EQ(Read("/src/dir/up.h"), "text");
  EXPECT_EQ(Read("/src/out/passwd"), "-");
  EXPECT_EQ(Read("/src/abs"), "-");
  EXPECT_EQ(Read("/src/loop"), "-");
  EXPECT_TRUE(fs_->equivalent("/src/file.h", "/src/d/real.h").get());
  EXPECT_TRUE(tree_->inputs().contains("out")) << "what a link says decides, so it is an input";
}

TEST_F(GitTreeFsTest, AMissingObjectIsDamageAndNotAbsence) {
  const CommitId commit = repo_.Commit({{"a.h", "text"}});
  const std::string blob = repo_.BlobOf(commit, "a.h");
  std::filesystem::remove(repo_.objects() + "/" + blob.substr(0, 2) + "/" + blob.substr(2));
  tree_ = GitTree::Open(repo_.path(), commit.value()).value();
  fs_ = llvm::makeIntrusiveRefCnt<GitTreeFs>(*tree_, std::vector<std::string>());
  EXPECT_EQ(Read("/src/a.h"), "-");
  EXPECT_FALSE(tree_->damage().ok());
  EXPECT_THAT(tree_->absent(), IsEmpty());
}

TEST_F(GitTreeFsTest, ShowsTextWithoutIgnoredSuppressions) {
  Open({{"a.cc", "x;  // NOLINT\ny;  // NOLINT\n"}});
  tree_->IgnoreSuppressions({{"a.cc", {{2, 2}}}});
  EXPECT_EQ(Read("/src/a.cc"), "x;  // NOLINT\ny;  // NOXINT\n");
  EXPECT_EQ(tree_->Find("a.cc").file->committed(), "x;  // NOLINT\ny;  // NOLINT\n");
}

TEST(GitTree, ExplainsWhatItCannotOpen) {
  TestRepo repo;
  EXPECT_EQ(GitTree::Open(repo.path(), "HEAD").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GitTree::Open(repo.path(), std::string(40, 'a')).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GitTree::Open("/nowhere", std::string(40, 'a')).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace mergegate::source
