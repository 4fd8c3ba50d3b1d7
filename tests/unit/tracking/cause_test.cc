// Who made a finding that is not on a changed line, and which declarations a change touches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tracking/track_builder.h"

namespace mergegate::tracking {
namespace {

using mergegate::testing::DiffBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// callee.cc: Open spans 1-5 and changes in line 3; Close spans 7-9 and does not.
Diff CalleeChanges() {
  return DiffBuilder()
      .Modify("callee.cc", "Open\n{\nold\n\n}\n\nClose\n{\n}\n", "Open\n{\nnew\n\n}\n\nClose\n{\n}\n")
      .Build();
}

// What caused a finding of declaration `usr` at `path`:`line`.
std::string CauseOf(const Diff& diff, std::vector<Declaration> declarations, const Finding& finding) {
  Changed change;
  change.diff = diff;
  change.declarations = std::move(declarations);
  change.head = {finding};
  const std::vector<Finding> findings = change.Findings();
  EXPECT_EQ(findings[0].state, BaselineState::kCaused);
  return findings[0].caused_by;
}

Finding InCaller() { return FindingAt("check", "caller.cc", 12, "Open();"); }

TEST(CauseTest, FindingInACallerNamesTheChangedCallee) {
  EXPECT_EQ(CauseOf(CalleeChanges(),
                    {Declared("Open", "callee.cc", 1, 5), Declared("Close", "callee.cc", 7, 9),
                     Declared("Caller", "caller.cc", 10, 14, {1, 0})},
                    InCaller()),
            "Open");
}

TEST(CauseTest, DeclarationInAHeaderStandsForItsDefinition) {
  EXPECT_EQ(CauseOf(CalleeChanges(),
                    {Declared("Open", "callee.cc", 1, 5), Declared("Open", "callee.h", 3, 3),
                     Declared("Caller", "caller.cc", 10, 14, {1})},
                    InCaller()),
            "Open");
}

TEST(CauseTest, UsrGoesBeforeTheLine) {
  Finding finding = InCaller();
  finding.line = 500;  // outside of any declaration
  finding.usr = "c:@Caller";
  EXPECT_EQ(CauseOf(CalleeChanges(),
                    {Declared("Open", "callee.cc", 1, 5), Declared("Caller", "caller.cc", 10, 14, {0})}, finding),
            "Open");
}

TEST(CauseTest, EnclosingDeclarationItselfIsNearest) {
  // On line 5 of Open, off the changed line 3; Open refers to the changed Other.
  const Diff diff = DiffBuilder()
                        .Modify("callee.cc", "Open\n{\nold\n\n}\n", "Open\n{\nnew\n\n}\n")
                        .Modify("other.cc", "old\n", "new\n")
                        .Build();
  EXPECT_EQ(CauseOf(diff, {Declared("Other", "other.cc", 1, 1), Declared("Open", "callee.cc", 1, 5, {0})},
                    FindingAt("check", "callee.cc", 5, "}")),
            "Open");
}

TEST(CauseTest, NearestOfAChainAndItsBranchesIsNamed) {
  const Diff diff = DiffBuilder().Modify("far.cc", "old\n", "new\n").Modify("near.cc", "old\n", "new\n").Build();
  // Caller -> A -> B -> Far, Caller -> C -> Near
  EXPECT_EQ(CauseOf(diff,
                    {Declared("Far", "far.cc", 1, 1), Declared("Near", "near.cc", 1, 1),
                     Declared("B", "x.h", 1, 1, {0}), Declared("A", "x.h", 2, 2, {2}), Declared("C", "x.h", 3, 3, {1}),
                     Declared("Caller", "caller.cc", 10, 14, {3, 4})},
                    InCaller()),
            "Near");
}

TEST(CauseTest, CyclesEnd) {
  const std::vector<Declaration> cycle = {Declared("A", "x.h", 1, 1, {1, 0}),
                                          Declared("Caller", "caller.cc", 10, 14, {0, 1, 2}),
                                          Declared("Open", "callee.cc", 1, 5, {1})};
  EXPECT_EQ(CauseOf(CalleeChanges(), cycle, InCaller()), "Open");
  EXPECT_EQ(CauseOf(CalleeChanges(), {cycle[0], Declared("Caller", "caller.cc", 10, 14, {0, 1})}, InCaller()),
            "callee.cc");
}

TEST(CauseTest, HostileReferencesAndRangesAreIgnored) {
  std::vector<Declaration> declarations = {
      Declared("Open", "callee.cc", 1, 5),
      Declared("Caller", "caller.cc", 10, 14, {-1, 99, 2147483647, -2147483647 - 1, 0}),
      Declared("Backwards", "caller.cc", 13, 11), Declared("Negative", "caller.cc", -5, 2147483647),
      Declared("Endless", "caller.cc", 1, 2147483647)};
  EXPECT_EQ(CauseOf(CalleeChanges(), declarations, InCaller()), "Open");
}

TEST(CauseTest, StepsOfTheExplanationAreNext) {
  const std::vector<Declaration> declarations = {Declared("First", "callee.cc", 2, 2),
                                                 Declared("Open", "callee.cc", 3, 5),
                                                 Declared("Caller", "caller.cc", 10, 14)};
  const Diff diff =
      DiffBuilder().Modify("callee.cc", "a\nb\nc\nd\n", "a\nB\nC\nd\n").Modify("z.cc", "a\n", "b\n").Build();
  Finding finding = InCaller();
  finding.notes = {{"caller.cc", 11, 1, "calling"}, {"callee.cc", 4, 1, "freed here"}};
  EXPECT_EQ(CauseOf(diff, declarations, finding), "Open");
  finding.notes = {{"callee.cc", 77, 1, "freed here"}};
  EXPECT_EQ(CauseOf(diff, declarations, finding), "First");
}

TEST(CauseTest, WithoutDeclarationsAFileIsNamed) {
  EXPECT_EQ(CauseOf(CalleeChanges(), {}, FindingAt("check", "callee.cc", 9, "}")), "callee.cc");
  EXPECT_EQ(CauseOf(CalleeChanges(), {}, InCaller()), "callee.cc");
  const Diff two = DiffBuilder().Modify("a.cc", "a\n", "b\n").Modify("b.cc", "a\n", "b\n").Build();
  EXPECT_EQ(CauseOf(two, {}, InCaller()), "the change (no single declaration found)");
  const Diff with_docs = DiffBuilder().Modify("a.cc", "a\n", "b\n").Modify("README.md", "a\n", "b\n").Build();
  EXPECT_EQ(CauseOf(with_docs, {}, InCaller()), "a.cc");
  EXPECT_EQ(CauseOf(Diff(), {}, InCaller()), "the change (no single declaration found)");
}

TEST(CauseTest, DeletedLineIsACauseToo) {
  const Diff deletion = DiffBuilder().Modify("lock.h", "struct L {\nguard\n};\n", "struct L {\n};\n").Build();
  EXPECT_EQ(
      CauseOf(deletion, {Declared("L", "lock.h", 1, 2), Declared("Caller", "caller.cc", 10, 14, {0})}, InCaller()),
      "L");
}

// --- ChangedDeclarations ---

std::vector<std::string> ChangedNames(const Diff& diff, const std::vector<Declaration>& declarations) {
  std::vector<std::string> names;
  for (const int index : ChangedDeclarations(diff, declarations)) {
    names.push_back(declarations[static_cast<size_t>(index)].name);
  }
  return names;
}

TEST(ChangedDeclarationsTest, InnermostOnly) {
  const std::string before = "class C {\nvoid f() {\nold\n}\nvoid g() {\n}\n};\n";
  const std::string after = "class C {\nvoid f() {\nnew\n}\nvoid g() {\n}\n};\n";
  const std::vector<Declaration> declarations = {Declared("C", "a.cc", 1, 7), Declared("C::f", "a.cc", 2, 4),
                                                 Declared("C::g", "a.cc", 5, 6), Declared("C::f", "b.cc", 2, 4)};
  EXPECT_THAT(ChangedNames(DiffBuilder().Modify("a.cc", before, after).Build(), declarations), ElementsAre("C::f"));
  const std::string with_field = "class C {\nint x;\nvoid f() {\nold\n}\nvoid g() {\n}\n};\n";
  const std::vector<Declaration> shifted = {Declared("C", "a.cc", 1, 8), Declared("C::f", "a.cc", 3, 5)};
  EXPECT_THAT(ChangedNames(DiffBuilder().Modify("a.cc", before, with_field).Build(), shifted), ElementsAre("C"));
}

TEST(ChangedDeclarationsTest, SeveralOnOneLineAllCount) {
  EXPECT_THAT(ChangedNames(DiffBuilder().Modify("a.cc", "int a;\n", "int a, b;\n").Build(),
                           {Declared("a", "a.cc", 1, 1), Declared("b", "a.cc", 1, 1), Declared("c", "a.cc", 2, 2)}),
              ElementsAre("a", "b"));
}

TEST(ChangedDeclarationsTest, DeletionTouchesWhatStandsAroundTheGap) {
  const Diff diff = DiffBuilder().Modify("a.cc", "f {\n}\ngone\ng {\n}\nh {\n}\n", "f {\n}\ng {\n}\nh {\n}\n").Build();
  EXPECT_THAT(
      ChangedNames(diff, {Declared("f", "a.cc", 1, 2), Declared("g", "a.cc", 3, 4), Declared("h", "a.cc", 5, 6)}),
      ElementsAre("f", "g"));
}

TEST(ChangedDeclarationsTest, ChangesOutsideOfDeclarationsAndDeletedFilesTouchNone) {
  const Diff diff = DiffBuilder().Modify("a.cc", "// old\nf\n", "// new\nf\n").Delete("b.cc", "x\n").Build();
  EXPECT_THAT(
      ChangedNames(diff, {Declared("f", "a.cc", 2, 2), Declared("x", "b.cc", 1, 1), Declared("bad", "a.cc", 0, 0)}),
      IsEmpty());
}

TEST(ChangedDeclarationsTest, ManyOverlappingRangesTakeNoQuadraticTime) {
  std::vector<Declaration> declarations;
  for (int i = 0; i < 50000; ++i) {
    declarations.push_back(Declared("staggered", "a.cc", i + 1, i + 50000));
    declarations.push_back(Declared("same", "a.cc", 1, 200000));
  }
  Diff diff;
  ChangedFile file;
  file.old_path = file.new_path = "a.cc";
  for (int line = 1; line < 100000; line += 2) file.hunks.push_back({line, 1, line, 1, {"old"}, {"new"}});
  diff.files.push_back(file);
  // Of equally long ranges the first counts: the first one up to line 50000, then another one on every line, of which
  // 25000 are changed.
  EXPECT_EQ(ChangedDeclarations(diff, declarations).size(), 25001u);
}

// --- MergeDeclarations ---

TEST(MergeDeclarationsTest, UnitsAreJoinedAndReferencesFollow) {
  const std::vector<Declaration> first = {Declared("f", "a.cc", 1, 5, {1}), Declared("h", "x.h", 3, 3)};
  const std::vector<Declaration> second = {Declared("h", "x.h", 3, 4), Declared("g", "b.cc", 1, 5, {0, 0, 7, -1}),
                                           Declared("h", "y.h", 3, 3)};
  const std::vector<Declaration> expected = {Declared("f", "a.cc", 1, 5, {2}), Declared("g", "b.cc", 1, 5, {2}),
                                             Declared("h", "x.h", 3, 4), Declared("h", "y.h", 3, 3)};
  EXPECT_EQ(MergeDeclarations({first, second}), expected);
  EXPECT_EQ(MergeDeclarations({second, first}), expected);
  EXPECT_THAT(MergeDeclarations({}), IsEmpty());
}

TEST(MergeDeclarationsTest, ReferencesOfOneDeclarationInSeveralUnitsAddUp) {
  const std::vector<Declaration> first = {Declared("inline", "x.h", 1, 5, {1}), Declared("a", "a.h", 1, 1)};
  const std::vector<Declaration> second = {Declared("b", "b.h", 1, 1), Declared("inline", "x.h", 1, 5, {0})};
  EXPECT_EQ(MergeDeclarations({first, second})[2], Declared("inline", "x.h", 1, 5, {0, 1}));
}

// new.cc was added and includes the untouched lib.h, which no unit at the base included.
std::vector<Finding> TrackedWithANewUnit(Finding in_header, std::vector<Declaration> declarations) {
  const Diff diff = mergegate::testing::DiffBuilder().Modify("new.cc", "", "#include \"lib.h\"\nint Use();\n").Build();
  in_header.unit = "new.cc";
  return Track({.diff = diff,
                .base = {},
                .head = {std::move(in_header)},
                .head_declarations = std::move(declarations),
                .units_without_base = {"new.cc"}});
}

TEST(NewUnit, IsNotChargedWithOldProblemsOfItsHeaders) {
  const auto findings = TrackedWithANewUnit(FindingAt("check", "lib.h", 7, "enum E {};"), {});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(Describe(findings[0]), "unchanged check lib.h:7");
}

TEST(NewUnit, IsChargedWithWhatItsOwnDeclarationsCause) {
  const auto findings = TrackedWithANewUnit(FindingAt("check", "lib.h", 7, "return 1 / F();"),
                                            {Declared("Caller", "lib.h", 5, 9, {1}), Declared("Use", "new.cc", 2, 2)});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(Describe(findings[0]), "caused check lib.h:7 by Use");
}

TEST(NewUnit, IsChargedWithWhatAStepThroughItsLinesShows) {
  Finding finding = FindingAt("check", "lib.h", 7, "return *p;");
  finding.notes = {{"new.cc", 2, 1, "calling with null"}};
  const auto findings = TrackedWithANewUnit(finding, {});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].state, BaselineState::kCaused);
}

}  // namespace
}  // namespace mergegate::tracking
