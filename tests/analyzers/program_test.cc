// mergegate-analyze as its caller sees it: frames on pipes, isolation, and an end in every case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "analyzers/worker/sandbox/child.h"
#include "analyzers/worker/sandbox/frame.h"
#include "mergegate/v1/analysis.pb.h"
#include "tests/support/test_repo.h"

namespace mergegate::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

v1::AnalysisTask UnitTask(const CommitId& commit) {
  v1::AnalysisTask task;
  task.set_commit(commit.value());
  task.mutable_limits()->set_max_findings(100);
  v1::UnitTask& unit = *task.mutable_unit();
  unit.set_main_file("a.cc");
  unit.set_directory("/src");
  unit.set_config_commit(commit.value());
  unit.set_checks("-*,bugprone-suspicious-semicolon");
  unit.add_analyzers("clang-tidy");
  unit.add_arguments("-std=c++20");
  return task;
}

sandbox::ChildResult RunProgram(std::vector<std::string> arguments, std::string_view input) {
  arguments.insert(arguments.begin(), MERGEGATE_ANALYZE);
  sandbox::StopRequest stop;
  sandbox::ChildRequest request;
  request.argv = std::move(arguments);
  request.input = input;
  request.limits.wall = std::chrono::seconds(120);
  return sandbox::RunChild(request, &stop);
}

v1::TaskResult Answer(const sandbox::ChildResult& child) {
  v1::AnalyzerAnswer answer;
  const auto payload = sandbox::ParseFrame(child.output);
  EXPECT_TRUE(payload.has_value()) << child.error_tail;
  EXPECT_TRUE(payload && answer.ParseFromArray(payload->data(), static_cast<int>(payload->size())));
  return answer.result();
}

v1::TaskResult Ask(const TestRepo& repo, const v1::AnalysisTask& task, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"--repository", repo.path()});
  const sandbox::ChildResult child = RunProgram(more, sandbox::MakeFrame(task.SerializeAsString()));
  EXPECT_EQ(child.outcome, sandbox::ChildOutcome::kExited) << child.error_tail;
  EXPECT_EQ(child.exit_code, 0) << child.error_tail;
  return Answer(child);
}

TEST(AnalyzeProgram, AnswersOneTaskWithOneFrame) {
  TestRepo repo;
  const CommitId commit = repo.Commit({{"a.cc", "#include <vector>\nvoid f(int x) {\n  if (x);\n}\n"}});
  const v1::TaskResult result = Ask(repo, UnitTask(commit));
  ASSERT_EQ(result.findings_size(), 1);
  EXPECT_EQ(result.findings(0).check(), "bugprone-suspicious-semicolon");
  EXPECT_EQ(result.findings(0).severity(), v1::SEVERITY_MAJOR);
  EXPECT_EQ(result.findings(0).line(), 3);
  EXPECT_EQ(result.findings(0).column(), 9);
  EXPECT_EQ(result.findings(0).line_text(), "if (x);");
  EXPECT_EQ(result.failures_size(), 0) << result.failures(0).message();
  EXPECT_GT(result.cost().peak_memory_kib(), 0);
  EXPECT_THAT(result.analyzer_build(), StartsWith("mergegate-"));
}

TEST(AnalyzeProgram, FindsTheSameInAndOutOfTheSandbox) {
  TestRepo repo;
  const CommitId commit = repo.Commit({{"a.cc", "#include <string>\nvoid f(int x) {\n  if (x);\n}\n"}});
  v1::TaskResult inside = Ask(repo, UnitTask(commit)), outside = Ask(repo, UnitTask(commit), {"--no-sandbox"});
  EXPECT_THAT(outside.sandbox().missing(), HasSubstr("--no-sandbox"));
  for (v1::TaskResult* result : {&inside, &outside}) {
    result->clear_sandbox();
    result->clear_cost();
  }
  EXPECT_EQ(inside.SerializeAsString(), outside.SerializeAsString());
}

TEST(AnalyzeProgram, RefusesWithoutTheSandboxThatPolicyDemands) {
  TestRepo repo;
  v1::AnalysisTask task = UnitTask(repo.Commit({{"a.cc", "int a;\n"}}));
  task.set_require_sandbox(true);
  const v1::TaskResult result = Ask(repo, task, {"--no-sandbox"});
  ASSERT_EQ(result.failures_size(), 1);
  EXPECT_EQ(result.failures(0).kind(), v1::FAILURE_KIND_NO_SANDBOX);
  EXPECT_THAT(result.findings(), IsEmpty());
  EXPECT_THAT(result.inputs(), IsEmpty());
}

TEST(AnalyzeProgram, ReadsObjectsOfAlternatesInsideTheSandbox) {
  TestRepo lender, borrower;
  const CommitId commit = lender.Commit({{"a.cc", "void f(int x) {\n  if (x);\n}\n"}});
  std::ofstream(borrower.objects() + "/info/alternates") << lender.objects() << "\n";
  EXPECT_EQ(Ask(borrower, UnitTask(commit)).findings_size(), 1);
}

TEST(AnalyzeProgram, IgnoresGitConfiguration) {
  TestRepo repo;
  const CommitId commit = repo.Commit({{"a.cc", "int a;\n"}});
  std::ofstream(repo.path() + "/config") << "[core\nthis is not a configuration";
  EXPECT_EQ(Ask(repo, UnitTask(commit)).failures_size(), 0);
}

TEST(AnalyzeProgram, SaysWhichCommitIsMissing) {
  TestRepo repo;
  repo.Commit({{"a.cc", "int a;\n"}});
  const std::string missing(40, 'd');
  const v1::TaskResult result = Ask(repo, UnitTask(CommitId(missing)));
  ASSERT_EQ(result.failures_size(), 1);
  EXPECT_EQ(result.failures(0).kind(), v1::FAILURE_KIND_INTERNAL);
  EXPECT_THAT(result.failures(0).message(), HasSubstr("commit " + missing + " is not in " + repo.path()));
}

TEST(AnalyzeProgram, CutsFindingsAtTheLimitAndSaysSo) {
  TestRepo repo;
  std::string text = "void f(int x) {\n";
  for (int i = 0; i < 20; ++i) text += "  if (x);\n";
  v1::AnalysisTask task = UnitTask(repo.Commit({{"a.cc", text + "}\n"}}));
  task.mutable_limits()->set_max_findings(7);
  const v1::TaskResult result = Ask(repo, task);
  EXPECT_EQ(result.findings_size(), 7);
  ASSERT_EQ(result.failures_size(), 1);
  EXPECT_EQ(result.failures(0).kind(), v1::FAILURE_KIND_OUTPUT_LIMIT);
  EXPECT_EQ(result.failures(0).message(), "kept 7 of 20 findings: raise the limit or narrow the checks");
}

TEST(AnalyzeProgram, RefusesWhatIsNoFrame) {
  TestRepo repo;
  for (const std::string& input : {std::string(), std::string("\xff\xff\xff\xff"), sandbox::MakeFrame("\x08")}) {
    const sandbox::ChildResult child = RunProgram({"--repository", repo.path()}, input);
    EXPECT_EQ(child.exit_code, 2);
    EXPECT_THAT(child.output, IsEmpty());
    EXPECT_THAT(child.error_tail, HasSubstr("no AnalysisTask frame"));
  }
}

TEST(AnalyzeProgram, ExplainsAWrongCommandLine) {
  EXPECT_THAT(RunProgram({}, "").error_tail, HasSubstr("--repository is missing"));
  EXPECT_THAT(RunProgram({"--colour", "red"}, "").error_tail, HasSubstr("unknown argument \"--colour\""));
}

TEST(AnalyzeProgram, DescribesItsChecks) {
  const sandbox::ChildResult child = RunProgram({"--describe"}, "");
  EXPECT_THAT(child.output, HasSubstr("\"static-analyzer\""));
  EXPECT_THAT(child.output,
              HasSubstr("\"https://clang.llvm.org/extra/clang-tidy/checks/bugprone/use-after-move.html\""));
  EXPECT_THAT(child.output,
              HasSubstr("\"https://clang.llvm.org/extra/clang-tidy/checks/clang-analyzer/core.NullDereference.html\""));
}

TEST(AnalyzeProgram, NamesItsBuildInOneLine) {
  const std::string id = RunProgram({"--build-id"}, "").output;
  EXPECT_THAT(id, ::testing::MatchesRegex("mergegate-[0-9.]+ clang-22\\.[0-9.]+ [0-9a-f]{16,}\n"));
}

// Hostile nesting: the process may die, but it ends, and an answer, if there is one, is whole.
class Hostile : public ::testing::TestWithParam<std::pair<const char*, std::string>> {};

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_P(Hostile, Ends) {
  TestRepo repo;
  const CommitId commit = repo.Commit({{"a.cc", GetParam().second}});
  const sandbox::ChildResult child =
      RunProgram({"--repository", repo.path()}, sandbox::MakeFrame(UnitTask(commit).SerializeAsString()));
  if (child.outcome == sandbox::ChildOutcome::kExited && child.exit_code == 0) {
    EXPECT_GT(Answer(child).failures_size(), 0);
  } else {
    EXPECT_TRUE(child.outcome == sandbox::ChildOutcome::kSignalled ||
                child.outcome == sandbox::ChildOutcome::kOutOfMemory || child.outcome == sandbox::ChildOutcome::kExited)
        << child.error_tail;
    EXPECT_THAT(child.output, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    AnalyzeProgram, Hostile,
    ::testing::Values(std::pair("parentheses", "int a = " + Repeat("(", 100000) + "1" + Repeat(")", 100000) + ";\n"),
                      std::pair("additions", "int b = x" + Repeat("+1", 200000) + ";\n"),
                      std::pair("includes", "#include \"a.cc\"\n"),
                      std::pair("macros", std::string("#define A B B B B B B B B\n#define B C C C C C C C C\n"
                                                      "#define C D D D D D D D D\n#define D undeclared;\nint A\n"))),
    [](const auto& named) { return named.param.first; });

}  // namespace
}  // namespace mergegate::testing
