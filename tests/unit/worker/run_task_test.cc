#include "analyzers/worker/run_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "analyzers/cache/artifact_file.h"
#include "tests/unit/worker/tasks.h"

namespace mergegate::worker {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class RunTaskTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(mirrors_ + "/p.git/objects"); }
  void TearDown() override { std::filesystem::remove_all(mirrors_); }

  AnalyzerOptions Options() const {
    return {.program = FAKE_ANALYZE,
            .build = "fake-1",
            .mirrors = mirrors_,
            .repositories = {},
            .toolchain_roots = {"/usr/include", "/usr/lib/gcc"},
            .extra_roots = {"/opt/sdk"}};
  }
  std::string Folder() const { return mirrors_ + "/engine-cache"; }
  v1::TaskResult Run(const v1::AnalysisTask& task) const {
    const sandbox::StopRequest never;
    return TaskRunner(Options()).Run(task, never).value();
  }
  // The failure that is all of the result: no half of anything may be left in it.
  v1::AnalysisFailure OnlyFailure(const v1::AnalysisTask& task) const {
    v1::TaskResult result = Run(task);
    EXPECT_EQ(result.analyzer_build(), "fake-1");
    result.clear_analyzer_build();
    result.clear_cost();
    if (result.failures_size() != 1) return {};
    v1::AnalysisFailure failure = result.failures(0);
    EXPECT_EQ(failure.unit(), task.unit().main_file());
    EXPECT_TRUE(failure.at_base());
    EXPECT_EQ(failure.analyzer(), "");
    result.clear_failures();
    EXPECT_EQ(result.ByteSizeLong(), 0U) << result.ShortDebugString();
    return failure;
  }

  const std::string mirrors_ = ::testing::TempDir() + "run_task_test_" + std::to_string(getpid());
};

TEST_F(RunTaskTest, PassesOnWhatTheAnalyzerSays) {
  const v1::TaskResult result = Run(TaskOf("normal.cc"));
  ASSERT_EQ(result.findings_size(), 1);
  EXPECT_EQ(result.findings(0).message(),
            "--repository " + mirrors_ +
                "/p.git --toolchain-root /usr/include --toolchain-root /usr/lib/gcc --extra-root /opt/sdk --jobs 1");
  EXPECT_EQ(result.sandbox().missing(), "everything: this is a fake");
  EXPECT_EQ(result.analyzer_build(), "fake-1");
}

TEST_F(RunTaskTest, KnowsItselfWhatTheAnalyzerMustNotSay) {
  const v1::TaskResult result = Run(TaskOf("normal.cc"));
  EXPECT_TRUE(result.failures(0).at_base());
  EXPECT_GT(result.cost().wall_seconds(), 0);
  EXPECT_GT(result.cost().peak_memory_kib(), 0);
}

TEST_F(RunTaskTest, ACrashIsAFailureOfTheUnit) {
  const v1::AnalysisFailure failure = OnlyFailure(TaskOf("crash.cc"));
  EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_CRASHED);
  EXPECT_EQ(failure.message(),
            "the analyzer died of SIGSEGV on this unit; if the unit compiles elsewhere, report it with its compile "
            "command; its last words: \"Stack dump: ?[31mred\"");
  EXPECT_THAT(OnlyFailure(TaskOf("exit.cc")).message(), HasSubstr("ended with status 3"));
}

TEST_F(RunTaskTest, AHangIsAFailureOfTheUnit) {
  v1::AnalysisTask task = TaskOf("hang.cc");
  task.mutable_limits()->set_wall_seconds(1);
  const v1::AnalysisFailure failure = OnlyFailure(task);
  EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_TIMED_OUT);
  EXPECT_THAT(failure.message(), AllOf(HasSubstr("1 s"), HasSubstr("analysis.unit_seconds")));
}

TEST_F(RunTaskTest, AMemoryBombIsAFailureOfTheUnit) {
  v1::AnalysisTask task = TaskOf("memory.cc");
  task.mutable_limits()->set_memory_mib(300);
  const v1::AnalysisFailure failure = OnlyFailure(task);
  EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_OUT_OF_MEMORY);
  EXPECT_THAT(failure.message(), AllOf(HasSubstr("300 MiB"), HasSubstr("analysis.unit_memory_mib")));
}

TEST_F(RunTaskTest, AFloodIsAFailureOfTheUnit) {
  const v1::AnalysisFailure failure = OnlyFailure(TaskOf("flood.cc"));
  EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_OUTPUT_LIMIT);
  EXPECT_THAT(failure.message(), HasSubstr("288 MiB"));
}

TEST_F(RunTaskTest, GarbageIsAFailureOfTheUnit) {
  for (const char* file : {"garbage.cc", "silent.cc", "climb.cc"}) {
    EXPECT_EQ(OnlyFailure(TaskOf(file)).kind(), v1::FAILURE_KIND_INTERNAL) << file;
  }
  EXPECT_THAT(OnlyFailure(TaskOf("climb.cc")).message(), HasSubstr("findings[0]: the path is not inside"));
}

TEST_F(RunTaskTest, ResultsOfAnotherBuildMustNotEnterTheCache) {
  EXPECT_THAT(OnlyFailure(TaskOf("stale.cc")).message(), HasSubstr("was replaced while this worker ran"));
}

TEST_F(RunTaskTest, AMissingRepositoryIsNamed) {
  v1::AnalysisTask task = TaskOf("normal.cc");
  task.set_project("projects/other");
  EXPECT_THAT(OnlyFailure(task).message(), HasSubstr(mirrors_ + "/other.git is not a git repository"));
}

TEST_F(RunTaskTest, AProjectIsNotAWayThroughTheFileSystem) {
  for (const std::string& project :
       {std::string(), std::string("projects/"), std::string("projects/.."), std::string("projects/../p"),
        std::string("p"), std::string("projects/p/x"), std::string("projects/p\0", 11)}) {
    v1::AnalysisTask task = TaskOf("normal.cc");
    task.set_project(project);
    EXPECT_THAT(OnlyFailure(task).message(), HasSubstr("names no project")) << project;
  }
}

TEST_F(RunTaskTest, ARepositoryNamedByItselfGoesFirst) {
  AnalyzerOptions options = Options();
  std::filesystem::create_directories(mirrors_ + "/elsewhere/objects");
  options.repositories = {{"p", mirrors_ + "/elsewhere"}};
  const sandbox::StopRequest never;
  const v1::TaskResult result = TaskRunner(options).Run(TaskOf("normal.cc"), never).value();
  EXPECT_THAT(result.findings(0).message(), HasSubstr("--repository " + mirrors_ + "/elsewhere "));
}

TEST_F(RunTaskTest, AStoppedTaskHasNoResult) {
  sandbox::StopRequest stop;
  stop.Request();
  EXPECT_FALSE(TaskRunner(Options()).Run(TaskOf("hang.cc"), stop).has_value());
}

TEST_F(RunTaskTest, ATaskWithoutLimitsIsRefused) {
  v1::AnalysisTask task = TaskOf("normal.cc");
  task.clear_limits();
  EXPECT_EQ(OnlyFailure(task).kind(), v1::FAILURE_KIND_INTERNAL);
}

TEST_F(RunTaskTest, ForksAnalyzersFromAWarmOne) {
  AnalyzerOptions options = Options();
  options.zygote = true;
  TaskRunner runner(options);
  const sandbox::StopRequest never;
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(runner.Run(TaskOf("normal.cc"), never)->findings(0).message(), EndsWith(" --jobs 1"));
    EXPECT_EQ(runner.Run(TaskOf("crash.cc"), never)->failures(0).kind(), v1::FAILURE_KIND_CRASHED);
  }
}

TEST_F(RunTaskTest, ALoneTaskMayUseAllCores) {
  AnalyzerOptions options = Options();
  options.cores = 4;
  const sandbox::StopRequest never;
  EXPECT_THAT(TaskRunner(options).Run(TaskOf("normal.cc"), never)->findings(0).message(), EndsWith(" --jobs 4"));
}

TEST_F(RunTaskTest, APairFailsOnBothSides) {
  v1::AnalysisTask task = TaskOf("crash.cc");
  task.set_at_base(false);
  task.mutable_unit()->mutable_base()->set_main_file("old.cc");
  const v1::TaskResult result = Run(task);
  ASSERT_EQ(result.failures_size(), 1);
  EXPECT_FALSE(result.failures(0).at_base());
  ASSERT_EQ(result.base().failures_size(), 1);
  EXPECT_TRUE(result.base().failures(0).at_base());
  EXPECT_EQ(result.base().failures(0).unit(), "old.cc");
  EXPECT_EQ(result.base().failures(0).kind(), v1::FAILURE_KIND_CRASHED);
}

TEST_F(RunTaskTest, KnowsTheSidesOfAPair) {
  v1::AnalysisTask task = TaskOf("normal.cc");
  task.set_at_base(false);
  task.mutable_unit()->mutable_base()->set_main_file("normal.cc");
  const v1::TaskResult result = Run(task);
  EXPECT_FALSE(result.failures(0).at_base());
  EXPECT_TRUE(result.base().failures(0).at_base());
  EXPECT_EQ(result.base().findings(0).message(), "base");
}

TEST_F(RunTaskTest, KeepsArtifactsForTheNextTask) {
  AnalyzerOptions options = Options();
  options.cache.folder = Folder();
  options.toolchain = [] { return "fingerprint"; };
  const sandbox::StopRequest never;
  const v1::TaskResult result = TaskRunner(options).Run(TaskOf("keep.cc"), never).value();
  EXPECT_THAT(result.findings(0).message(), HasSubstr(" --cache " + Folder() + "/p --toolchain fingerprint "));
  EXPECT_EQ(result.analyzer_build(), "fake-1 toolchain-fingerprint");
  const auto kept = cache::ReadArtifact(Folder() + "/p/kind/one");
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->view(), "one");
  EXPECT_FALSE(std::filesystem::exists(Folder() + "/climb"));
}

TEST(AnalyzerBuildTest, AsksTheProgram) {
  EXPECT_EQ(AnalyzerBuild(FAKE_ANALYZE).value(), "fake-1");
  EXPECT_THAT(std::string(AnalyzerBuild("/nowhere/analyze").status().message()),
              AllOf(HasSubstr("/nowhere/analyze"), HasSubstr("--analyze")));
  EXPECT_THAT(std::string(AnalyzerBuild("/bin/false").status().message()), HasSubstr("does not print a line"));
}

}  // namespace
}  // namespace mergegate::worker
