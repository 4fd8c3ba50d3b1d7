#include "server/planning/include_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "server/planning/plan.h"
#include "tests/support/map_tree.h"

namespace mergegate::planning {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Names(std::string_view text) {
  std::vector<std::string> names;
  for (const Include& include : ScanIncludes(text)) names.push_back(include.angle ? "<" + include.name : include.name);
  return names;
}

TEST(ScanIncludesTest, AllFormsOfTheDirective) {
  EXPECT_THAT(Names("#include \"a.h\"\n  #  include <b.h> // why\n#include_next<c.h>\n#import \"d.h\"\r\n"),
              ElementsAre("a.h", "<b.h", "<c.h", "d.h"));
  EXPECT_THAT(Names("#include/* x */\"a.h\"\n/* y */ #include \"b.h\"\n#inc\\\nlude \"no.h\"\n#include \\\n \"c.h\""),
              ElementsAre("a.h", "b.h", "c.h"));
  EXPECT_THAT(Names("#include \"a.h\"\n#include \"a.h\"\n#include <a.h>\n"), ElementsAre("a.h", "<a.h"));
}

TEST(ScanIncludesTest, BothBranchesCount) {
  EXPECT_THAT(Names("#if 0\n#include \"a.h\"\n#else\n#include \"b.h\"\n#endif\n"), ElementsAre("a.h", "b.h"));
}

TEST(ScanIncludesTest, NotInCommentsOrLiterals) {
  for (const char* text : {"// #include \"no.h\"\n", "// x \\\n#include \"no.h\"\n", "/*\n#include \"no.h\"\n*/",
                           "auto s = R\"(\n#include \"no.h\"\n)\";", "auto s = u8R\"x(\n)\"\n#include \"no.h\"\n)x\";",
                           "const char* s = \"\\\n#include <no.h>\\\n\";", "int x; #include \"no.h\"\n",
                           "#if __has_include(\"no.h\")\n", "#include MACRO\n", "#include \"no.h\n",
                           "#include <no.h\n>", "#define X #include \"no.h\"\n", "#include \"\""}) {
    EXPECT_THAT(Names(text), IsEmpty()) << text;
  }
}

TEST(ScanIncludesTest, WhatLooksLikeALiteralSwallowsNothing) {
  for (const char* text : {"int n = 1'000'000;\n#include \"a.h\"\n", "#error don't\n#include \"a.h\"\n",
                           "char c = '\"';\n#include \"a.h\"\n", "#if 0\nit's\n#endif\n#include \"a.h\"\n",
                           "auto r = fooR\"(\";\n#include \"a.h\"\n", "x = \"//\";\n#include \"a.h\"\n",
                           "x = \"/*\";\n#include \"a.h\"\n", "// it's /* open\n#include \"a.h\"\n"}) {
    EXPECT_THAT(Names(text), ElementsAre("a.h")) << text;
  }
}

TEST(ScanIdentifiersTest, WordsOutsideCommentsAndLiterals) {
  std::vector<uint64_t> expected = {IdentifierDigest("int"), IdentifierDigest("define"), IdentifierDigest("a"),
                                    IdentifierDigest("X"), IdentifierDigest("b")};
  std::erase(expected, IdentifierDigest("define"));  // directives are not words
  std::ranges::sort(expected);
  EXPECT_EQ(ScanIdentifiers("int a; // no\n#define X b 0x1F\n/* no */ \"no\" 'n' R\"(no)\"; int a;"), expected);
}

TEST(ScanMentionsTest, ArgumentsWhereTheTextNamesThem) {
  const Mentions mentions = ScanMentions("Box<int> a; app::Box < std::vector<int> > b; // Box<char>", "Box");
  EXPECT_THAT(mentions.arguments, ElementsAre("int", "std::vector<int>"));
  EXPECT_FALSE(mentions.bare);
  for (const char* text : {"Box b(1);", "if (Box < 3) {}", "Box<", "if (Box<x) { f(); }",
                           "template <typename T> void F(Box<T>);", "struct Own {}; Box<Own> b;"}) {
    EXPECT_TRUE(ScanMentions(text, "Box").bare) << text;
  }
}

std::string Shown(const ConditionalText& text) {
  std::string shown;
  for (const ConditionalBranch& branch : text.branches) {
    shown += branch.condition + " " + std::to_string(branch.first) + "-" + std::to_string(branch.last) + "; ";
  }
  return shown;
}

TEST(ScanConditionalsTest, BranchesWithoutGuards) {
  const ConditionalText text = ScanConditionals(
      "#ifndef GUARD_H\n#define GUARD_H\n#if defined(A) && \\\n  B\nint a;\n#else  // not A\n#ifdef C\n\n// c\nint "
      "c;\n#endif\nint d;\n#endif\n#endif\n");
  EXPECT_EQ(Shown(text), "#ifdef C 8-10; #if defined(A) && \\ 4-5; #else of #if defined(A) && \\ 7-12; ");
  EXPECT_THAT(text.branches[1].names, ElementsAre("A", "defined"));
  EXPECT_EQ(text.branches[1].group, text.branches[2].group);
  EXPECT_THAT(text.code_lines, ElementsAre(2, 5, 10, 12));
}

TEST(ScanConditionalsTest, WhatDoesNotMatchIsForgiven) {
  for (const char* text : {"#endif\n#else\n#elif X\n", "#if A\n", "#if A\n#else\n", "#if"}) {
    EXPECT_EQ(Shown(ScanConditionals(text)), "") << text;
  }
}

TEST(IncludeGraphTest, FollowsIncludesThroughTheTree) {
  const MapTree tree({{"a/a.cc", "#include \"a.h\"\n"},
                      {"a/a.h", "#include <lib/l.h>\n"},
                      {"b.cc", "#include \"table.def\"\n"},
                      {"table.def", "#include \"inc/lib/l.h\"\n"},
                      {"inc/lib/l.h", "#include \"l.h\"\n"},  // itself
                      {"other/a.h", ""}});
  const auto graph = IncludeGraph::Build(tree, {"inc"});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(graph->IncludersOf("inc/lib/l.h"), ElementsAre("a/a.cc", "a/a.h", "b.cc", "table.def"));
  EXPECT_THAT(graph->IncludersOf("other/a.h"), IsEmpty());
  EXPECT_TRUE(graph->Includes("b.cc", "inc/lib/l.h"));
  EXPECT_FALSE(graph->Includes("inc/lib/l.h", "b.cc"));
}

TEST(IncludeGraphTest, CyclesEnd) {
  const MapTree tree({{"a.h", "#include \"b.h\"\n"}, {"b.h", "#include \"a.h\"\n"}, {"x.cc", "#include \"b.h\"\n"}});
  const auto graph = IncludeGraph::Build(tree, {});
  ASSERT_TRUE(graph.ok());
  EXPECT_THAT(graph->IncludersOf("a.h"), ElementsAre("b.h", "x.cc"));
}

}  // namespace
}  // namespace mergegate::planning
