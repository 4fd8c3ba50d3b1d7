// mergegate-worker as people start it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "analyzers/worker/sandbox/child.h"
#include "tests/unit/worker/fake_server.h"
#include "tests/unit/worker/tasks.h"

namespace mergegate::worker {
namespace {

using ::testing::HasSubstr;

class WorkerProgramTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ + "/p.git/objects"); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> CommandLine(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {MERGEGATE_WORKER, "--server", server_.address(),
                                      "--repositories", folder_,    "--analyze",
                                      FAKE_ANALYZE,     "--jobs",   "2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // Runs to the end. The worker hands input on in files in memory, which count as files.
  static sandbox::ChildResult Run(std::vector<std::string> words, std::vector<std::string> environment = {}) {
    return sandbox::RunChild({.argv = std::move(words),
                              .environment = std::move(environment),
                              .input = {},
                              .limits = {.wall = std::chrono::minutes(1), .file_bytes = 1 << 20}},
                             nullptr);
  }
  static pid_t Start(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t pid = -1;
    EXPECT_EQ(posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ), 0);
    return pid;
  }

  const std::string folder_ = ::testing::TempDir() + "worker_program_test_" + std::to_string(getpid());
  FakeServer server_;
};

TEST_F(WorkerProgramTest, WorksUntilNothingIsLeft) {
  server_.set_token("secret");
  std::ofstream(folder_ + "/token") << "secret\n";
  server_.Add(TaskOf("normal.cc", "t1"));
  server_.Add(TaskOf("crash.cc", "t2"));
  const sandbox::ChildResult worker = Run(CommandLine({"--exit-when-idle", "--token-file", folder_ + "/token"}));
  EXPECT_EQ(worker.outcome, sandbox::ChildOutcome::kExited);
  EXPECT_EQ(worker.exit_code, 0) << worker.error_tail;
  EXPECT_EQ(worker.output, "");
  EXPECT_EQ(server_.WaitForResult("t1").value().findings_size(), 1);
  EXPECT_EQ(server_.WaitForResult("t2").value().failures(0).kind(), v1::FAILURE_KIND_CRASHED);
}

TEST_F(WorkerProgramTest, TakesTheTokenFromTheEnvironmentAndSaysWhenItIsWrong) {
  server_.set_token("secret");
  const sandbox::ChildResult served = Run(CommandLine({"--exit-when-idle"}), {"MERGEGATE_TOKEN=secret"});
  EXPECT_EQ(served.outcome, sandbox::ChildOutcome::kExited);
  EXPECT_EQ(served.exit_code, 0) << served.error_tail;
  const sandbox::ChildResult refused = Run(CommandLine({"--exit-when-idle"}), {"MERGEGATE_TOKEN=guess"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.error_tail, HasSubstr("--token-file"));
}

TEST_F(WorkerProgramTest, EndsOnSigtermInTheMiddleOfWork) {
  server_.Add(TaskOf("hang.cc", "t1"));
  const pid_t worker = Start(CommandLine());
  ASSERT_TRUE(server_.WaitUntil([&] { return server_.IsLeased("t1"); }));
  kill(worker, SIGTERM);
  int status = 0;
  ASSERT_EQ(waitpid(worker, &status, 0), worker);  // would block for ever if the worker waited for its task
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(WorkerProgramTest, DiesWithItsParentIfAskedTo) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // the shell's orphan becomes this process's
  std::string line;
  for (const std::string& word : CommandLine({"--die-with-parent"})) line += "'" + word + "' ";
  const pid_t shell = Start({"/bin/sh", "-c", line + "& wait"});
  ASSERT_TRUE(server_.WaitUntil([&] { return server_.lease_calls() > 0; }));
  kill(shell, SIGKILL);
  ASSERT_EQ(waitpid(shell, nullptr, 0), shell);
  int status = -1;
  ASSERT_GT(waitpid(-1, &status, 0), 0);  // would block for ever if the worker lived on
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(WorkerProgramTest, SaysWhatIsWrongWithItsCommandLine) {
  const auto expect = [](const std::vector<std::string>& words, int code, const std::string& text) {
    const sandbox::ChildResult worker = Run(words);
    EXPECT_EQ(worker.exit_code, code) << text;
    EXPECT_THAT(worker.error_tail, HasSubstr(text));
  };
  expect({MERGEGATE_WORKER}, 2, "--server is required");
  expect({MERGEGATE_WORKER, "--server", "unix:/x"}, 2, "--repositories DIR or --repository PROJECT=GITDIR");
  expect(CommandLine({"--repository", "nonsense"}), 2, "want PROJECT=GITDIR");
  expect(CommandLine({"--jobs", "0"}), 2, "--jobs");
  expect(CommandLine({"--token-file", "/nowhere"}), 2, "/nowhere holds no token");
  expect({MERGEGATE_WORKER, "--server", "unix:/x", "--repositories", "/", "--analyze", "/nowhere/analyze"}, 3,
         "/nowhere/analyze: No such file or directory");
}

}  // namespace
}  // namespace mergegate::worker
