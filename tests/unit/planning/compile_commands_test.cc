#include "server/planning/compile_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/map_tree.h"
#include "tests/support/status_matchers.h"

namespace mergegate::planning {
namespace {

using ::mergegate::testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

MapTree Leveldb() {
  return MapTree({{"db/db.cc", "#include \"leveldb/db.h\"\n"},
                  {"db/log.cc", "#include \"db/log.h\"\n#include <string.h>\n"},
                  {"db/log.h", ""},
                  {"db/c.c", "#include \"nowhere.h\"\n"},
                  {"include/leveldb/db.h", "#include \"leveldb/export.h\"\n"},
                  {"include/leveldb/export.h", ""},
                  {"util/string.h", ""}});
}

absl::StatusOr<CompileCommands> Parse(const std::string& json) {
  static const MapTree* const tree = new MapTree(Leveldb());
  return ParseCompileCommands(json, *tree, CommandSource::kGiven);
}

TEST(ParseCompileCommandsTest, CommandIsUnquotedAsAShellDoesButExpandsNothing) {
  const auto commands = Parse(R"([{"directory": "/b/leveldb/build", "file": "/b/leveldb/db/db.cc",
      "command": "c++ '-DA=x y' -DB=\\\"q\\\" \"-DC=$HOME\\$\" -DD=\\ `id` -I../include -c ../db/db.cc"}])");
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(commands->source_root, "/b/leveldb");
  const CompileCommand& command = commands->by_file.at("db/db.cc");
  EXPECT_THAT(command.arguments, ElementsAre("-DA=x y", "-DB=\"q\"", "-DC=$HOME$", "-DD= `id`", "-I/src/include"));
  EXPECT_EQ(command.source, CommandSource::kGiven);
  EXPECT_EQ(command.confidence, 1);
  EXPECT_EQ(command.directory, "/src/build");
}

TEST(ParseCompileCommandsTest, ArgumentsWinOverCommandAndTheFirstEntryOverLaterOnes) {
  const auto commands = Parse(R"([
      {"directory": "/r/db", "file": "db.cc", "arguments": ["cc", "-DFIRST"], "command": "cc -DNO"},
      {"directory": "/r/db", "file": "db.cc", "arguments": ["cc", "-DSECOND"]}])");
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_THAT(commands->by_file.at("db/db.cc").arguments, ElementsAre("-DFIRST"));
  EXPECT_THAT(commands->warnings, ElementsAre(HasSubstr("entry 1: db/db.cc has an earlier entry")));
}

TEST(ParseCompileCommandsTest, TheRootIsWhatMostFilesAgreeOn) {
  const auto commands = Parse(R"([
      {"directory": "/r", "file": "/r/_deps/x/db/db.cc", "command": "cc"},
      {"directory": "/r", "file": "/r/db/db.cc", "command": "cc"},
      {"directory": "/r", "file": "/r/db/log.cc", "command": "cc"}])");
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(commands->source_root, "/r");
  EXPECT_THAT(commands->by_file, SizeIs(2));
  EXPECT_THAT(commands->warnings, ElementsAre(HasSubstr("entry 0: /r/_deps/x/db/db.cc is not in the repository")));
}

TEST(ParseCompileCommandsTest, WarningsAreBounded) {
  std::string json = "[";
  for (int i = 0; i < 50; ++i) {
    json += R"({"directory":"/r","file":"/r/gone)" + std::to_string(i) + R"(.cc","command":"cc"},)";
  }
  json.back() = ']';
  const auto commands = Parse(json);
  ASSERT_TRUE(commands.ok());
  EXPECT_THAT(commands->by_file, IsEmpty());
  EXPECT_THAT(commands->warnings, SizeIs(20));
  EXPECT_EQ(commands->warnings.back(), "and 32 more");
}

struct BadCase {
  std::string json, message;
};
class BadCompileCommandsTest : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadCompileCommandsTest, SaysWhere) {
  EXPECT_THAT(Parse(GetParam().json), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    Texts, BadCompileCommandsTest,
    ::testing::Values(BadCase{"", "byte"}, BadCase{"{}", "an array of entries was expected"},
                      BadCase{"7", "an array of entries was expected"}, BadCase{"[3]", "entry 0: an object"},
                      BadCase{"[{}]", "entry 0: \"file\" is missing"},
                      BadCase{R"([{"file":"a","command":"c"}])", "entry 0: \"directory\" is missing"},
                      BadCase{R"([{"file":"a","directory":"/"}])", "entry 0: neither"},
                      BadCase{R"([{"file":"a","directory":"/","command":"c"},{"file":3}])", "entry 1: \"file\""},
                      BadCase{R"([{"file":"a","directory":"/","command":"c '"}])", "entry 0: \"command\" has an open"},
                      BadCase{R"([{"file":"a","arguments":["c",4]}])", "entry 0: \"arguments\" must hold strings"},
                      BadCase{R"([{"file":"a","arguments":"c"}])", "entry 0: \"arguments\""},
                      BadCase{R"([{"file":"a",)", "entry 0: not valid JSON"}, BadCase{"[\"\xff\"]", "not valid JSON"},
                      BadCase{R"([{"x":)" + std::string(100, '[') + std::string(100, ']') + "}]", "nested deeper"},
                      BadCase{std::string(100'000, '['), "array"}));

TEST(CommandSetTest, GivenThenEarlierThenTree) {
  MapTree tree = Leveldb();
  tree.Write("build/compile_commands.json",
             R"([{"directory": "/src", "file": "db/log.cc", "command": "cc -DTREE"},
                 {"directory": "/src", "file": "db/db.cc", "command": "cc -DTREE"}])");
  auto given = ParseCompileCommands(R"([{"directory": "/x", "file": "/x/db/db.cc", "command": "cc -DGIVEN"}])", tree,
                                    CommandSource::kGiven);
  auto earlier = ParseCompileCommands(
      R"([{"directory": "/x", "file": "/x/db/db.cc", "command": "cc -DEARLIER"},
          {"directory": "/x", "file": "/x/db/c.c", "command": "cc -DEARLIER"}])",
      tree, CommandSource::kEarlier);
  ASSERT_TRUE(given.ok() && earlier.ok());
  const CommandSet commands(tree, *given, *earlier);
  EXPECT_THAT(commands.For("db/db.cc").arguments, ElementsAre("-DGIVEN"));
  EXPECT_EQ(commands.For("db/c.c").source, CommandSource::kEarlier);
  EXPECT_EQ(commands.For("db/c.c").confidence, 0.9);
  EXPECT_THAT(commands.For("db/log.cc").arguments, ElementsAre("-DTREE"));
  EXPECT_EQ(commands.For("db/log.cc").source, CommandSource::kTree);
  EXPECT_THAT(commands.KnownMainFiles(), ElementsAre("db/c.c", "db/db.cc", "db/log.cc"));
}

TEST(CommandSetTest, NeighboursLendTheirCommand) {
  MapTree tree = Leveldb();
  tree.Write("db/fresh.cc", "");
  tree.Write("util/other.cc", "");
  auto given = ParseCompileCommands(R"([{"directory": "/x", "file": "/x/db/log.cc", "command": "c++ -DLOG"}])", tree,
                                    CommandSource::kGiven);
  ASSERT_TRUE(given.ok());
  const CommandSet commands(tree, *given, std::nullopt);
  const CompileCommand fresh = commands.For("db/fresh.cc");
  EXPECT_THAT(fresh.arguments, ElementsAre("-DLOG"));
  EXPECT_EQ(fresh.main_file, "db/fresh.cc");
  EXPECT_EQ(fresh.source, CommandSource::kInferred);
  EXPECT_EQ(fresh.confidence, 0.7);
  EXPECT_EQ(commands.For("util/other.cc").confidence, 0.5);
  EXPECT_THAT(commands.For("db/log.h").arguments, ElementsAre("-DLOG", "-xc++-header"));
  // C is no neighbour of C++.
  EXPECT_THAT(commands.For("db/c.c").arguments, ElementsAre("-std=gnu17", "-iquote/src"));
}

TEST(CommandSetTest, LayoutSearchesWhatTheIncludesNeed) {
  const MapTree tree = Leveldb();
  const CommandSet commands(tree, std::nullopt, std::nullopt);
  const CompileCommand db = commands.For("db/db.cc");
  EXPECT_THAT(db.arguments, ElementsAre("-std=c++20", "-iquote/src/include", "-iquote/src"));
  EXPECT_EQ(db.confidence, 0.3);
  // <string.h> is the system's, whatever the tree has of that name.
  EXPECT_THAT(commands.For("db/log.cc").arguments, ElementsAre("-std=c++20", "-iquote/src"));
  EXPECT_EQ(commands.For("db/c.c").confidence, 0.1);  // nowhere.h
}

TEST(CommandSetTest, HeadersOfACOnlyTreeAreC) {
  const MapTree tree({{"a.c", ""}, {"a.h", ""}});
  EXPECT_THAT(CommandSet(tree, std::nullopt, std::nullopt).For("a.h").arguments,
              ElementsAre("-std=gnu17", "-iquote/src", "-xc-header"));
}

TEST(CommandSetTest, CompileFlagsCountFromTheirDirectory) {
  MapTree tree = Leveldb();
  tree.Write("compile_flags.txt", "-DROOT\n");
  tree.Write("db/compile_flags.txt", "-Iinc\n\n  -fplugin=x.so \n-std=c++17\r\n");
  const CommandSet commands(tree, std::nullopt, std::nullopt);
  const CompileCommand db = commands.For("db/db.cc");
  EXPECT_THAT(db.arguments, ElementsAre("-I/src/db/inc", "-std=c++17"));
  EXPECT_THAT(db.dropped, ElementsAre(HasSubstr("-fplugin=x.so")));
  EXPECT_EQ(db.source, CommandSource::kTree);
  EXPECT_THAT(commands.For("util/x.cc").arguments, ElementsAre("-DROOT"));
}

TEST(CommandSetTest, BrokenCommandsOfTheTreeAreIgnoredAloud) {
  MapTree tree = Leveldb();
  tree.Write("compile_commands.json", "[{]");
  const CommandSet commands(tree, std::nullopt, std::nullopt);
  EXPECT_THAT(commands.warnings(), Contains(HasSubstr("compile_commands.json of the tree was ignored")));
  EXPECT_THAT(commands.KnownMainFiles(), IsEmpty());
}

}  // namespace
}  // namespace mergegate::planning
