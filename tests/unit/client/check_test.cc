// `mergegate check` and the reading verbs against a small server in this process.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/client/fake_server.h"
#include "tests/unit/client/program_fixture.h"
#include "tests/unit/client/responses.h"

namespace mergegate::client {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class CheckTest : public ProgramTest {
 protected:
  int Check(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"check", "--server", server.address(), "--repo", repo(), "--project", "demo"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
  int Read(const std::string& verb, std::vector<std::string> more) {
    more.insert(more.begin(), {verb, "--server", server.address(), "--repo", repo(), "--project", "demo"});
    return Run(more);
  }
  FakeServer server;
};

TEST_F(CheckTest, ExitsWithTheVerdict) {
  server.verdict = PassResponse();
  EXPECT_EQ(Check({"--base", "HEAD~1"}), 0) << err.str();
  server.verdict = FailResponse();
  EXPECT_EQ(Check({"--base", "HEAD~1"}), 1);
  server.verdict = InconclusiveResponse();
  EXPECT_EQ(Check({"--base", "HEAD~1"}), 3);
}

TEST_F(CheckTest, JsonIsTheOnlyThingOnStandardOutput) {
  server.verdict = FailResponse();
  EXPECT_EQ(Check({"--base", "HEAD~1", "--format", "json"}), 1);
  EXPECT_EQ(json::parse(out.str())["verdict"], "fail");
}

TEST_F(CheckTest, CreatesTheProjectAndPushesWhatTheServerLacks) {
  server.verdict = PassResponse();
  ASSERT_EQ(Check({"--base", "HEAD~1"}), 0) << err.str();
  EXPECT_TRUE(server.projects.contains("projects/demo"));
  EXPECT_THAT(server.pushed.tips(), testing::UnorderedElementsAre(Resolve("HEAD"), Resolve("HEAD~1")));
  EXPECT_FALSE(server.pushed.shallow());
  // A receiver that knows nothing can index it: 2 commits, 2 trees, 2 blobs.
  std::ofstream(folder + "/all.pack", std::ios::binary) << server.pack;
  ASSERT_EQ(std::system(("git init -q --bare " + folder + "/mirror && git -C " + folder +
                         "/mirror index-pack --stdin < " + folder + "/all.pack > /dev/null && git -C " + folder +
                         "/mirror rev-list --objects " + Resolve("HEAD") + " | wc -l | grep -qx 6")
                            .c_str()),
            0);
}

TEST_F(CheckTest, PushesOnlyTheDifference) {
  server.verdict = PassResponse();
  server.projects = {"projects/demo"};
  server.commits = {Resolve("HEAD~1")};
  ASSERT_EQ(Check({"--base", "HEAD~1"}), 0) << err.str();
  EXPECT_THAT(server.pushed.tips(), testing::ElementsAre(Resolve("HEAD")));
  EXPECT_EQ(static_cast<unsigned char>(server.pack[11]), 3) << "one commit, one tree, one blob";
  server.pack.clear();
  ASSERT_EQ(Check({"--base", "HEAD~1"}), 0);
  EXPECT_TRUE(server.pack.empty()) << "nothing is lacking any more";
}

TEST_F(CheckTest, SendsPacksInChunksOfOneMebibyte) {
  std::string noise;  // does not compress
  unsigned state = 1;
  for (int i = 0; i < 3 << 20; ++i) noise += static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  Commit("noise.bin", noise);
  server.verdict = PassResponse();
  ASSERT_EQ(Check({"--base", "HEAD~1"}), 0) << err.str();
  EXPECT_EQ(server.largest_chunk, size_t{1} << 20);
  EXPECT_GT(server.pack.size(), size_t{3} << 20);
}

TEST_F(CheckTest, SendsCompileCommandsPolicyAndReports) {
  server.verdict = PassResponse();
  for (const char* name : {"cc.json", "policy.yaml", "head.sarif", "base.sarif", "cov.info"}) {
    std::ofstream(folder + "/" + name) << name;
  }
  ASSERT_EQ(
      Check({"--base", "HEAD~1", "--compile-commands", folder + "/cc.json", "--policy", folder + "/policy.yaml",
             "--sarif", folder + "/head.sarif", "--sarif", folder + "/cc.json", "--sarif-base", folder + "/base.sarif",
             "--coverage", folder + "/cov.info", "--change", "pr-7", "--request-id", "once"}),
      0)
      << err.str();
  const v1::SubmitChangeRequest& request = server.submitted.at(0);
  EXPECT_EQ(request.compile_commands(), "cc.json");
  EXPECT_EQ(request.policy(), "policy.yaml");
  ASSERT_EQ(request.reports_size(), 4);
  EXPECT_EQ(request.reports(3).coverage(), "cov.info");
  EXPECT_EQ(request.reports(3).sarif(), "");
  EXPECT_FALSE(request.reports(0).at_base());
  EXPECT_EQ(request.reports(2).name(), "base.sarif");
  EXPECT_TRUE(request.reports(2).at_base());
  EXPECT_EQ(request.change(), "pr-7");
  EXPECT_EQ(request.request_id(), "once");
  EXPECT_EQ(request.commits().base(), Resolve("HEAD~1"));
  EXPECT_EQ(request.commits().head(), Resolve("HEAD"));
  EXPECT_FALSE(request.caller_analyzes());
}

TEST_F(CheckTest, FindsCompileCommandsInTheWorkTreeAndSaysSo) {
  server.verdict = PassResponse();
  std::filesystem::create_directories(repo() + "/build-x");
  std::ofstream(repo() + "/build-x/compile_commands.json") << "[]";
  ASSERT_EQ(Check({"--base", "HEAD~1"}), 0);
  EXPECT_EQ(server.submitted.at(0).compile_commands(), "[]");
  EXPECT_THAT(err.str(), HasSubstr("build-x/compile_commands.json"));
}

TEST_F(CheckTest, GuessesTheBaseAndSaysSo) {
  Git("checkout -q -b topic");
  Commit("b.cc", "int c;\n");
  server.verdict = PassResponse();
  ASSERT_EQ(Check(), 0);
  EXPECT_EQ(server.submitted.at(0).commits().base(), Resolve("main"));
  EXPECT_THAT(err.str(), HasSubstr("base: main"));
}

TEST_F(CheckTest, AMissingBaseIsInconclusiveAndNotAnError) {
  EXPECT_EQ(Check({"--base", "origin/absent", "--format", "json"}), 3);
  const json verdict = json::parse(out.str());
  EXPECT_EQ(verdict["verdict"], "inconclusive");
  EXPECT_THAT(verdict["summary"].get<std::string>(), HasSubstr("origin/absent"));
  EXPECT_TRUE(server.submitted.empty());
}

TEST_F(CheckTest, ABaseThatOnlyTheServerCanKnowIsLeftToIt) {
  server.verdict = InconclusiveResponse();
  const std::string absent(40, 'e');
  EXPECT_EQ(Check({"--base", absent}), 3);
  EXPECT_EQ(server.submitted.at(0).commits().base(), absent);
}

TEST_F(CheckTest, NoWaitIsPending) {
  EXPECT_EQ(Check({"--base", "HEAD~1", "--no-wait", "--format", "json"}), 8);
  EXPECT_EQ(json::parse(out.str())["verdict"], "pending");
  EXPECT_THAT(err.str(), HasSubstr("projects/demo/runs/r1"));
  EXPECT_EQ(server.streams, 0);
}

TEST_F(CheckTest, ATimeoutIsPendingToo) {
  server.never_decides = true;
  EXPECT_EQ(Check({"--base", "HEAD~1", "--timeout", "1", "--format", "sarif"}), 8);
  EXPECT_EQ(out.str(), "") << "an empty report would read as: no findings";
}

TEST_F(CheckTest, ReconnectsWhenTheStreamBreaks) {
  server.verdict = PassResponse();
  server.drop_streams = 2;
  EXPECT_EQ(Check({"--base", "HEAD~1"}), 0);
  EXPECT_EQ(server.streams, 3);
  EXPECT_THAT(err.str(), HasSubstr("trying again"));
}

TEST_F(CheckTest, WantsATokenAndShowsTheServersHint) {
  server.token = "s3cret";
  EXPECT_EQ(Check({"--base", "HEAD~1"}), 4);
  EXPECT_THAT(err.str(), HasSubstr("a valid token is needed"));
  EXPECT_THAT(err.str(), HasSubstr("hint: the token is in the server's data folder"));
  variables["MERGEGATE_TOKEN"] = "s3cret";
  server.verdict = PassResponse();
  EXPECT_EQ(Check({"--base", "HEAD~1"}), 0) << err.str();
}

TEST_F(CheckTest, AnAbsentServerIsInconclusiveAndSaysWhatToDo) {
  EXPECT_EQ(Run({"check", "--server", "unix:" + folder + "/nobody", "--repo", repo(), "--base", "HEAD~1"}), 3);
  EXPECT_THAT(err.str(), HasSubstr("--local"));
  EXPECT_EQ(out.str(), "");
}

TEST_F(CheckTest, OutputGoesToTheFileAndTextToPeople) {
  server.verdict = FailResponse();
  EXPECT_EQ(Check({"--base", "HEAD~1", "--format", "sarif", "--output", folder + "/out.sarif"}), 1);
  std::ifstream file(folder + "/out.sarif");
  EXPECT_EQ(json::parse(file)["version"], "2.1.0");
  EXPECT_THAT(out.str(), testing::StartsWith("FAIL"));
}

TEST_F(CheckTest, ReadingVerbsRememberTheLastRun) {
  server.verdict = FailResponse();
  ASSERT_EQ(Check({"--base", "HEAD~1"}), 1);
  EXPECT_EQ(Read("show", {"last"}), 1);
  EXPECT_THAT(out.str(), testing::StartsWith("FAIL"));
  EXPECT_EQ(Read("explain", {}), 0);
  EXPECT_THAT(out.str(), HasSubstr("   71.23  Q"));
  EXPECT_EQ(Read("replay", {"r1"}), 1);
  EXPECT_THAT(out.str(), HasSubstr("DIFFERENT"));
  EXPECT_EQ(Read("findings", {"--state", "new,fixed"}), 0);
  EXPECT_THAT(out.str(), testing::StartsWith("new\tmajor\tsrc/a b.cc:12:7\t"));
  EXPECT_THAT(out.str(), HasSubstr("\nfixed\tminor\t"));
  EXPECT_THAT(out.str(), Not(HasSubstr("caused\t")));
}

TEST_F(CheckTest, LocalNeedsTheServerProgramBesideIt) {
  EXPECT_EQ(Run({"check", "--local", "--repo", repo(), "--base", "HEAD~1"}), 3);
  EXPECT_THAT(err.str(), HasSubstr("/bin/mergegated is not there"));
}

TEST_F(CheckTest, LocalShowsWhyTheEmbeddedServerDied) {
  std::filesystem::create_directories(folder + "/bin");
  std::ofstream(folder + "/bin/mergegated") << "#!/bin/sh\necho 'store is locked' >&2\nexit 7\n";
  std::filesystem::permissions(folder + "/bin/mergegated", std::filesystem::perms::owner_all);
  EXPECT_EQ(Run({"check", "--local", "--repo", repo(), "--base", "HEAD~1"}), 3);
  EXPECT_THAT(err.str(), HasSubstr("store is locked"));
}

TEST_F(CheckTest, HereReportsAWorkerThatFails) {
  std::filesystem::create_directories(folder + "/bin");
  std::ofstream(folder + "/bin/mergegate-worker") << "#!/bin/sh\necho \"no $4\" >&2\nexit 5\n";
  std::filesystem::permissions(folder + "/bin/mergegate-worker", std::filesystem::perms::owner_all);
  server.never_decides = true;
  EXPECT_EQ(Check({"--base", "HEAD~1", "--here"}), 3);
  EXPECT_TRUE(server.submitted.at(0).caller_analyzes());
  EXPECT_THAT(err.str(), HasSubstr("no projects/demo/runs/r1")) << "the fourth argument is the run";
}

TEST_F(CheckTest, OutsideARepositoryItSaysSo) {
  EXPECT_EQ(Run({"check", "--repo", "/proc"}), 2);
  EXPECT_THAT(err.str(), HasSubstr("no git repository"));
}

}  // namespace
}  // namespace mergegate::client
