// Each case starts a process that tries one thing, first free, then locked down: a case that is denied in any event
// would show nothing.
#include "analyzers/worker/sandbox/lockdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/worker/child_program.h"

namespace mergegate::sandbox {
namespace {

using ::testing::AnyOf;

class LockdownTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(allowed_ + "/below");
    std::ofstream(allowed_ + "/below/file") << "content";
    std::ofstream(outside_) << "secret";
    std::filesystem::create_symlink(outside_, allowed_ + "/link-out");
  }
  void TearDown() override {
    std::filesystem::remove_all(allowed_);
    std::filesystem::remove(outside_);
  }

  std::string Free(std::vector<std::string> words) { return RunTestChild(std::move(words)).output; }
  std::string Locked(std::vector<std::string> words) {
    words.insert(words.begin(), {"--lockdown", allowed_});
    return RunTestChild(std::move(words)).output;
  }

  const std::string allowed_ = ::testing::TempDir() + "lockdown_test_allowed_" + std::to_string(getpid());
  const std::string outside_ = ::testing::TempDir() + "lockdown_test_outside_" + std::to_string(getpid());
};

TEST_F(LockdownTest, ReportsCompleteIsolationHere) {
  const ChildResult child = RunTestChild({"--lockdown", allowed_, "report"});
  int abi = 0, seccomp = 0;
  ASSERT_EQ(std::sscanf(child.output.c_str(), "%d %d", &abi, &seccomp), 2) << child.output;
  EXPECT_EQ(seccomp, 1);
  if (abi == 0) {
    EXPECT_THAT(child.output, ::testing::HasSubstr("every file of this user can be read"));
  } else {
    EXPECT_THAT(child.output, ::testing::EndsWith(" ''\n"));
  }
  RecordProperty("lockdown_milliseconds", child.error_tail);
}

TEST_F(LockdownTest, ReadsOnlyWhatIsAllowed) {
  EXPECT_EQ(Locked({"open", allowed_ + "/below/file"}), "ok\n");
  EXPECT_EQ(Locked({"list", allowed_ + "/below"}), "ok\n");
  for (const std::string& path : {std::string("/etc/passwd"), outside_, allowed_ + "/link-out"}) {
    SCOPED_TRACE(path);
    ASSERT_EQ(Free({"open", path}), "ok\n");
    EXPECT_EQ(Locked({"open", path}), "EACCES\n");
  }
  EXPECT_EQ(Locked({"open", "/proc/self/environ"}), "EACCES\n");
  EXPECT_EQ(Locked({"list", "/"}), "EACCES\n");
}

TEST_F(LockdownTest, WritesNothingEvenWhereItReads) {
  ASSERT_EQ(Free({"write", allowed_ + "/made-freely"}), "ok\n");
  for (const std::string& place : {allowed_ + "/new", allowed_ + "/below/file", outside_}) {
    SCOPED_TRACE(place);
    EXPECT_THAT(Locked({"write", place}), AnyOf("EACCES\n", "EPERM\n"));
    EXPECT_THAT(Locked({"truncate", place}), AnyOf("EACCES\n", "EPERM\n"));
    EXPECT_THAT(Locked({"unlink", place}), AnyOf("EACCES\n", "EPERM\n"));
  }
  EXPECT_THAT(Locked({"mkdir", allowed_ + "/folder"}), AnyOf("EACCES\n", "EPERM\n"));
  EXPECT_FALSE(std::filesystem::exists(allowed_ + "/new"));
  EXPECT_EQ(std::filesystem::file_size(outside_), 6U);
}

TEST_F(LockdownTest, DeniesWhatAnAnalyzerDoesNotNeed) {
  // What works without the lockdown, so that its denial is the lockdown's.
  for (const char* verb : {"socket", "socket-unix", "fork", "memfd", "kill-parent", "set-limit"}) {
    ASSERT_EQ(Free({verb}), "ok\n") << verb;
  }
  for (const char* verb :
       {"socket",      "socket-unix",     "connect",     "fork",     "exec",     "execveat", "ptrace", "read-parent",
        "memfd",       "io-uring",        "bpf",         "keyctl",   "unshare",  "setns",    "mount",  "perf",
        "userfaultfd", "clone-namespace", "kill-parent", "kill-all", "set-limit"}) {
    EXPECT_EQ(Locked({verb}), "EPERM\n") << verb;
  }
}

TEST_F(LockdownTest, LetsTheLibraryFallBackFromCallsThatCannotBeFiltered) { EXPECT_EQ(Locked({"clone3"}), "ENOSYS\n"); }

TEST_F(LockdownTest, KeepsThreads) { EXPECT_EQ(Locked({"threads"}), "140\n"); }  // 0 + 1 + 4 + ... + 49

TEST_F(LockdownTest, CanStillAbortAndSignalItself) {
  EXPECT_EQ(Locked({"kill-self"}), "ok\n");
  EXPECT_EQ(RunTestChild({"--lockdown", allowed_, "abort"}).signal, SIGABRT);
}

TEST_F(LockdownTest, ForksAndNothingMoreWhenThePolicySaysSo) {
  const auto forking = [this](std::vector<std::string> words) {
    words.insert(words.begin(), {"--lockdown-forks", allowed_});
    return RunTestChild(std::move(words)).output;
  };
  EXPECT_EQ(forking({"fork-work"}), "6 6\n");
  ASSERT_EQ(Free({"in-child", "socket"}), "ok\n");
  ASSERT_EQ(Free({"in-child", "setsid"}), "ok\n");
  for (const char* verb : {"exec", "execveat", "socket", "memfd", "ptrace", "unshare", "setsid", "setpgid", "kill-all",
                           "set-limit", "clone-namespace", "vfork"}) {
    EXPECT_EQ(forking({verb}), "EPERM\n") << verb;
    EXPECT_EQ(forking({"in-child", verb}), "EPERM\n") << verb;
  }
  EXPECT_EQ(forking({"kill-parent"}), "EPERM\n");
  EXPECT_EQ(forking({"in-child", "open", outside_}), "EACCES\n");
  EXPECT_EQ(forking({"in-child", "open", allowed_ + "/below/file"}), "ok\n");
  EXPECT_EQ(forking({"clone3"}), "ENOSYS\n");
  EXPECT_EQ(forking({"threads"}), "140\n");
}

TEST_F(LockdownTest, ReadsItsInputAndWritesItsOutput) {
  EXPECT_EQ(RunTestChild({"--lockdown", allowed_, "cat"}, RoomyLimits(), "frames").output, "frames");
}

TEST_F(LockdownTest, ALockedDownChildDiesOnRequest) {
  StopRequest stop;
  stop.Request();
  EXPECT_EQ(RunTestChild({"--lockdown", allowed_, "hang"}, RoomyLimits(), {}, &stop).outcome, ChildOutcome::kStopped);
  const ChildLimits brief{.wall = std::chrono::milliseconds(200), .address_space_mib = 2048};
  EXPECT_EQ(RunTestChild({"--lockdown", allowed_, "hang"}, brief).outcome, ChildOutcome::kTimedOut);
}

}  // namespace
}  // namespace mergegate::sandbox
