// A repository, an environment of its own and captured streams: what a verb needs to run in a test.
#ifndef MERGEGATE_TESTS_UNIT_CLIENT_PROGRAM_FIXTURE_H_
#define MERGEGATE_TESTS_UNIT_CLIENT_PROGRAM_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/program.h"
#include "client/git/local_repository.h"

namespace mergegate::client {

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    char pattern[] = "/tmp/mergegate-test-XXXXXX";
    folder = mkdtemp(pattern);
    std::filesystem::create_directories(repo());
    Git("init -q -b main");
    Commit("a.cc", "int a;\n");
    Commit("a.cc", "int a;\nint b;\n");
    variables = {{"HOME", folder}, {"XDG_CONFIG_HOME", folder + "/config"}, {"XDG_STATE_HOME", folder + "/state"}};
  }
  ~ProgramTest() override { std::filesystem::remove_all(folder); }

  std::string repo() const { return folder + "/repo"; }

  void Git(const std::string& arguments) const {
    const std::string command = "git -C " + repo() + " -c user.name=t -c user.email=t@example.com " + arguments;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  void Commit(const std::string& file, const std::string& text) const {
    std::ofstream(repo() + "/" + file) << text;
    Git("add " + file);
    Git("commit -q -m change");
  }

  std::string Resolve(const std::string& revision) const {
    return LocalRepository::Open(repo())->ResolveCommit(revision).value();
  }

  int Run(std::vector<std::string> arguments) {
    out.str("");
    err.str("");
    Environment env{.out = out,
                    .err = err,
                    .variable = [this](const std::string& name) -> std::optional<std::string> {
                      const auto it = variables.find(name);
                      if (it == variables.end()) return std::nullopt;
                      return it->second;
                    },
                    .terminal = {},
                    .program_dir = folder + "/bin"};
    return RunProgram(arguments, env);
  }

  std::string folder;
  std::map<std::string, std::string> variables;
  std::ostringstream out;
  std::ostringstream err;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_TESTS_UNIT_CLIENT_PROGRAM_FIXTURE_H_
