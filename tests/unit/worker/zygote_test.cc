#include "analyzers/worker/sandbox/zygote.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/worker/child_program.h"

namespace mergegate::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ZygoteTest : public ::testing::Test {
 protected:
  ChildResult Run(std::vector<std::string> words, ChildLimits limits = RoomyLimits(), std::string_view input = {},
                  const StopRequest* stop = nullptr) {
    return RunTestChild(std::move(words), limits, input, stop, zygote_.spawner());
  }

  Zygote zygote_{{TEST_CHILD, "--zygote"}, {"LC_ALL=C"}};
};

TEST_F(ZygoteTest, AForkedChildEndsAsAStartedOneDoes) {
  const ChildLimits little{.wall = seconds(60), .address_space_mib = 1024, .cpu_seconds = 1, .output_bytes = 100'000};
  const std::vector<std::vector<std::string>> cases = {
      {"exit", "7"}, {"segfault"},    {"abort"}, {"cat"},          {"descriptors"}, {"environment"},
      {"session"},   {"memory-bomb"}, {"spin"},  {"output-flood"}, {"write-input"}, {"error-flood", "9"}};
  for (const std::vector<std::string>& words : cases) {
    SCOPED_TRACE(words[0]);
    const ChildResult forked = Run(words, little, "input"), started = RunTestChild(words, little, "input");
    EXPECT_EQ(forked.outcome, started.outcome);
    EXPECT_EQ(forked.exit_code, started.exit_code);
    EXPECT_EQ(forked.signal, started.signal);
    EXPECT_EQ(forked.output, started.output);
    EXPECT_EQ(forked.error_tail, started.error_tail);
  }
}

TEST_F(ZygoteTest, AForkedChildIsLockedDownAsAStartedOneIs) {
  const std::string folder = ::testing::TempDir();
  for (const char* verb :
       {"socket", "fork", "exec", "kill-parent", "ptrace", "memfd", "set-limit", "threads", "kill-self"}) {
    EXPECT_EQ(Run({"--lockdown", folder, verb}).output, RunTestChild({"--lockdown", folder, verb}).output) << verb;
  }
  EXPECT_EQ(Run({"--lockdown", folder, "open", "/etc/passwd"}).output,
            RunTestChild({"--lockdown", folder, "open", "/etc/passwd"}).output);
  EXPECT_EQ(Run({"--lockdown-forks", folder, "fork-work"}).output, "6 6\n");
}

TEST_F(ZygoteTest, AForkedChildIsTimedOutAndStopped) {
  const ChildResult late = Run({"fork-hang"}, {.wall = milliseconds(300), .address_space_mib = 2048});
  EXPECT_EQ(late.outcome, ChildOutcome::kTimedOut);
  EXPECT_TRUE(IsDead(std::stoi(late.output)));
  StopRequest stop;
  ChildResult stopped;
  std::thread runner([&] { stopped = Run({"hang"}, RoomyLimits(), {}, &stop); });
  stop.Request();
  runner.join();
  EXPECT_EQ(stopped.outcome, ChildOutcome::kStopped);
}

TEST_F(ZygoteTest, CountsTheCostOfTheChildAlone) {
  const ChildResult child = Run({"exit", "0"});
  EXPECT_LT(child.cpu_seconds, 0.05);
  EXPECT_GT(child.peak_memory_kib, 100);
  EXPECT_GE(Run({"spin-in-child"}).cpu_seconds, 0.2);
}

TEST_F(ZygoteTest, ManyAtOnceKeepApart) {
  std::vector<ChildResult> results(50);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = Run({"cat"}, RoomyLimits(), "input " + std::to_string(i)); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].output, "input " + std::to_string(i));
}

TEST_F(ZygoteTest, IsStartedAgainAfterItsDeath) {
  const pid_t first = zygote_.pid();
  ASSERT_GT(first, 0);
  kill(first, SIGKILL);
  EXPECT_EQ(Run({"exit", "7"}).exit_code, 7);
  EXPECT_NE(zygote_.pid(), first);
}

TEST_F(ZygoteTest, ItsDeathDoesNotTouchTasksUnderWay) {
  ChildResult child;
  std::thread runner([&] { child = Run({"hang"}, {.wall = milliseconds(700), .address_space_mib = 2048}); });
  for (int i = 0; i < 3; ++i) {
    kill(zygote_.pid(), SIGKILL);
    EXPECT_EQ(Run({"exit", "7"}).exit_code, 7);
  }
  runner.join();
  EXPECT_EQ(child.outcome, ChildOutcome::kTimedOut);
  EXPECT_EQ(child.output, "hanging\n");
}

TEST(ZygoteWithoutServer, TheProgramIsStartedInstead) {
  for (const std::vector<std::string>& useless :
       {std::vector<std::string>{"/nowhere/program"}, std::vector<std::string>{"/bin/false"}}) {
    Zygote zygote(useless, {});
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(RunTestChild({"exit", "7"}, RoomyLimits(), {}, nullptr, zygote.spawner()).exit_code, 7);
    }
  }
}

TEST(ZygoteWithoutServer, ArgumentsThatAreTooLongForARequestAreTakenByTheProgram) {
  Zygote zygote({TEST_CHILD, "--zygote"}, {"LC_ALL=C"});
  const ChildResult child =
      RunTestChild({"exit", "7", std::string(100'000, 'x')}, RoomyLimits(), {}, nullptr, zygote.spawner());
  EXPECT_EQ(child.exit_code, 7);
}

// The worker dies: the task and what the task forked die, too, and so does the zygote.
TEST(ZygoteAndWorker, NothingOutlivesTheWorker) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t worker = fork();
  if (worker == 0) {
    Zygote zygote({TEST_CHILD, "--zygote"}, {"LC_ALL=C"});
    const pid_t pid = zygote.pid();
    if (write(ends[1], &pid, sizeof pid) != sizeof pid) _exit(1);
    RunChild({.argv = {TEST_CHILD, "fork-hang-binary"}, .environment = {}, .input = {}, .limits = RoomyLimits()},
             nullptr, [&](const SpawnPlan& plan) {
               SpawnPlan to_test{plan.argv,  plan.environment,         plan.input,       ends[1],
                                 plan.error, plan.address_space_bytes, plan.cpu_seconds, plan.file_bytes};
               return zygote.spawner()(to_test);
             });
    _exit(1);
  }
  close(ends[1]);
  pid_t zygote = 0, grandchild = 0;
  ASSERT_EQ(read(ends[0], &zygote, sizeof zygote), static_cast<ssize_t>(sizeof zygote));
  ASSERT_EQ(read(ends[0], &grandchild, sizeof grandchild), static_cast<ssize_t>(sizeof grandchild));
  // The zygote learns of the task's death and of the worker's at once.
  const pid_t task = getpgid(grandchild);
  ASSERT_EQ(kill(zygote, SIGSTOP), 0);
  kill(worker, SIGKILL);
  ASSERT_EQ(waitpid(worker, nullptr, 0), worker);
  EXPECT_TRUE(IsDead(task));
  kill(zygote, SIGCONT);
  // Nobody else holds the pipe's other end: it closes when the task and its child are gone.
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  EXPECT_TRUE(IsDead(zygote));
  EXPECT_TRUE(IsDead(grandchild));
  close(ends[0]);
}

}  // namespace
}  // namespace mergegate::sandbox
