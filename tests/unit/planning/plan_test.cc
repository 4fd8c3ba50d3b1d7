// Which units a change asks for.
#include "server/planning/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/map_tree.h"
#include "tests/unit/planning/changes.h"

namespace mergegate::planning {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

// Base and head of a change with what planning needs besides.
struct Change {
  MapTree base, head;
  Diff diff;
  AnalysisPolicy policy;
  std::string compile_commands;  // of both sides; "" = none

  Plan Make() const {
    const CommandSet base_commands(base, Given(base), std::nullopt);
    const CommandSet head_commands(head, Given(head), std::nullopt);
    absl::StatusOr<Plan> plan =
        MakePlan({diff, base, head, CommitId(std::string(40, 'b')), policy, base_commands, head_commands});
    EXPECT_TRUE(plan.ok()) << plan.status();
    return *std::move(plan);
  }

  std::optional<CompileCommands> Given(const Tree& tree) const {
    if (compile_commands.empty()) return std::nullopt;
    auto commands = ParseCompileCommands(compile_commands, tree, CommandSource::kGiven);
    EXPECT_TRUE(commands.ok()) << commands.status();
    return *std::move(commands);
  }
};

std::vector<std::string> MainFiles(const std::vector<UnitTask>& tasks) {
  std::vector<std::string> files;
  for (const UnitTask& task : tasks) files.push_back(task.main_file);
  return files;
}

// Six sources; all include core.h, z.cc through mid.h.
MapTree Six() {
  return MapTree({{"core.h", ""},
                  {"core.cc", "#include \"core.h\"\n"},
                  {"mid.h", "#include \"core.h\"\n"},
                  {"a.cc", "#include \"core.h\"\n"},
                  {"b.cc", "#include \"core.h\"\n"},
                  {"c.cc", "#include \"core.h\"\n"},
                  {"y.cc", "#include \"core.h\"\n#include \"mid.h\"\n"},
                  {"z.cc", "#include \"mid.h\"\n"},
                  {"alone.cc", ""}});
}

TEST(MakePlanTest, AChangedSourceIsAUnitAtBothSides) {
  Change change{Six(), Six(), DiffOf({Modified("a.cc")}), {}, ""};
  change.policy.checks = "bugprone-*";
  const Plan plan = change.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("a.cc"));
  EXPECT_THAT(MainFiles(plan.base), ElementsAre("a.cc"));
  EXPECT_EQ(plan.units_affected, 1);
  EXPECT_THAT(plan.units_left_out, IsEmpty());
  EXPECT_EQ(plan.head[0].config_commit, CommitId(std::string(40, 'b')));
  EXPECT_EQ(plan.base[0].config_commit, CommitId(std::string(40, 'b')));
  EXPECT_EQ(plan.head[0].checks, "bugprone-*");
  EXPECT_THAT(plan.head[0].analyzers, ElementsAre("clang-tidy", "static-analyzer", "code-metrics"));
}

TEST(MakePlanTest, AHeaderTakesOneOfItsUnitsAndSaysWhichItLeftOut) {
  const Change change{Six(), Six(), DiffOf({Modified("core.h")}), {}, ""};
  const Plan plan = change.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("core.cc"));  // own stem, then path order
  EXPECT_EQ(plan.units_affected, 6);
  EXPECT_EQ(plan.units_for_headers, 1);
  EXPECT_THAT(plan.units_left_out, ElementsAre("a.cc", "b.cc", "c.cc", "y.cc", "z.cc"));
  EXPECT_THAT(plan.covers, ElementsAre(Pair("core.h", ElementsAre("core.cc"))));
  EXPECT_EQ(MainFiles(change.Make().head), MainFiles(plan.head));
}

TEST(MakePlanTest, OneUnitForAllHeadersThatItIncludesAndNoneForThoseOfChangedUnits) {
  EXPECT_THAT(MainFiles(Change{Six(), Six(), DiffOf({Modified("core.h"), Modified("mid.h")}), {}, ""}.Make().head),
              ElementsAre("y.cc"));
  EXPECT_THAT(MainFiles(Change{Six(), Six(), DiffOf({Modified("core.h"), Modified("z.cc")}), {}, ""}.Make().head),
              ElementsAre("z.cc"));
}

TEST(MakePlanTest, AKnownCommandIsWorthAUnit) {
  Change change{Six(), Six(), DiffOf({Modified("core.h"), Modified("c.cc")}), {}, ""};
  EXPECT_THAT(MainFiles(change.Make().head), ElementsAre("c.cc"));
  change.compile_commands = R"([{"directory": "/r", "file": "b.cc", "command": "c++"}])";
  EXPECT_THAT(MainFiles(change.Make().head), ElementsAre("b.cc", "c.cc"));
}

TEST(MakePlanTest, AddedUnitsComeBehindWithTheirBases) {
  const MapTree tree = Six();
  const AnalysisPolicy policy;
  const Diff diff = DiffOf({Modified("core.h")});
  const CommandSet commands(tree, std::nullopt, std::nullopt);
  const PlanInput input{diff, tree, tree, CommitId(std::string(40, 'b')), policy, commands, commands};
  Plan plan = *MakePlan(input);
  AddUnits(input, {"a.cc", "z.cc"}, plan);
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("core.cc", "a.cc", "z.cc"));
  EXPECT_THAT(MainFiles(plan.base), ElementsAre("core.cc", "a.cc", "z.cc"));
  EXPECT_EQ(plan.units_for_headers, 3);
  EXPECT_THAT(plan.units_left_out, ElementsAre("b.cc", "c.cc", "y.cc"));
  EXPECT_THAT(plan.covers, ElementsAre(Pair("core.h", ElementsAre("a.cc", "core.cc", "z.cc"))));
}

TEST(MakePlanTest, ARenamedSourceMeetsItsOldName) {
  MapTree head = Six();
  head.Remove("a.cc");
  head.Write("sub/new.cc", "");
  const Change change{Six(), head, DiffOf({Renamed("a.cc", "sub/new.cc", {Insert(1, {"x"})})}), {}, ""};
  const Plan plan = change.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("sub/new.cc"));
  EXPECT_THAT(MainFiles(plan.base), ElementsAre("a.cc"));
}

TEST(MakePlanTest, AddedAndDeletedSourcesHaveOneSide) {
  MapTree head = Six();
  head.Remove("a.cc");
  head.Write("n.cc", "");
  const Change change{Six(), head, DiffOf({Added("n.cc"), Deleted("a.cc")}), {}, ""};
  const Plan plan = change.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("n.cc"));
  EXPECT_THAT(MainFiles(plan.base), ElementsAre("a.cc"));
}

TEST(MakePlanTest, AtMostTwentyDeletedSourcesAreAnalyzed) {
  MapTree base;
  std::vector<ChangedFile> files;
  for (int i = 10; i < 40; ++i) {
    base.Write("d" + std::to_string(i) + ".cc", "");
    files.push_back(Deleted("d" + std::to_string(i) + ".cc"));
  }
  const Plan plan = Change{base, MapTree(), DiffOf(files), {}, ""}.Make();
  EXPECT_THAT(plan.base, SizeIs(20));
  EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("10 deleted main files")));
}

TEST(MakePlanTest, AHeaderThatNobodyIncludesStandsForItself) {
  MapTree head = Six();
  head.Write("new.h", "");
  const Plan plan = Change{Six(), head, DiffOf({Added("new.h")}), {}, ""}.Make();
  ASSERT_THAT(MainFiles(plan.head), ElementsAre("new.h"));
  EXPECT_THAT(plan.head[0].arguments, Contains("-xc++-header"));
  EXPECT_EQ(plan.head[0].source, CommandSource::kInferred);
  EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("new.h: no unit includes it")));
}

TEST(MakePlanTest, WhatASourceIncludesIsAHeaderWhateverItsName) {
  const MapTree tree({{"table.def", ""}, {"t.cc", "#include \"table.def\"\n"}, {"README", ""}});
  const Plan plan = Change{tree, tree, DiffOf({Modified("table.def"), Modified("README")}), {}, ""}.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("t.cc"));
}

TEST(MakePlanTest, ASourceWithoutCommandThatAKnownUnitIncludesIsPartOfThatUnit) {
  const MapTree tree({{"all.cc", "#include \"part.cc\"\n"}, {"part.cc", ""}});
  Change change{tree, tree, DiffOf({Modified("part.cc")}), {}, ""};
  EXPECT_THAT(MainFiles(change.Make().head), ElementsAre("part.cc"));
  change.compile_commands = R"([{"directory": "/r", "file": "all.cc", "command": "c++"}])";
  EXPECT_THAT(MainFiles(change.Make().head), ElementsAre("all.cc"));
}

TEST(MakePlanTest, ExcludedAndGeneratedFilesByTheRulesOfTheBase) {
  MapTree base = Six();
  base.Write(".gitattributes",
             "*.pb.cc linguist-generated=true\n/vendor/** linguist-vendored\nmine.pb.cc -linguist-generated\n");
  base.Write("x.pb.cc", "");
  base.Write("mine.pb.cc", "");
  base.Write("vendor/v.cc", "");
  base.Write("gen.cc", "// @generated by a tool\n");
  base.Write("late.cc", "");
  MapTree head = base;
  head.Write("late.cc", "// @generated, says the change\n");
  Change change{base,
                head,
                DiffOf({Modified("x.pb.cc"), Modified("mine.pb.cc"), Modified("vendor/v.cc"), Modified("gen.cc"),
                        Modified("a.cc"), Modified("late.cc", {Insert(1, {"// @generated, says the change"})})}),
                {},
                ""};
  change.policy.exclude_paths = {"a.*"};
  const Plan plan = change.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("late.cc", "mine.pb.cc"));
  EXPECT_THAT(plan.excluded, ElementsAre("a.cc", "gen.cc", "vendor/v.cc", "x.pb.cc"));
  EXPECT_THAT(plan.warnings, Contains("a.cc: not analyzed: excluded by the policy"));
  EXPECT_THAT(plan.warnings, Contains("gen.cc: not analyzed: marked as generated at the base"));
  ASSERT_THAT(plan.relaxations, SizeIs(1));
  EXPECT_EQ(plan.relaxations[0].kind, "generated-marker");
  ASSERT_TRUE(plan.duplication.has_value());
  EXPECT_THAT(plan.duplication->siblings, Not(Contains("x.pb.cc")));
}

TEST(MakePlanTest, ExcludedUnitsDoNotCoverHeaders) {
  Change change{Six(), Six(), DiffOf({Modified("mid.h")}), {}, ""};
  change.policy.exclude_paths = {"y.cc"};
  const Plan plan = change.Make();
  EXPECT_THAT(MainFiles(plan.head), ElementsAre("z.cc"));
  EXPECT_EQ(plan.units_affected, 1);
}

TEST(MakePlanTest, ACProject) {
  const MapTree tree({{"src/a.c", "#include \"a.h\"\n"}, {"src/a.h", ""}});
  const Plan plan = Change{tree, tree, DiffOf({Modified("src/a.h")}), {}, ""}.Make();
  ASSERT_THAT(MainFiles(plan.head), ElementsAre("src/a.c"));
  EXPECT_THAT(plan.head[0].arguments, ElementsAre("-std=gnu17", "-iquote/src"));
}

TEST(MakePlanTest, DuplicationComparesWithTheSameDirectories) {
  const MapTree tree({{"a/x.cc", ""}, {"a/y.cc", ""}, {"a/README", ""}, {"b/z.cc", ""}});
  Change change{tree, tree, DiffOf({Modified("a/x.cc", {Replace(3, {"o"}, {"n", "n"}), Remove(9, {"o"})})}), {}, ""};
  change.policy.duplication_min_tokens = 70;
  const Plan plan = change.Make();
  ASSERT_TRUE(plan.duplication.has_value());
  EXPECT_THAT(plan.duplication->added, ElementsAre(Pair("a/x.cc", ElementsAre(LineRange{3, 4}))));
  EXPECT_THAT(plan.duplication->siblings, ElementsAre("a/y.cc"));
  EXPECT_EQ(plan.duplication->min_tokens, 70);
  EXPECT_FALSE((Change{tree, tree, DiffOf({Modified("a/README")}), {}, ""}.Make().duplication.has_value()));
}

TEST(MakePlanTest, OnlyTheHeadIgnoresAddedSuppressions) {
  const Plan plan = Change{Six(), Six(), DiffOf({Modified("a.cc", {Insert(2, {"f();  // NOLINT"})})}), {}, ""}.Make();
  EXPECT_THAT(plan.head[0].ignored_suppressions, ElementsAre(Pair("a.cc", ElementsAre(LineRange{2, 2}))));
  EXPECT_THAT(plan.base[0].ignored_suppressions, IsEmpty());
}

TEST(MakePlanTest, DroppedFlagsAndUnreadableFilesAreSaid) {
  Change change{Six(), Six(), DiffOf({Modified("a.cc"), Modified("b.cc")}), {}, ""};
  change.compile_commands = R"([{"directory": "/r", "file": "a.cc", "command": "c++ -fplugin=x"},
                                {"directory": "/r", "file": "b.cc", "command": "c++ -fplugin=x"}])";
  change.diff.files[0].binary = true;
  change.diff.files[0].hunks.clear();
  const Plan plan = change.Make();
  // Both sides of both units.
  EXPECT_THAT(plan.warnings, ElementsAre("dropped from 4 commands: -fplugin=x: loads code into the compiler"));
  ASSERT_THAT(plan.failures, SizeIs(1));
  EXPECT_EQ(plan.failures[0].unit, "a.cc");
  EXPECT_EQ(plan.failures[0].kind, FailureKind::kParseError);
}

}  // namespace
}  // namespace mergegate::planning
