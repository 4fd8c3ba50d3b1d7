// Where settings come from, what addresses are accepted, and what the program prints about itself.
#include "client/cli/settings.h"

#include <gmock/gmock.h>

#include <chrono>
#include <regex>

#include "client/cli/exit_code.h"
#include "client/cli/pager.h"
#include "client/cli/progress.h"
#include "tests/unit/client/program_fixture.h"

namespace mergegate::client {
namespace {

using testing::HasSubstr;

class SettingsTest : public ProgramTest {
 protected:
  absl::StatusOr<Settings> Resolve(const ConnectionFlags& flags) {
    return ResolveSettings(flags, [this](const std::string& name) -> std::optional<std::string> {
      const auto it = variables.find(name);
      if (it == variables.end()) return std::nullopt;
      return it->second;
    });
  }
  std::string WriteConfig(const std::string& name, const std::string& text, int mode) {
    std::filesystem::create_directories(folder + "/config/mergegate");
    const std::string path = folder + "/config/mergegate/" + name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
    return path;
  }
};

TEST_F(SettingsTest, FlagsThenEnvironmentThenFileThenDefault) {
  EXPECT_EQ(Resolve({})->server, "127.0.0.1:7480");
  WriteConfig("config", "server = \"file:1\"\nproject = \"from-file\"\n", 0644);
  EXPECT_EQ(Resolve({})->server, "file:1");
  variables["MERGEGATE_SERVER"] = "env:1";
  EXPECT_EQ(Resolve({})->server, "env:1");
  ConnectionFlags flags;
  flags.server = "flag:1";
  EXPECT_EQ(Resolve(flags)->server, "flag:1");
  EXPECT_EQ(Resolve(flags)->project, "from-file");
}

TEST_F(SettingsTest, AnUnknownKeyIsAnErrorThatNamesTheFile) {
  const std::string path = WriteConfig("config", "servre = \"x:1\"\n", 0644);
  EXPECT_THAT(std::string(Resolve({}).status().message()), HasSubstr(path + ": unknown key \"servre\""));
}

TEST_F(SettingsTest, ACertificateOfOnesOwnNeedsItsKey) {
  variables["MERGEGATE_TLS_CERT"] = "client.pem";
  EXPECT_THAT(std::string(Resolve({}).status().message()), HasSubstr("both --tls-cert and --tls-key"));
  WriteConfig("config", "tls_key = \"client.key\"\n", 0644);
  EXPECT_EQ(Resolve({})->tls_cert, "client.pem");
  EXPECT_EQ(Resolve({})->tls_key, "client.key");
}

TEST_F(SettingsTest, ATokenThatOthersCanReadIsRefused) {
  const std::string path = WriteConfig("token", "abc\n", 0644);
  EXPECT_THAT(std::string(Resolve({}).status().message()), HasSubstr("run: chmod 600 " + path));
  WriteConfig("token", " abc\n", 0600);
  EXPECT_EQ(Resolve({})->token, "abc");
  variables["MERGEGATE_TOKEN"] = "env";
  EXPECT_EQ(Resolve({})->token, "env");
  variables["MERGEGATE_TOKEN"] = "two\nlines";
  const auto bad = Resolve({});
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(std::string(bad.status().message()), testing::Not(HasSubstr("lines")));
}

TEST(Endpoint, PlaintextStaysOnThisMachine) {
  for (const char* address : {"127.0.0.1:7480", "localhost:1", "[::1]:1", "unix:/tmp/s", "http://127.0.0.1:80"}) {
    ASSERT_TRUE(ParseEndpoint(address).ok()) << address;
    EXPECT_FALSE(ParseEndpoint(address)->tls) << address;
  }
  for (const char* address : {"https://gate.example.com", "tls:10.0.0.1:7480", "gate.example.com:7480",
                              "127.0.0.1.example.com:1", "https://localhost:1"}) {
    ASSERT_TRUE(ParseEndpoint(address).ok()) << address;
    EXPECT_TRUE(ParseEndpoint(address)->tls) << address;
  }
  EXPECT_EQ(ParseEndpoint("https://gate.example.com/")->target, "gate.example.com:443");
  for (const char* address : {"http://gate.example.com:80", "", "unix:", "localhost", "https://a/b", "u@h:1"}) {
    EXPECT_FALSE(ParseEndpoint(address).ok()) << address;
  }
}

TEST(ProjectId, IsMadeOfAnything) {
  EXPECT_EQ(ProjectIdFrom("git@host.example:Group/My Repo.git"), "my-repo");
  EXPECT_EQ(ProjectIdFrom("https://host.example/g/leveldb/"), "leveldb");
  EXPECT_EQ(ProjectIdFrom("/home/me/.dotfiles"), "dotfiles");
  EXPECT_EQ(ProjectIdFrom("/srv/repo/.git"), "repo");
  EXPECT_EQ(ProjectIdFrom("漢字"), "project");
  EXPECT_EQ(ProjectIdFrom(std::string(100, 'x')).size(), 63u);
}

TEST(ExitCodes, OneForEachKindOfEnd) {
  EXPECT_EQ(ExitCodeFor(absl::UnauthenticatedError("")), 4);
  EXPECT_EQ(ExitCodeFor(absl::PermissionDeniedError("")), 4);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), 3);
  EXPECT_EQ(ExitCodeFor(absl::NotFoundError("")), 2);
  EXPECT_EQ(ExitCodeFor(absl::DeadlineExceededError("")), 8);
  EXPECT_EQ(ExitCodeFor(absl::CancelledError("")), 130);
  EXPECT_EQ(ExitCodeFor(static_cast<v1::VerdictState>(99)), 3) << "a newer server's word is never a pass";
}

TEST_F(SettingsTest, TheProgramExplainsItself) {
  EXPECT_EQ(Run({"chekc"}), 2);
  EXPECT_THAT(err.str(), HasSubstr("did you mean \"check\"?"));
  EXPECT_EQ(Run({"check", "--format", "yaml"}), 2);
  EXPECT_THAT(err.str(), HasSubstr("mergegate check --help"));
  EXPECT_EQ(Run({"check", "--local", "--here"}), 2);
  EXPECT_EQ(Run({"help", "exit-codes"}), 0);
  for (const ExitCodeRow& row : kExitCodes) EXPECT_THAT(out.str(), HasSubstr(std::string(row.meaning)));
  EXPECT_EQ(Run({"policy", "show", "--help"}), 0);
  EXPECT_THAT(out.str(), HasSubstr("--commit"));
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_THAT(out.str(), HasSubstr("mergegate.v1"));
  EXPECT_EQ(Run({}), 2);
}

TEST_F(SettingsTest, CompletionsKnowEveryVerbAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    ASSERT_EQ(Run({"completion", shell}), 0);
    const std::string script = out.str();
    Environment env{.out = out, .err = err, .variable = {}, .terminal = {}, .program_dir = ""};
    const auto program = MakeProgram(env);
    for (const CLI::App* verb : program->get_subcommands([](const CLI::App*) { return true; })) {
      EXPECT_THAT(script, HasSubstr(verb->get_name())) << shell;
      for (const CLI::Option* option : verb->get_options()) {
        for (const std::string& name : option->get_lnames()) EXPECT_THAT(script, HasSubstr(name)) << shell;
      }
    }
    EXPECT_THAT(script, HasSubstr("codeclimate")) << shell << " knows the values of --format";
  }
}

// CLI11 lists what an option excludes in the order of addresses.
std::string WithoutExclusions(const std::string& page) {
  return std::regex_replace(page, std::regex(" Excludes:[^\\n]*"), "");
}

TEST_F(SettingsTest, AVerbAloneIsWhatItIsAmongAll) {
  Environment env{.out = out, .err = err, .variable = {}, .terminal = {}, .program_dir = ""};
  const auto all = [](const CLI::App& program) {
    return program.get_subcommands([](const CLI::App*) { return true; });
  };
  const auto program = MakeProgram(env);
  ASSERT_GT(all(*program).size(), 30);
  for (const CLI::App* verb : all(*program)) {
    const auto alone = MakeProgram(env, verb->get_name());
    ASSERT_EQ(all(*alone).size(), 1) << verb->get_name();
    EXPECT_EQ(all(*alone).front()->get_name(), verb->get_name());
    const std::string page = WithoutExclusions(verb->help());
    EXPECT_EQ(WithoutExclusions(all(*alone).front()->help()), page);
    for (const auto& command :
         std::vector<std::vector<std::string>>{{"help", verb->get_name()}, {verb->get_name(), "--help"}}) {
      EXPECT_EQ(Run(command), 0);
      EXPECT_EQ(WithoutExclusions(out.str()), page);
    }
  }
}

TEST_F(SettingsTest, BashCompletionWorksInBash) {
  ASSERT_EQ(Run({"completion", "bash"}), 0);
  std::ofstream(folder + "/completion.bash") << out.str();
  const auto complete = [&](const std::string& words, int index) {
    const std::string command = "bash -c 'source " + folder + "/completion.bash; COMP_WORDS=(" + words +
                                "); COMP_CWORD=" + std::to_string(index) +
                                "; _mergegate; echo \"${COMPREPLY[*]}\"' > " + folder + "/reply";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream file(folder + "/reply");
    std::string reply;
    std::getline(file, reply);
    return reply;
  };
  EXPECT_EQ(complete("mergegate che", 1), "check");
  EXPECT_EQ(complete("mergegate check --form", 2), "--format");
  EXPECT_EQ(complete("mergegate check --format sa", 3), "sarif");
  EXPECT_EQ(complete("mergegate policy val", 2), "validate");
}

TEST(Color, FlagThenVariablesThenTerminal) {
  std::map<std::string, std::string> set = {{"TERM", "xterm"}};
  const VariableLookup variable = [&](const std::string& name) -> std::optional<std::string> {
    const auto it = set.find(name);
    if (it == set.end()) return std::nullopt;
    return it->second;
  };
  EXPECT_TRUE(UseColor(ColorMode::kAuto, true, variable));
  EXPECT_FALSE(UseColor(ColorMode::kAuto, false, variable));
  set["CLICOLOR_FORCE"] = "1";
  EXPECT_TRUE(UseColor(ColorMode::kAuto, false, variable));
  set["NO_COLOR"] = "1";
  EXPECT_FALSE(UseColor(ColorMode::kAuto, true, variable));
  EXPECT_TRUE(UseColor(ColorMode::kAlways, false, variable));
  set = {{"TERM", "dumb"}};
  EXPECT_FALSE(UseColor(ColorMode::kAuto, true, variable));
}

TEST(ProgressTest, PlainLinesAreSparse) {
  std::ostringstream stream;
  std::chrono::steady_clock::time_point now;
  Progress progress(stream, /*redraw=*/false, 80, [&] { return now; });
  for (long done = 0; done <= 20; ++done) {
    progress.Update({.stage = "analysis", .done = done, .total = 20});
    now += std::chrono::seconds(1);
  }
  progress.Update({.stage = "gate"});
  EXPECT_EQ(stream.str(),
            "analysis [>                   ] 0/20\nanalysis [==========>         ] 10/20\n"
            "analysis [====================] 20/20\ngate\n");
}

TEST(ProgressTest, ALineOnATerminalIsClearedAtTheEnd) {
  std::ostringstream stream;
  {
    Progress progress(stream, /*redraw=*/true, 30, [] { return std::chrono::steady_clock::time_point(); });
    progress.Update({.stage = "an\x1b[2J", .done = 1, .total = 4, .from_cache = 1, .seconds_left = 100});
  }
  EXPECT_THAT(stream.str(), testing::EndsWith("\r\x1b[K"));
  EXPECT_THAT(stream.str(), testing::Not(HasSubstr("\x1b[2J")));
  EXPECT_EQ(ProgressLine({.stage = "analysis", .done = 1, .total = 4, .from_cache = 1, .seconds_left = 100}, 120),
            "analysis [=====>              ] 1/4, 1 from cache, 2 min left");
}

TEST(Pager, OnlyForLongTextOnATerminal) {
  std::ostringstream stream;
  Environment env{.out = stream,
                  .err = stream,
                  .variable = [](const std::string& name) -> std::optional<std::string> {
                    if (name == "PAGER") return "less";
                    return std::nullopt;
                  },
                  .terminal = {.out_is_tty = true},
                  .program_dir = ""};
  EXPECT_EQ(PagerFor("one line\n", env), "");
  EXPECT_EQ(PagerFor(std::string(100, '\n'), env), "less");
  env.terminal.out_is_tty = false;
  EXPECT_EQ(PagerFor(std::string(100, '\n'), env), "");
}

}  // namespace
}  // namespace mergegate::client
