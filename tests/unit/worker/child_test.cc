#include "analyzers/worker/sandbox/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/worker/child_program.h"

namespace mergegate::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::ptrdiff_t OpenDescriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

TEST(ChildTest, GivesExitCodeOutputAndCost) {
  const ChildResult child = RunTestChild({"exit", "7"});
  EXPECT_EQ(child.outcome, ChildOutcome::kExited);
  EXPECT_EQ(child.exit_code, 7);
  EXPECT_EQ(child.signal, 0);
  EXPECT_GT(child.wall_seconds, 0);
  EXPECT_GT(child.peak_memory_kib, 100);
  testing::Test::RecordProperty("start_to_end_milliseconds", std::to_string(child.wall_seconds * 1000));
}

TEST(ChildTest, PassesInputOfAnySize) {
  const std::string input(20'000'000, 'i');
  const ChildResult child = RunTestChild({"cat"}, RoomyLimits(), input);
  EXPECT_EQ(child.exit_code, 0);
  EXPECT_TRUE(child.output == input);
  EXPECT_EQ(RunTestChild({"cat"}).output, "");
}

TEST(ChildTest, InputLeftUnreadHurtsNobody) {
  const std::string input(20'000'000, 'i');
  EXPECT_EQ(RunTestChild({"close-input"}, RoomyLimits(), input).outcome, ChildOutcome::kExited);
}

TEST(ChildTest, WritesNoFilesNotEvenItsInput) {
  EXPECT_EQ(RunTestChild({"write-input"}, RoomyLimits(), "input").signal, SIGXFSZ);
}

TEST(ChildTest, SaysWhichSignalEndedIt) {
  const ChildResult child = RunTestChild({"segfault"});
  EXPECT_EQ(child.outcome, ChildOutcome::kSignalled);
  EXPECT_EQ(child.signal, SIGSEGV);
}

TEST(ChildTest, EndsAHang) {
  const ChildResult child = RunTestChild({"hang"}, {.wall = milliseconds(300), .address_space_mib = 2048});
  EXPECT_EQ(child.outcome, ChildOutcome::kTimedOut);
  EXPECT_EQ(child.output, "hanging\n");
  EXPECT_GE(child.wall_seconds, 0.3);
  EXPECT_LT(child.wall_seconds, 20);
}

TEST(ChildTest, EndsASpinAtItsCpuLimit) {
  const ChildResult child = RunTestChild({"spin"}, {.wall = seconds(60), .address_space_mib = 2048, .cpu_seconds = 1});
  EXPECT_EQ(child.outcome, ChildOutcome::kTimedOut);
  EXPECT_EQ(child.signal, SIGXCPU);
  EXPECT_NEAR(child.cpu_seconds, 1.0, 0.5);
}

TEST(ChildTest, EndsAMemoryBomb) {
  const ChildResult child = RunTestChild({"memory-bomb"}, {.wall = seconds(60), .address_space_mib = 256});
  EXPECT_EQ(child.outcome, ChildOutcome::kOutOfMemory);
  EXPECT_LT(child.peak_memory_kib, 256 * 1024);
}

TEST(ChildTest, TooLittleMemoryToLoadIsNotACrash) {
  EXPECT_EQ(RunTestChild({"exit", "0"}, {.wall = seconds(60), .address_space_mib = 3}).outcome,
            ChildOutcome::kOutOfMemory);
}

TEST(ChildTest, EndsAnOutputFlood) {
  const ChildResult child =
      RunTestChild({"output-flood"}, {.wall = seconds(60), .address_space_mib = 2048, .output_bytes = 1'000'000});
  EXPECT_EQ(child.outcome, ChildOutcome::kOutputLimit);
  EXPECT_EQ(child.output.size(), 1'000'000U);
}

TEST(ChildTest, OutputUpToTheLimitIsFine) {
  ChildLimits limits = RoomyLimits();
  limits.output_bytes = 5;
  EXPECT_EQ(RunTestChild({"cat"}, limits, "12345").outcome, ChildOutcome::kExited);
  EXPECT_EQ(RunTestChild({"cat"}, limits, "123456").outcome, ChildOutcome::kOutputLimit);
}

TEST(ChildTest, KeepsTheEndOfManyMessages) {
  const ChildResult child = RunTestChild({"error-flood", "100000"});  // 10 MB
  EXPECT_EQ(child.outcome, ChildOutcome::kExited);
  EXPECT_EQ(child.error_tail.size(), size_t{64} << 10);
  EXPECT_TRUE(child.error_tail.ends_with("eee\nthe end\n"));
  EXPECT_EQ(RunTestChild({"error-flood", "0"}).error_tail, "the end\n");
}

TEST(ChildTest, StopsOnRequestOfAnotherThread) {
  StopRequest stop;
  ChildResult child;
  std::thread runner([&] { child = RunTestChild({"hang"}, RoomyLimits(), {}, &stop); });
  stop.Request();
  runner.join();
  EXPECT_EQ(child.outcome, ChildOutcome::kStopped);
  EXPECT_LT(child.wall_seconds, 20);
}

// A zygote answers as soon as it has forked; the process becomes the leader of a group some moments later, if ever.
TEST(ChildTest, StopsAProcessThatLeadsNoGroupYet) {
  StopRequest stop;
  const Spawner spawn = [&](const SpawnPlan&) {
    SpawnResult forked{.pid = fork()};
    if (forked.pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      while (true) pause();
    }
    forked.pid_descriptor = static_cast<int>(syscall(SYS_pidfd_open, forked.pid, 0));
    stop.Request();
    return forked;
  };
  const ChildResult child =
      RunChild({.argv = {"paused"}, .environment = {}, .input = {}, .limits = RoomyLimits()}, &stop, spawn);
  EXPECT_EQ(child.outcome, ChildOutcome::kStopped);
  EXPECT_EQ(child.signal, SIGKILL);
}

TEST(ChildTest, SaysWhyAProgramCannotStart) {
  const ChildResult child =
      RunChild({.argv = {"/nowhere/program"}, .environment = {}, .input = {}, .limits = RoomyLimits()}, nullptr);
  EXPECT_EQ(child.outcome, ChildOutcome::kNotStarted);
  EXPECT_EQ(child.error, "cannot start /nowhere/program: No such file or directory");
  EXPECT_EQ(RunChild({}, nullptr).outcome, ChildOutcome::kNotStarted);
}

TEST(ChildTest, InheritsNothing) {
  setenv("CPATH", "/hostile", 1);
  const int left_open = open("/dev/null", O_RDONLY);  // without close-on-exec, as careless libraries do
  signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(RunTestChild({"environment"}).output, "LC_ALL=C\n");
  EXPECT_EQ(RunTestChild({"descriptors"}).output, "");
  EXPECT_EQ(RunTestChild({"session"}).exit_code, 0);
  signal(SIGPIPE, SIG_DFL);
  close(left_open);
  unsetenv("CPATH");
}

TEST(ChildTest, WhatItLeavesBehindEndsWithIt) {
  const ChildResult child = RunTestChild({"orphan"}, {.wall = seconds(20), .address_space_mib = 2048});
  EXPECT_EQ(child.outcome, ChildOutcome::kExited);
  EXPECT_LT(child.wall_seconds, 10);
  EXPECT_TRUE(IsDead(std::stoi(child.output)));
}

TEST(ChildTest, FiftyAtOnceKeepApartAndLeakNothing) {
  const auto before = OpenDescriptors();
  std::vector<ChildResult> results(50);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&results, i] {
      results[i] = i % 2 == 0 ? RunTestChild({"cat"}, RoomyLimits(), "input " + std::to_string(i))
                              : RunTestChild({"descriptors"});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].outcome, ChildOutcome::kExited) << i << results[i].error;
    EXPECT_EQ(results[i].output, i % 2 == 0 ? "input " + std::to_string(i) : "") << i;
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(ChildTest, WhatItForkedDiesWithItAtTheLimit) {
  const ChildResult child = RunTestChild({"fork-hang"}, {.wall = milliseconds(300), .address_space_mib = 2048});
  EXPECT_EQ(child.outcome, ChildOutcome::kTimedOut);
  EXPECT_TRUE(IsDead(std::stoi(child.output)));
}

TEST(ChildTest, EndsAForkBomb) {
  const ChildResult child = RunTestChild(
      {"fork-bomb"}, {.wall = seconds(60), .address_space_mib = 2048, .cpu_seconds = 3600, .processes = 20});
  EXPECT_EQ(child.outcome, ChildOutcome::kTooManyProcesses);
  EXPECT_LT(child.wall_seconds, 20);
}

TEST(ChildTest, CountsTheCpuOfChildrenThatItWaitedFor) { EXPECT_GE(RunTestChild({"spin-in-child"}).cpu_seconds, 0.2); }

TEST(ChildTest, DiesWithTheProcessThatRunsIt) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  // A process between: it runs a child that hangs, tells that child's number, and is killed.
  const pid_t between = fork();
  if (between == 0) {
    std::thread teller([&] {
      const std::string children = "/proc/self/task/" + std::to_string(getpid()) + "/children";
      pid_t child = 0;
      while (child == 0) std::ifstream(children) >> child;
      if (write(ends[1], &child, sizeof child) != sizeof child) _exit(1);
    });
    RunTestChild({"hang"});
    _exit(1);
  }
  close(ends[1]);
  pid_t child = 0;
  ASSERT_EQ(read(ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  close(ends[0]);
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that this test sees the end of its grandchild
  kill(between, SIGKILL);
  ASSERT_EQ(waitpid(between, nullptr, 0), between);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);  // would block for ever if the child lived on
  EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace
}  // namespace mergegate::sandbox
