#include "analyzers/cache/artifact_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>

namespace mergegate::cache {
namespace {

namespace fs = std::filesystem;

class ArtifactFileTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  std::string Read() const {
    const auto content = ReadArtifact(path_);
    return content.ok() ? std::string(content->view()) : std::string(absl::StatusCodeToString(content.status().code()));
  }

  const std::string folder_ = ::testing::TempDir() + "artifact_file_test_" + std::to_string(getpid());
  const std::string path_ = folder_ + "/a.pch";
};

TEST_F(ArtifactFileTest, GivesBackWhatWasWritten) {
  for (const std::string& content :
       {std::string(), std::string("x"), std::string("\0\n", 2), std::string(5'000'000, 'z')}) {
    ASSERT_TRUE(WriteArtifact(path_, content).ok());
    EXPECT_TRUE(Read() == content) << content.size();
  }
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1) << "temporary files";
}

TEST_F(ArtifactFileTest, AReaderKeepsWhatItHasOpen) {
  ASSERT_TRUE(WriteArtifact(path_, "old").ok());
  const auto open = ReadArtifact(path_);
  ASSERT_TRUE(WriteArtifact(path_, "new and longer").ok());
  EXPECT_EQ(open->view(), "old");
  fs::remove(path_);
  EXPECT_EQ(open->view(), "old");
}

TEST_F(ArtifactFileTest, TellsAbsentFromDamaged) {
  EXPECT_EQ(Read(), "NOT_FOUND");
  EXPECT_EQ(ReadArtifact(folder_ + "/no/folder").status().code(), absl::StatusCode::kNotFound);
}

// Every way in which a file can go wrong: it is noticed, and what is written next is read again.
TEST_F(ArtifactFileTest, NoticesEveryDamageAndIsMendedByWriting) {
  const auto change = [this](size_t at, char by) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ by);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  };
  const std::map<std::string, std::function<void()>> damages = {
      {"empty", [&] { fs::resize_file(path_, 0); }},
      {"half a header", [&] { fs::resize_file(path_, 16); }},
      {"a header alone", [&] { fs::resize_file(path_, 32); }},
      {"cut", [&] { fs::resize_file(path_, 32 + 999); }},
      {"longer", [&] { fs::resize_file(path_, 32 + 1001); }},
      {"wrong magic", [&] { change(0, 1); }},
      {"other version", [&] { change(7, 3); }},
      {"digest flipped", [&] { change(8, 1); }},
      {"length flipped", [&] { change(24, 1); }},
      {"first byte flipped", [&] { change(32, 1); }},
      {"last byte flipped", [&] { change(32 + 999, 64); }},
      {"of another name",
       [&] {
         ASSERT_TRUE(WriteArtifact(folder_ + "/b.pch", std::string(1000, 'x')).ok());
         fs::rename(folder_ + "/b.pch", path_);
       }},
      {"a folder",
       [&] {
         fs::remove(path_);
         fs::create_directories(path_ + "/below");
       }},
      {"a link",
       [&] {
         fs::rename(path_, folder_ + "/elsewhere");
         fs::create_symlink(folder_ + "/elsewhere", path_);
       }},
      {"a pipe",
       [&] {
         fs::remove(path_);
         ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
       }},
  };
  for (const auto& [name, damage] : damages) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(WriteArtifact(path_, std::string(1000, 'x')).ok());
    damage();
    EXPECT_EQ(Read(), "DATA_LOSS");
    ASSERT_TRUE(WriteArtifact(path_, "mended").ok());
    EXPECT_EQ(Read(), "mended");
  }
}

TEST_F(ArtifactFileTest, UnreadableIsDamaged) {
  if (geteuid() == 0) GTEST_SKIP() << "root reads everything";
  ASSERT_TRUE(WriteArtifact(path_, "x").ok());
  fs::permissions(path_, fs::perms::none);
  EXPECT_EQ(Read(), "DATA_LOSS");
}

TEST_F(ArtifactFileTest, SaysWhatCannotBeWritten) {
  EXPECT_THAT(std::string(WriteArtifact(folder_ + "/no/folder", "x").message()), ::testing::HasSubstr(folder_));
}

TEST(ArtifactNameTest, IsOneFolderAndOneFile) {
  for (const char* name : {"preamble/0a1b.pch", "a/b", "entry-points/7.v2"}) EXPECT_TRUE(IsArtifactName(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("a"), std::string("a/"), std::string("/a"), std::string("a/b/c"),
        std::string("../a"), std::string("a/.."), std::string("a/.b"), std::string(".a/b"), std::string("A/b"),
        std::string("a/b c"), std::string("a/b\0", 4), std::string("a/\xc3\xa9"), "a/" + std::string(199, 'b')}) {
    EXPECT_FALSE(IsArtifactName(name)) << name;
  }
}

}  // namespace
}  // namespace mergegate::cache
