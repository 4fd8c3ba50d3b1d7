#include "server/config/server_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/status_matchers.h"

namespace mergegate::config {
namespace {

using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Problems as "line:column: message".
std::vector<std::string> ProblemsOf(const std::string& yaml) {
  std::vector<std::string> problems;
  for (const PolicyProblem& problem : ParseServerFile(yaml).problems) {
    problems.push_back(std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + problem.message);
  }
  return problems;
}

TEST(ServerFile, AGitHubApp) {
  const ServerFile file = ParseServerFile(
      "hosts:\n"
      "  - name: github\n"
      "    kind: github\n"
      "    app_id: 12345\n"
      "    private_key: file:/etc/mergegate/app.pem\n"
      "    webhook_secrets: [file:/etc/mergegate/hook, env:OLD_HOOK]\n");
  ASSERT_THAT(file.problems, IsEmpty());
  ASSERT_EQ(file.hosts.size(), 1u);
  const HostConfig& host = file.hosts[0];
  EXPECT_EQ(host.kind, HostKind::kGitHub);
  EXPECT_EQ(host.app_id, "12345");
  EXPECT_EQ(host.api_url, "https://api.github.com");
  EXPECT_EQ(host.git_url, "https://github.com");
  EXPECT_THAT(host.webhook_secrets, ElementsAre("file:/etc/mergegate/hook", "env:OLD_HOOK"));
  EXPECT_FALSE(host.run_drafts);
}

TEST(ServerFile, OwnServersHaveTheirInterfacesWhereTheVendorsPutThem) {
  const ServerFile file = ParseServerFile(
      "hosts:\n"
      "  - {name: lab, kind: gitlab, web_url: 'https://git.example.org/', token: env:LAB, webhook_secrets: "
      "[env:HOOK]}\n"
      "  - {name: ghes, kind: github, web_url: 'https://hub.example.org', webhook_secrets: [env:HOOK]}\n");
  ASSERT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(file.hosts[0].api_url, "https://git.example.org/api/v4");
  EXPECT_EQ(file.hosts[0].git_url, "https://git.example.org");
  EXPECT_EQ(file.hosts[1].api_url, "https://hub.example.org/api/v3");
}

TEST(ServerFile, ProblemsSayWhere) {
  EXPECT_THAT(ProblemsOf("hosts:\n  - {name: Git Hub, kind: gitbub, webhook_secrets: []}\n"),
              ElementsAre(HasSubstr("2:12: a host's name is part of URLs"), HasSubstr("2:27: "),
                          HasSubstr("2:52: must be a list of one secret")));
  EXPECT_THAT(ProblemsOf("hosts:\n  - {kind: github}\n"),
              ElementsAre("2:5: a host needs \"name\"", "2:5: a host needs \"webhook_secrets\""));
  EXPECT_THAT(ProblemsOf("hosts: {}\n"), ElementsAre(HasSubstr("1:8: hosts must be a list")));
  EXPECT_THAT(ProblemsOf("hots: []\n"), ElementsAre(HasSubstr("did you mean \"hosts\"?")));
  EXPECT_THAT(ProblemsOf("hosts:\n"
                         "  - {name: a, kind: github, app_id: 1, webhook_secrets: [env:A]}\n"
                         "  - {name: a, kind: gitlab, app_id: 1, webhook_secrets: [env:A]}\n"),
              ElementsAre(HasSubstr("2:5: a GitHub App needs both"), HasSubstr("3:5: \"app_id\" and"),
                          HasSubstr("3:5: there are two hosts named \"a\"")));
  EXPECT_THAT(ProblemsOf("hosts:\n  - {name: a, kind: github, api_url: 'ftp://x', webhook_secrets: [env:A]}\n"),
              ElementsAre(HasSubstr("2:38: must begin with https://")));
}

TEST(ServerFile, ASecretInTheFileIsRefusedAndNotRepeated) {
  for (const char* line : {"token: hunter2", "webhook_secrets: [hunter2]", "web_url: 'https://u:hunter2@x'"}) {
    const auto problems = ProblemsOf(std::string("hosts:\n  - name: a\n    kind: gitlab\n    ") + line + "\n");
    ASSERT_THAT(problems, Not(IsEmpty()));
    for (const std::string& problem : problems) EXPECT_THAT(problem, Not(HasSubstr("hunter2")));
  }
}

TEST(ServerFile, AnEmptyFileConfiguresNothing) {
  EXPECT_THAT(ParseServerFile("").problems, IsEmpty());
  EXPECT_THAT(ParseServerFile("hosts: []\n").hosts, IsEmpty());
}

TEST(ServerFile, LoadingNamesTheFile) {
  const std::string path = ::testing::TempDir() + "/server.yaml";
  std::ofstream(path) << "hosts: 3\n";
  EXPECT_THAT(LoadServerFile(path), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path + ":1:8: hosts must")));
  EXPECT_THAT(LoadServerFile("/nowhere.yaml"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere.yaml")));
}

}  // namespace
}  // namespace mergegate::config
