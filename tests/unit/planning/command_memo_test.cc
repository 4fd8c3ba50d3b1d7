// What is remembered of compile commands: the same as reading them again, bounded.
#include "server/planning/command_memo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/map_tree.h"

namespace mergegate::planning {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::SizeIs;

std::string Text(size_t number) { return std::string(1000, static_cast<char>('a' + number)); }

TEST(CommandMemoTest, KnowsWhatWasKeptAndNothingElse) {
  CommandMemo memo;
  EXPECT_EQ(memo.Find(Text(0)), nullptr);
  memo.Keep({.json = Text(0), .files = {"/r/a.cc"}, .source_root = "/r", .commands = {}});
  ASSERT_NE(memo.Find(Text(0)), nullptr);
  EXPECT_THAT(memo.Find(Text(0))->files, ElementsAre("/r/a.cc"));
  EXPECT_EQ(memo.Find(Text(1)), nullptr);
  EXPECT_EQ(memo.Find(Text(0).substr(1)), nullptr);
}

TEST(CommandMemoTest, WhatIsReadForAnotherRootTakesItsPlace) {
  CommandMemo memo;
  for (const char* root : {"/r", "/s"}) memo.Keep({.json = Text(0), .files = {}, .source_root = root, .commands = {}});
  EXPECT_EQ(memo.Find(Text(0))->source_root, "/s");
  EXPECT_EQ(memo.bytes(), 1000);
}

TEST(CommandMemoTest, StaysBoundedAndKeepsWhatIsUsed) {
  CommandMemo memo(3500);
  const auto keep = [&](std::string json) { return memo.Keep({std::move(json), {}, {}, {}}); };
  for (size_t i = 0; i < 20; ++i) {
    keep(Text(i));
    EXPECT_LE(memo.bytes(), 3500);
    EXPECT_NE(memo.Find(Text(0)), nullptr) << i;
  }
  EXPECT_NE(memo.Find(Text(18)), nullptr);
  EXPECT_EQ(memo.Find(Text(17)), nullptr);
  EXPECT_EQ(keep(std::string(4000, 'x'))->json.size(), 4000) << "of use to who read it";
  EXPECT_EQ(memo.Find(std::string(4000, 'x')), nullptr);
  EXPECT_NE(memo.Find(Text(0)), nullptr) << "nothing gave way to it";
}

// Of a text that nobody read before, by a blank at its end.
std::string Fresh(const std::string& json) {
  static int blanks = 0;
  return json + std::string(static_cast<size_t>(++blanks), ' ');
}

CompileCommands Parse(const std::string& json, const Tree& tree, CommandSource source = CommandSource::kGiven) {
  const auto commands = ParseCompileCommands(json, tree, source);
  EXPECT_TRUE(commands.ok()) << commands.status();
  return commands.value_or(CompileCommands());
}

void ExpectSame(const CompileCommands& one, const CompileCommands& other) {
  EXPECT_EQ(one.source_root, other.source_root);
  EXPECT_EQ(one.warnings, other.warnings);
  ASSERT_EQ(one.by_file.size(), other.by_file.size());
  for (const auto& [file, command] : one.by_file) {
    const CompileCommand& known = other.by_file.at(file);
    EXPECT_EQ(known.main_file, command.main_file);
    EXPECT_EQ(known.arguments, command.arguments);
    EXPECT_EQ(known.directory, command.directory);
    EXPECT_EQ(known.source, command.source);
    EXPECT_EQ(known.confidence, command.confidence);
    EXPECT_EQ(known.dropped, command.dropped);
  }
}

constexpr char kJson[] = R"([{"directory": "/r/top/sub", "file": "a.cc", "command": "c++ -DA -I. -fplugin=x -c a.cc"},
                             {"directory": "/r/top/sub", "file": "a.cc", "command": "c++ -DB -c a.cc"},
                             {"directory": "/r/top/sub", "file": "b.cc", "command": "c++ -I/elsewhere -c b.cc"},
                             {"directory": "/r", "file": "outside.cc", "command": "c++ -c outside.cc"}])";

TEST(ParsedAgainTest, SaysTheSameForEveryTreeInAnyOrder) {
  // The root is /r/top/sub, /r/top, /r/top with one file less, and nowhere.
  const MapTree trees[] = {MapTree({{"a.cc", ""}, {"b.cc", ""}}), MapTree({{"sub/a.cc", ""}, {"sub/b.cc", ""}}),
                           MapTree(MapTree::Files{{"sub/a.cc", ""}}), MapTree(MapTree::Files{{"README", ""}})};
  for (const size_t i : {0, 1, 1, 2, 3, 3, 0, 2, 0}) {
    for (const CommandSource source : {CommandSource::kGiven, CommandSource::kEarlier}) {
      SCOPED_TRACE(absl::StrCat(i, " ", static_cast<int>(source)));
      ExpectSame(Parse(kJson, trees[i], source), Parse(Fresh(kJson), trees[i], source));
    }
  }
  EXPECT_EQ(Parse(kJson, trees[0]).source_root, "/r/top/sub");
  EXPECT_EQ(Parse(kJson, trees[2]).source_root, "/r/top");
  EXPECT_THAT(Parse(kJson, trees[2]).by_file, ElementsAre(Key("sub/a.cc")));
  EXPECT_THAT(Parse(kJson, trees[2]).warnings, SizeIs(3));
  EXPECT_THAT(Parse(kJson, trees[3]).by_file, IsEmpty());
}

TEST(ParsedAgainTest, WhatIsWrongIsSaidAgain) {
  const MapTree tree(MapTree::Files{{"a.cc", ""}});
  for (int i = 0; i < 2; ++i) {
    const auto commands = ParseCompileCommands("[{}]", tree, CommandSource::kGiven);
    EXPECT_THAT(std::string(commands.status().message()), HasSubstr("entry 0: \"file\" is missing"));
  }
}

TEST(ParsedAgainTest, ByManyAtOnce) {
  const MapTree tree({{"sub/a.cc", ""}, {"sub/b.cc", ""}});
  const CompileCommands expected = Parse(Fresh(kJson), tree);
  const std::string json = Fresh(kJson);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const MapTree own =
          i % 2 == 0 ? MapTree({{"sub/a.cc", ""}, {"sub/b.cc", ""}}) : MapTree(MapTree::Files{{"a.cc", ""}});
      for (int k = 0; k < 50; ++k) {
        const CompileCommands commands = Parse(json, own);
        if (i % 2 == 0) {
          ExpectSame(commands, expected);
        } else {
          EXPECT_EQ(commands.source_root, "/r/top/sub");
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace mergegate::planning
