// Compared units whose change lies, in part or whole, outside of the main file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/analyzers/unit_pair.h"

namespace mergegate::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHeader[] = "#pragma once\ninline int Half(int x) { return x / 2; }\n";

// Two functions, and `between` them.
std::string Unit(const std::string& between) {
  return "#include \"lib.h\"\nint F(int a) {\n  if (a > 1);\n  return a;\n}\n" + between +
         "int G(int a) {\n  return Half(a);\n}\n";
}

struct Case {
  std::string name;
  Files base, head;
  std::vector<std::string> more_arguments = {};
};
void PrintTo(const Case& named, std::ostream* out) { *out << named.name; }

class PairOfFiles : public ::testing::TestWithParam<Case> {};

TEST_P(PairOfFiles, SaysOfEachSideWhatItSaysAlone) {
  Files base = GetParam().base;
  base.emplace("lib.h", kHeader);
  PairOptions options;
  for (const std::string& argument : GetParam().more_arguments) options.arguments.push_back(argument);
  const UnitPair pair(base, GetParam().head, options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
  EXPECT_EQ(Differences(pair.BaseAlone(), compared.base()), "");
  EXPECT_TRUE(Bytes(pair.CompareCached().result()) == Bytes(compared));
  EXPECT_TRUE(Bytes(pair.CompareCached().result()) == Bytes(compared));
}

INSTANTIATE_TEST_SUITE_P(
    Files, PairOfFiles,
    ::testing::Values(
        Case{"FileIncludedBetweenFunctions",
             {{"a.cc", Unit("#include \"more.inc\"\n")}, {"more.inc", "int M(int a) {\n  return a;\n}\n"}},
             {{"more.inc", "int M(int a) {\n  if (a > 2);\n  return a;\n}\n"}}},
        Case{"FileIncludedInABody",
             {{"a.cc", Unit("int T() {\n  int t[] = {\n#include \"more.inc\"\n  };\n  return t[0];\n}\n")},
              {"more.inc", "1, 2\n"}},
             {{"more.inc", "1 / 0, 2\n"}}},
        Case{"FileIncludedInABodyAndAnotherBody",
             {{"a.cc", Unit("int T() {\n  int t[] = {\n#include \"more.inc\"\n  };\n  return t[0];\n}\n")},
              {"more.inc", "1, 2\n"}},
             {{"a.cc", Edited(Unit("int T() {\n  int t[] = {\n#include \"more.inc\"\n  };\n  return t[0];\n}\n"),
                              "return Half(a);", "return 1 + Half(a);")},
              {"more.inc", "1 / 0, 2\n"}}},
        Case{"FileIncludedBetweenFunctionsGetsBetter",
             {{"a.cc", Unit("#include \"more.inc\"\n")},
              {"more.inc", "int M(int a) {\n  if (a > 2);\n  return a;\n}\n"}},
             {{"more.inc", "int M(int a) {\n  return a;\n}\n"}}},
        Case{"FileAppearsThatWasLookedFor",
             {{"a.cc", Unit("#if __has_include(\"more.h\")\nint M(int a) {\n  if (a > 2);\n  return a;\n}\n#endif\n")}},
             {{"more.h", "\n"}}},
        Case{"HeaderComesBefore",
             {{"a.cc", Unit("")}, {"first/none.h", ""}, {"second/half.h", kHeader}, {"lib.h", "#include <half.h>\n"}},
             {{"first/half.h", "inline int Half(int x) {\n  if (x > 1);\n  return x;\n}\n"}},
             {"-I/src/first", "-I/src/second"}},
        Case{"HeaderAndABody",
             {{"a.cc", Unit("")}},
             {{"a.cc", Edited(Unit(""), "return Half(a);", "return 2 * Half(a);")},
              {"lib.h", "#pragma once\ninline int Half(int x) {\n  if (x > 1);\n  return x;\n}\n"}}},
        Case{"FirstLinesAlone", {{"a.cc", Unit("")}}, {{"a.cc", "#define NEW 1\n" + Unit("")}}},
        Case{"FileThatNobodyReads", {{"a.cc", Unit("")}}, {{"other.h", "int x;\n"}}}),
    [](const auto& named) { return named.param.name; });

// Clang keeps no note of it in a precompiled header.
TEST(PairFiles, APrivateFieldOfAHeaderIsNoLongerUsed) {
  const Files base = {
      {"a.cc", "#include \"box.h\"\nint Box::Get() const {\n  return size_;\n}\n"},
      {"box.h", "#pragma once\nclass Box {\n public:\n  int Get() const;\n\n private:\n  int size_ = 1;\n};\n"}};
  const UnitPair pair(base, {{"a.cc", Edited(base.at("a.cc"), "return size_;", "return 2;")}},
                      {.checks = "-*,clang-diagnostic-unused-private-field"});
  const v1::TaskResult result = pair.Compare();
  EXPECT_EQ(result.base().findings_size(), 0);
  ASSERT_EQ(result.findings_size(), 1);
  EXPECT_EQ(result.findings(0).path(), "box.h");
  EXPECT_EQ(result.findings(0).line(), 7);
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(result));
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(result));
}

TEST(RenamedUnit, IsComparedWhole) {
  PairOptions options;
  options.base_main_file = "old.cc";
  const UnitPair pair({{"old.cc", Unit("")}, {"lib.h", kHeader}},
                      {{"a.cc", Edited(Unit(""), "return Half(a);", "return 2 * Half(a);")}}, options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
  EXPECT_EQ(Differences(pair.BaseAlone(), compared.base()), "");
}

TEST(RenamedUnit, IsExploredWhereItChanged) {
  PairOptions options = {.analyzers = {"static-analyzer"}, .checks = "-*,clang-analyzer-core*"};
  options.base_main_file = "old.cc";
  const std::string text = Unit("int D(int a) {\n  int* p = nullptr;\n  return a > 0 ? *p : 0;\n}\n");
  const UnitPair pair({{"old.cc", text}, {"lib.h", kHeader}}, {{"a.cc", Edited(text, "*p : 0", "*p : 1")}}, options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_THAT(Places(compared), ElementsAre("clang-analyzer-core.NullDereference:8"));
  ASSERT_EQ(compared.base().findings_size(), 1);
  EXPECT_EQ(compared.base().findings(0).path(), "old.cc");
  EXPECT_EQ(compared.base().findings(0).unit(), "old.cc");
  EXPECT_EQ(compared.cost().entries_analyzed(), 2);
}

TEST(IncludedFile, IsExploredWhenItChanges) {
  const PairOptions options = {.analyzers = {"static-analyzer"}, .checks = "-*,clang-analyzer-core*"};
  const UnitPair pair(
      {{"a.cc", Unit("#include \"more.inc\"\nint D() {\n  int* p = nullptr;\n  return M() ? *p : 0;\n}\n")},
       {"more.inc", "int M() {\n  return 0;\n}\n"},
       {"lib.h", kHeader}},
      {{"more.inc", "int M() {\n  return 1;\n}\n"}}, options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_THAT(Places(compared), ElementsAre("clang-analyzer-core.NullDereference:9"));
  EXPECT_THAT(Places(compared.base()), IsEmpty());
}

// Checks that follow calls from everywhere.
TEST(ChecksThatFollowCalls, SeeRecursionThatABodyCloses) {
  PairOptions options;
  options.checks = "-*,misc-no-recursion";
  const std::string text =
      "#include \"lib.h\"\nint F(int);\nint G(int a) {\n  return F(a);\n}\nint F(int a) {\n  return a;\n}\nint H(int "
      "a) {\n  "
      "return Half(a);\n}\nint K(int a) {\n  return G(a);\n}\n";
  const UnitPair pair({{"a.cc", text}, {"lib.h", kHeader}}, {{"a.cc", Edited(text, "return a;", "return G(a);")}},
                      options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_THAT(Places(compared), Contains("misc-no-recursion:3"));
  EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
}

TEST(ChecksThatFollowCalls, SeeWhatASignalHandlerCalls) {
  PairOptions options;
  options.checks = "-*,bugprone-signal-handler";
  options.arguments = {"-std=c++14"};
  const std::string text =
      "#include <signal.h>\n#include <stdio.h>\nextern \"C\" void Log(int) {\n  ;\n}\nextern \"C\" void Handle(int s) "
      "{\n  "
      "Log(s);\n}\nvoid "
      "Set() {\n  signal(2, Handle);\n}\nvoid H(int) {\n  ;;\n}\n";
  const UnitPair pair({{"a.cc", text}}, {{"a.cc", Edited(text, "  ;\n", "  puts(\"\");\n")}}, options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_THAT(Places(compared), Contains("bugprone-signal-handler:4"));
  EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
}

// With the standard library and the checks that a project gets that asks for none.
TEST(DefaultChecks, SayOfEachSideWhatTheySayAlone) {
  PairOptions options;
  options.checks = "";
  const std::string text = R"(#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include "lib.h"

std::string Name(std::string name) {
  return name + "x";
}

int Count(const std::map<std::string, int>& all) {
  int count = 0;
  for (const auto entry : all) {
    count += entry.second;
  }
  return count;
}

std::vector<std::string> Names(const std::vector<std::unique_ptr<std::string>>& from) {
  std::vector<std::string> names;
  for (const auto& each : from) {
    names.push_back(Name(*each));
  }
  return names;
}

int Moved(std::string a) {
  std::string b = std::move(a);
  return static_cast<int>(a.size() + b.size());
}
)";
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"return name + \"x\";", "return name + \"y\";"},
           {"  std::string b = std::move(a);\n", "  const std::string& b = a;\n"},
           {"const auto entry", "const auto& entry"},
           {"  return names;\n", "  if (names.empty());\n  std::vector<int> v = {1};\n  return names;\n"}}) {
    const UnitPair pair({{"a.cc", text}, {"lib.h", kHeader}}, {{"a.cc", Edited(text, from, to)}}, options);
    const v1::TaskResult compared = pair.Compare();
    EXPECT_EQ(Differences(pair.HeadAlone(), compared), "") << to;
    EXPECT_EQ(Differences(pair.BaseAlone(), compared.base()), "") << to;
    EXPECT_GT(compared.cost().bodies_skipped(), 0) << to;
  }
}

}  // namespace
}  // namespace mergegate::testing
