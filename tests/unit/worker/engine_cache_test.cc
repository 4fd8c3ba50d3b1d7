#include "analyzers/worker/engine_cache.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "analyzers/cache/artifact_file.h"

namespace mergegate::worker {
namespace {

namespace fs = std::filesystem;

v1::AnalyzerAnswer AnswerWith(const std::string& name, const std::string& content) {
  v1::AnalyzerAnswer answer;
  v1::Artifact* artifact = answer.add_artifacts();
  artifact->set_name(name);
  artifact->set_content(content);
  return answer;
}

class EngineCacheTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }
  std::string Read(const std::string& name, const std::string& project = "p") const {
    const auto content = cache::ReadArtifact(folder_ + "/" + project + "/" + name);
    return content.ok() ? std::string(content->view().substr(0, 20)) : "-";
  }
  // As if it had last been used `seconds` after the epoch.
  void LastUsed(const std::string& name, time_t seconds, const std::string& project = "p") const {
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, (folder_ + "/" + project + "/" + name).c_str(), times, 0), 0) << name;
  }

  const std::string folder_ = ::testing::TempDir() + "engine_cache_test_" + std::to_string(getpid());
};

TEST_F(EngineCacheTest, KeepsArtifactsByProject) {
  EngineCache cache({.folder = folder_});
  EXPECT_EQ(cache.FolderOf("p"), folder_ + "/p");
  ASSERT_TRUE(cache.Keep("p", AnswerWith("kind/a", "of p")).ok());
  ASSERT_TRUE(cache.Keep("q", AnswerWith("kind/a", "of q")).ok());
  EXPECT_EQ(Read("kind/a", "p"), "of p");
  EXPECT_EQ(Read("kind/a", "q"), "of q");
  struct stat status{};
  ASSERT_EQ(stat((folder_ + "/p").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(EngineCacheTest, WithoutAFolderKeepsNothing) {
  EngineCache cache({});
  EXPECT_EQ(cache.FolderOf("p"), "");
  EXPECT_TRUE(cache.Keep("p", AnswerWith("kind/a", "x")).ok());
}

TEST_F(EngineCacheTest, NamesAreNotAWayThroughTheFileSystem) {
  EngineCache cache({.folder = folder_});
  fs::create_directories(folder_ + "/p");
  std::ofstream(folder_ + "/precious") << "x";
  v1::AnalyzerAnswer answer;
  for (const char* name : {"../precious", "../../precious", "/etc/precious", "a/../../precious", "..", ".", ""}) {
    *answer.add_artifacts() = AnswerWith(name, "bad").artifacts(0);
    answer.add_damaged(name);
    answer.add_used(name);
  }
  EXPECT_TRUE(cache.Keep("p", answer).ok());
  EXPECT_EQ(fs::file_size(folder_ + "/precious"), 1U);
  EXPECT_TRUE(fs::is_empty(folder_ + "/p"));
}

TEST_F(EngineCacheTest, RemovesWhatIsDamagedAndReplacesWhatIsInTheWay) {
  EngineCache cache({.folder = folder_});
  fs::create_directories(folder_ + "/p/kind/folder/below");
  std::ofstream(folder_ + "/p/kind/file") << "x";
  std::ofstream(folder_ + "/p/other") << "a file where a folder is wanted";
  v1::AnalyzerAnswer answer = AnswerWith("other/a", "new");
  answer.add_damaged("kind/folder");
  answer.add_damaged("kind/file");
  answer.add_damaged("kind/absent");
  EXPECT_TRUE(cache.Keep("p", answer).ok());
  EXPECT_TRUE(fs::is_empty(folder_ + "/p/kind"));
  EXPECT_EQ(Read("other/a"), "new");
}

TEST_F(EngineCacheTest, EvictsWhatWasUsedLongestAgoOfAllProjects) {
  EngineCache cache({.folder = folder_, .limit = 11 << 20});
  const std::string megabytes(3 << 20, 'x');
  for (const char* project : {"p", "q"}) {
    ASSERT_TRUE(cache.Keep(project, AnswerWith("kind/a", megabytes)).ok());
    LastUsed("kind/a", 100, project);
  }
  ASSERT_TRUE(cache.Keep("p", AnswerWith("kind/b", megabytes)).ok());
  LastUsed("kind/b", 50);
  v1::AnalyzerAnswer answer = AnswerWith("kind/c", megabytes);
  answer.add_used("kind/b");
  ASSERT_TRUE(cache.Keep("p", answer).ok());
  // 12 MiB of 11: one goes, of the two that were used longest ago. b is older by its date and was used just now.
  EXPECT_NE(Read("kind/b"), "-");
  EXPECT_NE(Read("kind/c"), "-");
  EXPECT_NE(Read("kind/a", "p") == "-", Read("kind/a", "q") == "-");
}

TEST_F(EngineCacheTest, LeavesEvictionToTheWorkerThatIsAtIt) {
  EngineCache cache({.folder = folder_, .limit = 1 << 20});
  ASSERT_TRUE(cache.Keep("p", AnswerWith("kind/a", std::string(400 << 10, 'x'))).ok());
  const int lock = open((folder_ + "/.lock").c_str(), O_RDWR);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  for (const char* name : {"kind/b", "kind/c"}) {
    ASSERT_TRUE(cache.Keep("p", AnswerWith(name, std::string(400 << 10, 'x'))).ok());
  }
  EXPECT_NE(Read("kind/a"), "-");
  close(lock);
  cache.Evict();
  EXPECT_EQ(Read("kind/a"), "-");
}

TEST_F(EngineCacheTest, ClearsAwayWhatADeadWorkerLeft) {
  EngineCache cache({.folder = folder_, .limit = 1 << 20});
  fs::create_directories(folder_ + "/p/kind");
  for (const char* name : {"kind/.tmp-old", "kind/.tmp-new"}) {
    std::ofstream(folder_ + "/p/" + name) << std::string(2 << 20, 'x');
  }
  LastUsed("kind/.tmp-old", 100);
  cache.Evict();
  EXPECT_FALSE(fs::exists(folder_ + "/p/kind/.tmp-old"));
  EXPECT_TRUE(fs::exists(folder_ + "/p/kind/.tmp-new"));
}

TEST_F(EngineCacheTest, WhatIsTooLargeIsNotKept) {
  EngineCache cache({.folder = folder_, .limit = 1 << 20});
  EXPECT_TRUE(cache.Keep("p", AnswerWith("kind/a", std::string(600 << 10, 'x'))).ok());
  EXPECT_EQ(Read("kind/a"), "-");
}

TEST_F(EngineCacheTest, SaysWhatCannotBeWritten) {
  fs::create_directories(fs::path(folder_).parent_path());
  std::ofstream(folder_) << "a file";
  EngineCache cache({.folder = folder_ + "/below"});
  EXPECT_EQ(cache.FolderOf("p"), "");
  EXPECT_TRUE(cache.Keep("p", AnswerWith("kind/a", "x")).ok());
}

}  // namespace
}  // namespace mergegate::worker
