// Which units cover what a change does to headers, and what is said about the rest.
#include "server/planning/cover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/planning/cover_goals.h"
#include "server/planning/plan.h"
#include "tests/support/map_tree.h"
#include "tests/unit/planning/changes.h"

namespace mergegate::planning {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Declaration Declared(std::string name, std::string path, int first, int last) {
  Declaration declaration;
  declaration.usr = "c:" + name;
  declaration.name = std::move(name);
  declaration.path = std::move(path);
  declaration.start_line = first;
  declaration.end_line = last;
  return declaration;
}

Declaration Template(std::string name, std::string path, int line, std::vector<uint64_t> instantiations) {
  Declaration declaration = Declared(std::move(name), std::move(path), line, line);
  declaration.is_template = true;
  declaration.instantiations = std::move(instantiations);
  return declaration;
}

Declaration Macro(std::string name, std::string path, int line) {
  Declaration declaration = Declared(name, std::move(path), line, line);
  declaration.usr = "c:" + declaration.path + "@1@macro@" + name;
  return declaration;
}

// A function of the main file that refers to the first `references` of the unit's declarations.
Declaration Caller(std::string main_file, std::vector<int> references) {
  Declaration declaration = Declared("Caller", std::move(main_file), 3, 9);
  declaration.references = std::move(references);
  return declaration;
}

TaskResult Saw(std::vector<std::string> files, std::vector<Declaration> declarations) {
  TaskResult result;
  for (std::string& file : files) result.inputs.push_back({std::move(file), BlobId()});
  result.declarations = std::move(declarations);
  return result;
}

void AddBody(const Declaration& function, TaskResult& result) {
  FunctionMeasurement measurement;
  measurement.usr = function.usr;
  measurement.path = function.path;
  measurement.start_line = function.start_line;
  result.measurements.push_back(std::move(measurement));
}

// A change with what each unit would see of it.
struct Change {
  MapTree base, head;
  Diff diff;
  std::map<std::string, TaskResult> seen;          // at the head, by unit
  std::map<std::string, TaskResult> seen_at_base;  // by unit
  int header_units = 8;

  struct Outcome {
    std::vector<std::vector<std::string>> rounds;
    Cover cover;
    Coverage coverage;
  };
  Outcome Run() const {
    AnalysisPolicy policy;
    policy.header_units = header_units;
    const CommandSet base_commands(base, std::nullopt, std::nullopt);
    const CommandSet head_commands(head, std::nullopt, std::nullopt);
    const PlanInput plan_input{diff, base, head, CommitId(std::string(40, 'b')), policy, base_commands, head_commands};
    Plan plan = *MakePlan(plan_input);
    Outcome outcome;
    std::vector<TaskResult> at_head, at_base;
    while (true) {
      std::vector<std::string>& round = outcome.rounds.emplace_back();
      for (size_t i = at_head.size(); i < plan.head.size(); ++i) {
        round.push_back(plan.head[i].main_file);
        at_head.push_back(seen.at(plan.head[i].main_file));
      }
      for (size_t i = at_base.size(); i < plan.base.size(); ++i) {
        const auto known = seen_at_base.find(plan.base[i].main_file);
        at_base.push_back(known == seen_at_base.end() ? TaskResult() : known->second);
      }
      if (!ExtendPlan(plan_input, at_head, at_base, plan)) break;
    }
    outcome.cover = plan.cover;
    outcome.coverage = MeasureCoverage(diff, plan, at_head, policy);
    return outcome;
  }
};

constexpr uint64_t kInt = 1, kString = 2, kLong = 3;

// box.h declares a template; three units instantiate it.
Change Boxes(std::string in_a, std::string in_b, std::string in_c) {
  const MapTree tree({{"box.h", "template <typename T>\nclass Box {};\n"},
                      {"a.cc", "#include \"box.h\"\n" + in_a},
                      {"b.cc", "#include \"box.h\"\n" + in_b},
                      {"c.cc", "#include \"box.h\"\n" + in_c}});
  Change change{tree, tree, DiffOf({Modified("box.h", {Replace(2, {"class Box;"}, {"class Box {};"})})}), {}, {}};
  change.seen["a.cc"] = Saw({"a.cc", "box.h"}, {Template("Box", "box.h", 2, {kInt})});
  change.seen["b.cc"] = Saw({"b.cc", "box.h"}, {Template("Box", "box.h", 2, {kString})});
  change.seen["c.cc"] = Saw({"c.cc", "box.h"}, {Template("Box", "box.h", 2, {kString})});
  return change;
}

TEST(CoverTest, ArgumentsThatTheTextNamesAreSeenOnce) {
  const auto outcome = Boxes("Box<int> b;", "Box< std::string > b;", "Box<std::string> b;").Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  EXPECT_THAT(outcome.cover.declarations,
              ElementsAre(DeclarationCoverage{"Box", "box.h", 2, false, {"a.cc", "b.cc"}, 2, 1, ""}));
}

TEST(CoverTest, DeducedArgumentsAreTriedUntilAUnitShowsNothingNew) {
  const auto outcome = Boxes("Box b(1);", "Box b(s);", "Box b(t);").Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc"), ElementsAre("c.cc")));
  Change same = Boxes("Box b(1);", "Box b(2);", "Box b(3);");
  same.seen["b.cc"] = same.seen["a.cc"];
  const auto few = same.Run();
  EXPECT_THAT(few.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  ASSERT_THAT(few.cover.declarations, SizeIs(1));
  EXPECT_EQ(few.cover.declarations[0].units_left_out, 1);
}

TEST(CoverTest, UnitsThatOnlyIncludeTheHeaderAreNotAsked) {
  const auto outcome = Boxes("Box<int> b;", "// Box<long>", "const char* s = \"Box<char>\";").Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc")));
}

TEST(CoverTest, WhatIsUsedThroughAnotherTemplateIsAskedForByThatOnesName) {
  Change change = Boxes("Wrap(1);", "Wrap(s);", "int x;");
  for (auto& [unit, result] : change.seen) {
    Declaration wrap = Template("Wrap", "box.h", 8, {});
    wrap.references = {0};
    result.declarations.push_back(wrap);
  }
  EXPECT_THAT(change.Run().rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
}

TEST(CoverTest, TheBoundIsSaid) {
  Change change = Boxes("Box<int> b;", "Box<std::string> b;", "Box<long> b;");
  change.header_units = 2;
  const auto bounded = change.Run();
  EXPECT_THAT(bounded.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  ASSERT_THAT(bounded.cover.declarations, SizeIs(1));
  EXPECT_EQ(bounded.cover.declarations[0].reason, "analysis.header_units (2) kept further units out");
  EXPECT_EQ(bounded.cover.declarations[0].units_left_out, 1);
  change.header_units = 0;
  EXPECT_THAT(change.Run().rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc", "c.cc")));
}

TEST(CoverTest, AnInlineFunctionWantsAUserAndAPlainDeclarationDoesNot) {
  const MapTree tree({{"f.h", "inline int F() { return 1; }\nint G();\n"},
                      {"a.cc", "#include \"f.h\"\n"},
                      {"b.cc", "#include \"f.h\"\nint x = F();\n"},
                      {"c.cc", "#include \"f.h\"\nint x = F() + G();\n"}});
  Change change{tree, tree, DiffOf({Modified("f.h", {Replace(1, {"o", "o"}, {"n", "n"})})}), {}, {}};
  const Declaration f = Declared("F", "f.h", 1, 1), g = Declared("G", "f.h", 2, 2);
  for (const char* unit : {"a.cc", "b.cc", "c.cc"}) {
    change.seen[unit] = Saw({unit, "f.h"}, {f, g});
    AddBody(f, change.seen[unit]);
  }
  change.seen["b.cc"].declarations.push_back(Caller("b.cc", {0}));
  const auto outcome = change.Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  EXPECT_THAT(outcome.cover.declarations, ElementsAre(DeclarationCoverage{"F", "f.h", 1, false, {"b.cc"}, 0, 1, ""},
                                                      DeclarationCoverage{"G", "f.h", 2, false, {"a.cc"}, 0, 1, ""}));
}

TEST(CoverTest, UseThroughOtherDeclarationsCountsAndUseByNobodyIsSaid) {
  const MapTree tree({{"f.h", "inline int F() { return 1; }\ninline int G() { return F(); }\n"},
                      {"a.cc", "#include \"f.h\"\nint x = G();\n"},
                      {"b.cc", "#include \"f.h\"\nint F(int);\n"}});
  Change change{tree, tree, DiffOf({Modified("f.h")}), {}, {}};
  const Declaration f = Declared("F", "f.h", 1, 1);
  Declaration g = Declared("G", "f.h", 2, 2);
  g.references = {0};
  for (const char* unit : {"a.cc", "b.cc"}) {
    change.seen[unit] = Saw({unit, "f.h"}, {f, g});
    AddBody(f, change.seen[unit]);
  }
  Change unused = change;
  change.seen["a.cc"].declarations.push_back(Caller("a.cc", {1}));
  EXPECT_THAT(change.Run().rounds, ElementsAre(ElementsAre("a.cc")));
  const auto outcome = unused.Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  ASSERT_THAT(outcome.cover.declarations, SizeIs(1));
  EXPECT_EQ(outcome.cover.declarations[0].reason, "parsed, but no analyzed unit uses it");
}

TEST(CoverTest, AMacroWantsAUnitThatExpandsIt) {
  const MapTree tree({{"m.h", "#define TWICE(x) ((x) + (x))\n"},
                      {"a.cc", "#include \"m.h\"\n"},
                      {"b.cc", "#include \"m.h\"\nint x = TWICE(1);\n"}});
  Change change{tree, tree, DiffOf({Modified("m.h")}), {}, {}};
  change.seen["a.cc"] = Saw({"a.cc", "m.h"}, {Macro("TWICE", "m.h", 1)});
  change.seen["b.cc"] = Saw({"b.cc", "m.h"}, {Macro("TWICE", "m.h", 1), Caller("b.cc", {0})});
  const auto outcome = change.Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  EXPECT_THAT(outcome.cover.declarations,
              ElementsAre(DeclarationCoverage{"TWICE", "m.h", 1, false, {"b.cc"}, 0, 0, ""}));
}

// Line 2 is there with FAST only, line 4 without it.
Change Conditional(std::string in_b) {
  const MapTree tree({{"h.h", "#ifdef FAST\nint Fast();\n#else\nint Slow();\n#endif\n"},
                      {"a.cc", "#include \"h.h\"\n"},
                      {"b.cc", std::move(in_b)},
                      {"c.cc", "#include \"h.h\"\n"}});
  Change change{tree, tree, DiffOf({Modified("h.h", {Replace(2, {"int fast();"}, {"int Fast();"})})}), {}, {}};
  change.seen["a.cc"] = change.seen["c.cc"] = Saw({"a.cc", "h.h"}, {Declared("Slow", "h.h", 4, 4)});
  change.seen["b.cc"] = Saw({"b.cc", "h.h"}, {Declared("Fast", "h.h", 2, 2)});
  return change;
}

TEST(CoverTest, LinesThatConditionalsHideWantAUnitThatMentionsTheCondition) {
  const auto outcome = Conditional("#define FAST\n#include \"h.h\"\n").Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  EXPECT_THAT(outcome.cover.declarations,
              ElementsAre(DeclarationCoverage{"Fast", "h.h", 2, false, {"b.cc"}, 0, 0, ""}));
  EXPECT_EQ(outcome.coverage.missed_lines, 0);
}

TEST(CoverTest, WhatStaysHiddenIsSaidAndCountsAsMissed) {
  const auto outcome = Conditional("#include \"h.h\"\n").Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc")));
  EXPECT_THAT(outcome.cover.declarations,
              ElementsAre(DeclarationCoverage{
                  "#ifdef FAST", "h.h", 2, false, {}, 0, 0, "hidden by conditionals in every analyzed unit"}));
  EXPECT_EQ(outcome.coverage.changed_lines, 1);
  EXPECT_EQ(outcome.coverage.missed_lines, 1);
  ASSERT_THAT(outcome.coverage.files, SizeIs(2));
  EXPECT_EQ(outcome.coverage.files[0].changed_lines, 0);
  EXPECT_THAT(outcome.coverage.files[1].units, IsEmpty());
  EXPECT_EQ(outcome.coverage.files[1].reason, "from line 2 on hidden by #ifdef FAST in every analyzed unit");
}

TEST(CoverTest, AHeaderThatTheChosenUnitDidNotReadIsAskedForElsewhere) {
  Change change = Boxes("", "", "");
  change.seen["a.cc"] = Saw({"a.cc"}, {});
  change.seen["b.cc"].failures.push_back({"", "b.cc", FailureKind::kCrashed, "it broke", false});
  const auto outcome = change.Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc"), ElementsAre("c.cc")));
  EXPECT_EQ(outcome.coverage.missed_lines, 0);
}

TEST(CoverTest, ARenamedHeaderIsTheSameHeader) {
  Change change = Boxes("Box<int> b;", "Box<std::string> b;", "");
  change.head.Remove("box.h");
  change.head.Write("sub/box.h", "template <typename T>\nclass Box {};\n");
  change.diff = DiffOf({Renamed("box.h", "sub/box.h", {Replace(2, {"class Box;"}, {"class Box {};"})})});
  for (const char* unit : {"a.cc", "b.cc", "c.cc"}) {
    change.head.Write(unit, "#include \"sub/box.h\"\n" + std::string(unit[0] == 'b' ? "Box<std::string> b;" : ""));
    TaskResult& result = change.seen[unit];
    result.inputs[1].path = result.declarations[0].path = "sub/box.h";
    change.seen_at_base[unit] = Saw({unit, "box.h"}, {Template("Box", "box.h", 2, {kLong})});
  }
  const auto outcome = change.Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  EXPECT_THAT(outcome.cover.declarations,
              ElementsAre(DeclarationCoverage{"Box", "sub/box.h", 2, false, {"a.cc", "b.cc"}, 2, 0, ""}));
}

TEST(CoverTest, ADeletedFunctionIsShownByAUserAtTheBase) {
  const MapTree base({{"f.h", "inline int F() { return 1; }\nint G();\n"},
                      {"a.cc", "#include \"f.h\"\n"},
                      {"b.cc", "#include \"f.h\"\nint x = F();\n"}});
  MapTree head = base;
  head.Write("f.h", "int G();\n");
  Change change{base, head, DiffOf({Modified("f.h", {Remove(1, {"inline int F() { return 1; }"})})}), {}, {}};
  const Declaration f = Declared("F", "f.h", 1, 1);
  for (const char* unit : {"a.cc", "b.cc"}) {
    change.seen[unit] = Saw({unit, "f.h"}, {Declared("G", "f.h", 1, 1)});
    change.seen_at_base[unit] = Saw({unit, "f.h"}, {f, Declared("G", "f.h", 2, 2)});
    AddBody(f, change.seen_at_base[unit]);
  }
  change.seen_at_base["b.cc"].declarations.push_back(Caller("b.cc", {0}));
  const auto outcome = change.Run();
  EXPECT_THAT(outcome.rounds, ElementsAre(ElementsAre("a.cc"), ElementsAre("b.cc")));
  EXPECT_THAT(outcome.cover.declarations, ElementsAre(DeclarationCoverage{"G", "f.h", 1, false, {"a.cc"}, 0, 0, ""},
                                                      DeclarationCoverage{"F", "f.h", 1, true, {"b.cc"}, 0, 0, ""}));
}

TEST(WordForTest, TheLastPartThatTextCanName) {
  EXPECT_EQ(WordFor("app::Box::Get"), "Get");
  EXPECT_EQ(WordFor("app::Box::Box<T>"), "Box");
  EXPECT_EQ(WordFor("app::Box<a::b>::~Box"), "Box");
  EXPECT_EQ(WordFor("app::Box::operator=="), "Box");
  EXPECT_EQ(WordFor("app::(anonymous namespace)::operators"), "operators");
  EXPECT_EQ(WordFor("operator\"\"_s"), "");
}

}  // namespace
}  // namespace mergegate::planning
