#include "analyzers/worker/lease_loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "analyzers/worker/run_task.h"
#include "tests/unit/worker/fake_server.h"
#include "tests/unit/worker/tasks.h"

namespace mergegate::worker {
namespace {

using ::testing::HasSubstr;

// A loop on a thread of its own, with the fake analyzer behind it.
class RunningLoop {
 public:
  RunningLoop(LeaseOptions options, const std::string& mirrors)
      : runner_({.program = FAKE_ANALYZE,
                 .build = "fake-1",
                 .mirrors = mirrors,
                 .repositories = {},
                 .toolchain_roots = {},
                 .extra_roots = {}}),
        loop_(std::move(options),
              [this](const v1::AnalysisTask& task, const sandbox::StopRequest& stop) {
                auto result = runner_.Run(task, stop);
                if (!result) ++stopped_;
                return result;
              }),
        thread_([this] { ended_ = loop_.Run(); }) {}
  ~RunningLoop() { Stop(); }

  // How long stopping took.
  std::chrono::duration<double> Stop() {
    const auto begin = std::chrono::steady_clock::now();
    loop_.Stop();
    static_cast<void>(Join());
    return std::chrono::steady_clock::now() - begin;
  }
  absl::Status Join() {
    if (thread_.joinable()) thread_.join();
    return ended_;
  }
  int stopped() const { return stopped_; }

 private:
  TaskRunner runner_;
  std::atomic<int> stopped_ = 0;
  absl::Status ended_;
  LeaseLoop loop_;
  std::thread thread_;
};

class LeaseLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(mirrors_ + "/p.git/objects");
    ASSERT_EQ(mkfifo(gate_.c_str(), 0600), 0);
  }
  void TearDown() override {
    std::filesystem::remove_all(mirrors_);
    std::filesystem::remove(gate_);
  }

  LeaseOptions Options() const {
    return {.server = server_.address(),
            .token = "",
            .worker = "w1",
            .run = "",
            .build = [] { return "fake-1"; },
            .slots = 2};
  }
  // A task that is worked on until OpenGate().
  v1::AnalysisTask WaitingTask(const std::string& id) const {
    v1::AnalysisTask task = TaskOf("wait.cc", id);
    task.mutable_unit()->add_arguments(gate_);
    return task;
  }
  void OpenGate() { close(open(gate_.c_str(), O_WRONLY)); }

  const std::string mirrors_ = ::testing::TempDir() + "lease_loop_test_" + std::to_string(getpid());
  const std::string gate_ = mirrors_ + ".gate";
  FakeServer server_;
};

TEST_F(LeaseLoopTest, WorksThroughMoreTasksThanItHasSlots) {
  for (int i = 0; i < 20; ++i) server_.Add(TaskOf("normal.cc", "t" + std::to_string(i)));
  RunningLoop loop(Options(), mirrors_);
  for (int i = 0; i < 20; ++i) {
    const auto result = server_.WaitForResult("t" + std::to_string(i));
    ASSERT_TRUE(result.has_value()) << i;
    EXPECT_EQ(result->findings_size(), 1);
  }
  EXPECT_EQ(server_.most_leased(), 2U);
  EXPECT_EQ(server_.last_request().worker(), "w1");
  EXPECT_EQ(server_.last_request().analyzer_build(), "fake-1");
}

TEST_F(LeaseLoopTest, OneBadUnitDoesNotStopTheOthers) {
  v1::AnalysisTask hang = TaskOf("hang.cc", "hang");
  hang.mutable_limits()->set_wall_seconds(1);
  server_.Add(TaskOf("crash.cc", "crash"));
  server_.Add(hang);
  server_.Add(TaskOf("garbage.cc", "garbage"));
  server_.Add(TaskOf("normal.cc", "normal"));
  RunningLoop loop(Options(), mirrors_);
  const auto kind = [&](const std::string& id) { return server_.WaitForResult(id).value().failures(0).kind(); };
  EXPECT_EQ(kind("crash"), v1::FAILURE_KIND_CRASHED);
  EXPECT_EQ(kind("hang"), v1::FAILURE_KIND_TIMED_OUT);
  EXPECT_EQ(kind("garbage"), v1::FAILURE_KIND_INTERNAL);
  EXPECT_EQ(server_.WaitForResult("normal").value().findings_size(), 1);
}

TEST_F(LeaseLoopTest, KeepsALeaseAliveAsLongAsTheWorkTakes) {
  server_.Add(WaitingTask("t1"));
  RunningLoop loop(Options(), mirrors_);
  EXPECT_TRUE(server_.WaitUntil([&] { return server_.renewals() >= 3; }));  // three thirds: the lease of 1 s is over
  OpenGate();
  EXPECT_TRUE(server_.WaitForResult("t1").has_value());
}

TEST_F(LeaseLoopTest, ALostLeaseStopsItsChildAndFreesItsSlot) {
  server_.Add(TaskOf("hang.cc", "lost"));
  LeaseOptions options = Options();
  options.slots = 1;
  RunningLoop loop(options, mirrors_);
  ASSERT_TRUE(server_.WaitUntil([&] { return server_.IsLeased("lost"); }));
  server_.TakeAway("lost");
  server_.Add(TaskOf("normal.cc", "next"));
  EXPECT_TRUE(server_.WaitForResult("next").has_value());
  EXPECT_EQ(loop.stopped(), 1);
  EXPECT_TRUE(server_.WaitUntil([&] { return server_.late_results() == 0; }));
}

TEST_F(LeaseLoopTest, ALateResultIsDroppedQuietly) {
  v1::AnalysisTask late = TaskOf("normal.cc", "late");
  server_.TakeAway("late");
  server_.Add(late);
  LeaseOptions options = Options();
  options.slots = 1;  // so that the next task begins only when this one is over
  RunningLoop loop(options, mirrors_);
  EXPECT_TRUE(server_.WaitUntil([&] { return server_.late_results() > 0; }));
  server_.Add(TaskOf("normal.cc", "next"));
  EXPECT_TRUE(server_.WaitForResult("next").has_value());
  EXPECT_TRUE(server_.WaitUntil([&] { return server_.late_results() == 1; })) << "it was sent again";
}

TEST_F(LeaseLoopTest, ComesBackAfterTheServerDid) {
  server_.Add(WaitingTask("t1"));
  RunningLoop loop(Options(), mirrors_);
  ASSERT_TRUE(server_.WaitUntil([&] { return server_.IsLeased("t1"); }));
  server_.GoAway();
  OpenGate();  // done while nobody listens
  server_.ComeBack();
  const auto result = server_.WaitForResult("t1");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->findings_size(), 1);
  server_.Add(TaskOf("normal.cc", "t2"));
  EXPECT_TRUE(server_.WaitForResult("t2").has_value());
}

TEST_F(LeaseLoopTest, StartsBeforeTheServerDoes) {
  server_.GoAway();
  RunningLoop loop(Options(), mirrors_);
  server_.Add(TaskOf("normal.cc", "t1"));
  server_.ComeBack();
  EXPECT_TRUE(server_.WaitForResult("t1").has_value());
}

TEST_F(LeaseLoopTest, AResultThatTheServerRefusesBecomesAFailure) {
  server_.RefuseFindings();
  server_.Add(TaskOf("normal.cc", "t1"));
  RunningLoop loop(Options(), mirrors_);
  const auto result = server_.WaitForResult("t1");
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->failures_size(), 1);
  EXPECT_EQ(result->failures(0).kind(), v1::FAILURE_KIND_INTERNAL);
  EXPECT_EQ(result->failures(0).message(), "the server refused the result: findings[0].path: too deep");
}

TEST_F(LeaseLoopTest, StopsAtOnceInTheMiddleOfWork) {
  server_.Add(TaskOf("hang.cc", "t1"));
  server_.Add(TaskOf("hang.cc", "t2"));
  RunningLoop loop(Options(), mirrors_);
  ASSERT_TRUE(server_.WaitUntil([&] { return server_.IsLeased("t1") && server_.IsLeased("t2"); }));
  EXPECT_LT(loop.Stop().count(), 2.0);
}

TEST_F(LeaseLoopTest, StopsAtOnceWhileItWaitsForTasks) {
  RunningLoop loop(Options(), mirrors_);
  ASSERT_TRUE(server_.WaitUntil([&] { return server_.lease_calls() > 0; }));
  EXPECT_LT(loop.Stop().count(), 2.0);
}

TEST_F(LeaseLoopTest, EndsWhenIdleIfAskedTo) {
  server_.Add(TaskOf("normal.cc", "t1"));
  LeaseOptions options = Options();
  options.exit_when_idle = true;
  options.wait = std::chrono::seconds(1);
  options.run = "projects/p/runs/1";
  RunningLoop loop(options, mirrors_);
  EXPECT_EQ(loop.Join(), absl::OkStatus());
  EXPECT_TRUE(server_.WaitForResult("t1").has_value());
  EXPECT_EQ(server_.last_request().run(), "projects/p/runs/1");
}

TEST_F(LeaseLoopTest, ShowsItsToken) {
  server_.set_token("secret");
  server_.Add(TaskOf("normal.cc", "t1"));
  LeaseOptions options = Options();
  options.token = "secret";
  RunningLoop loop(options, mirrors_);
  EXPECT_TRUE(server_.WaitForResult("t1").has_value());
}

TEST_F(LeaseLoopTest, AWrongTokenEndsItOnlyWhenSomebodyWaitsForItsEnd) {
  server_.set_token("secret");
  RunningLoop patient(Options(), mirrors_);
  EXPECT_TRUE(server_.WaitUntil([&] { return server_.lease_calls() >= 2; }));
  LeaseOptions options = Options();
  options.exit_when_idle = true;
  RunningLoop waited_for(options, mirrors_);
  EXPECT_EQ(waited_for.Join(), absl::UnauthenticatedError("a valid token is needed"));
}

}  // namespace
}  // namespace mergegate::worker
