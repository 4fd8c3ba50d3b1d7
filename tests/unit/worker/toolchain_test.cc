#include "analyzers/worker/toolchain.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>

namespace mergegate::worker {
namespace {

namespace fs = std::filesystem;

class ToolchainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ + "/include/sys");
    fs::create_directories(folder_ + "/elsewhere");
    Write("include/a.h", "a");
    Write("include/sys/b.h", "b");
    Write("elsewhere/c.h", "c");
    fs::create_symlink("../elsewhere", folder_ + "/include/link");
    fs::create_symlink("..", folder_ + "/include/sys/circle");
    fs::create_symlink("nowhere", folder_ + "/include/dangling");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& file, const std::string& content) const {
    std::ofstream(folder_ + "/" + file) << content;
    LastChanged(file, 100);
  }
  void LastChanged(const std::string& file, time_t seconds) const {
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, (folder_ + "/" + file).c_str(), times, 0), 0);
  }
  std::string Fingerprint() const { return ToolchainFingerprint({folder_ + "/include", folder_ + "/absent"}); }

  const std::string folder_ = ::testing::TempDir() + "toolchain_test_" + std::to_string(getpid());
};

TEST_F(ToolchainTest, IsTheSameAsLongAsNothingChanges) {
  const std::string before = Fingerprint();
  EXPECT_THAT(before, ::testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(ToolchainTest, SeesEveryChange) {
  const std::map<std::string, std::function<void()>> changes = {
      {"another size", [&] { Write("include/a.h", "aa"); }},
      {"another time", [&] { LastChanged("include/sys/b.h", 200); }},
      {"a new file", [&] { Write("include/sys/new.h", ""); }},
      {"a file less", [&] { fs::remove(folder_ + "/include/a.h"); }},
      {"another name", [&] { fs::rename(folder_ + "/include/a.h", folder_ + "/include/z.h"); }},
      {"behind a link", [&] { Write("elsewhere/c.h", "cc"); }},
      {"a link mended", [&] { Write("include/nowhere", ""); }},
  };
  for (const auto& [name, change] : changes) {
    TearDown();
    SetUp();
    const std::string before = Fingerprint();
    change();
    EXPECT_NE(Fingerprint(), before) << name;
  }
}

TEST_F(ToolchainTest, LooksAgainAfterAMinute) {
  Toolchain::Time now{};
  Toolchain toolchain({folder_ + "/include"}, [&] { return now; });
  const std::string before = toolchain.Fingerprint();
  Write("include/a.h", "aaa");
  now += std::chrono::seconds(59);
  EXPECT_EQ(toolchain.Fingerprint(), before);
  now += std::chrono::seconds(1);
  EXPECT_NE(toolchain.Fingerprint(), before);
}

TEST_F(ToolchainTest, TakesLittleTimeHere) {
  const auto begin = std::chrono::steady_clock::now();
  ToolchainFingerprint(SystemHeaderFolders());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("milliseconds", std::to_string(took.count()));
}

TEST(BuildOnTest, IsOneLine) { EXPECT_EQ(BuildOn("mergegate-1", "0a"), "mergegate-1 toolchain-0a"); }

}  // namespace
}  // namespace mergegate::worker
