#include "server/tracking/track.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "tests/unit/tracking/track_builder.h"

namespace mergegate::tracking {
namespace {

using mergegate::testing::DiffBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(TrackTest, NothingYieldsNothing) { EXPECT_THAT(Changed().Track(), IsEmpty()); }

TEST(TrackTest, UntouchedFilesKeepTheirFindings) {
  Changed change;
  change.base = change.head = {FindingAt("check", "a.cc", 3, "x();")};
  EXPECT_THAT(change.Track(), ElementsAre("unchanged check a.cc:3"));
}

// --- pass 1: the line map ---

TEST(LineMapPassTest, InsertionAboveMovesFindings) {
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", "one\ndelete p;\n", "zero\none\ndelete p;\n").Build();
  change.base = {FindingAt("check", "a.cc", 2, "")};  // no text: only the line map can match
  change.head = {FindingAt("check", "a.cc", 3, "")};
  EXPECT_THAT(change.Track(), ElementsAre("unchanged check a.cc:3"));
}

TEST(LineMapPassTest, TheMessageMayChangeWhenItIsTheOnlyFindingOfTheCheck) {
  Changed change;
  change.base = change.head = {FindingAt("check", "a.cc", 3, "x();")};
  change.head[0].message = "called from 3 places";
  EXPECT_THAT(change.Track(), ElementsAre("unchanged check a.cc:3"));
}

TEST(LineMapPassTest, TheMessageDecidesWhenThereAreSeveral) {
  Changed change;
  change.diff = DiffBuilder().Modify("other.cc", "a\n", "b\n").Build();
  change.base.assign(2, FindingAt("check", "a.cc", 3, "f(x, y);"));
  change.base[0].message = "x is narrowed";
  change.base[1].message = "y is narrowed";
  change.head = change.base;
  change.head[1].message = "z is narrowed";
  EXPECT_THAT(change.Track(),
              ElementsAre("caused check a.cc:3 by other.cc", "fixed check a.cc:3", "unchanged check a.cc:3"));
}

TEST(LineMapPassTest, RenamedFolderChangesNothing) {
  const std::string text = "int *p;\ndelete p;\ndelete p;\nf();\n";
  Changed change;
  DiffBuilder diff;
  for (const std::string& file : std::vector<std::string>{"a.cc", "b.cc", "deep/c.h"}) {
    diff.Rename("old/" + file, "new/" + file, text, text);
    for (int line = 1; line <= 4; ++line) {
      change.base.push_back(FindingAt("check", "old/" + file, line, ""));
      change.head.push_back(FindingAt("check", "new/" + file, line, ""));
      change.base.back().message = "in old/" + file;
      change.head.back().message = "in new/" + file;
    }
  }
  change.diff = diff.Build();
  const std::vector<Finding> findings = change.Findings();
  ASSERT_EQ(findings.size(), 12u);
  for (const Finding& finding : findings) EXPECT_EQ(finding.state, BaselineState::kUnchanged) << Describe(finding);
}

TEST(LineMapPassTest, NewFileAtTheOldPathOfARenamedOneIsNew) {
  Changed change;
  change.diff = DiffBuilder().Rename("a.cc", "b.cc", "x\n", "x\n").Add("a.cc", "y\n").Build();
  change.base = {FindingAt("check", "a.cc", 1, "")};
  change.head = {FindingAt("check", "b.cc", 1, ""), FindingAt("check", "a.cc", 1, "")};
  EXPECT_THAT(change.Track(), ElementsAre("new check a.cc:1", "unchanged check b.cc:1"));
}

// --- pass 2: the text of the line ---

TEST(TextPassTest, MovedWithinTheFile) {
  const std::string before = "void f() {\n  delete p;\n}\nvoid g() {\n}\nint x;\n";
  const std::string after = "void g() {\n}\nint x;\nvoid f() {\n  delete  p;\n}\n";
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", before, after).Build();
  change.AddBase("check", "a.cc", before, "delete");
  change.AddHead("check", "a.cc", after, "delete");
  EXPECT_THAT(change.Track(), ElementsAre("unchanged check a.cc:5"));
}

TEST(TextPassTest, FileSplitInTwo) {
  const std::string before = "one();\ntwo();\nthree();\nfour();\n";
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", before, "one();\ntwo();\n").Add("b.cc", "three();\nfour();\n").Build();
  for (const char* part : {"one", "two", "three", "four"}) change.AddBase("check", "a.cc", before, part);
  for (const char* part : {"one", "two"}) change.AddHead("check", "a.cc", "one();\ntwo();\n", part);
  for (const char* part : {"three", "four"}) change.AddHead("check", "b.cc", "three();\nfour();\n", part);
  EXPECT_THAT(change.Track(), ElementsAre("unchanged check a.cc:1", "unchanged check a.cc:2", "unchanged check b.cc:1",
                                          "unchanged check b.cc:2"));
}

TEST(TextPassTest, OwnFileGoesBeforeOthers) {
  Changed change;
  change.diff =
      DiffBuilder().Modify("a.cc", "x();\nkeep\n", "keep\n").Modify("b.cc", "x();\nkeep\n", "keep\nx();\n").Build();
  change.base = {FindingAt("check", "a.cc", 1, "x();"), FindingAt("check", "b.cc", 1, "x();")};
  change.head = {FindingAt("check", "b.cc", 2, "x();")};
  EXPECT_THAT(change.Track(), ElementsAre("fixed check a.cc:1", "unchanged check b.cc:2"));
}

TEST(TextPassTest, IdenticalLinesAreCounted) {
  const std::string before = "delete p;\ndelete p;\nend\n";
  const std::string after = "end\ndelete p;\ndelete p;\ndelete p;\n";
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", before, after).Build();
  for (int n = 1; n <= 2; ++n) change.AddBase("check", "a.cc", before, "delete", n);
  for (int n = 1; n <= 3; ++n) change.AddHead("check", "a.cc", after, "delete", n);
  const std::vector<std::string> states = change.Track();
  EXPECT_EQ(std::ranges::count_if(states, [](const auto& s) { return s.starts_with("unchanged"); }), 2);
  EXPECT_EQ(std::ranges::count_if(states, [](const auto& s) { return s.starts_with("new"); }), 1);
  EXPECT_EQ(states.size(), 3u);
}

TEST(TextPassTest, OneOfTwoIdenticalLinesIsFixed) {
  const std::string before = "delete p;\nmiddle\ndelete p;\n";
  const std::string after = "middle\ndelete p;\n";
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", before, after).Build();
  for (int n = 1; n <= 2; ++n) change.AddBase("check", "a.cc", before, "delete", n);
  change.AddHead("check", "a.cc", after, "delete");
  EXPECT_THAT(change.Track(), ElementsAre("fixed check a.cc:1", "unchanged check a.cc:2"));
}

TEST(TextPassTest, OtherCheckOrMessageOnTheSameTextDoesNotMatch) {
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", "x();\nkeep\n", "keep\nx();\n").Build();
  change.base = {FindingAt("one", "a.cc", 1, "x();"), FindingAt("two", "a.cc", 1, "x();")};
  change.head = {FindingAt("three", "a.cc", 2, "x();"), FindingAt("two", "a.cc", 2, "x();")};
  change.head[1].message = "something else";
  EXPECT_THAT(change.Track(),
              ElementsAre("new three a.cc:2", "new two a.cc:2", "fixed one a.cc:1", "fixed two a.cc:1"));
}

TEST(TextPassTest, UnknownTextsAreNotEqual) {
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", "x\nkeep\n", "keep\ny\n").Build();
  change.base = {FindingAt("check", "a.cc", 1, "")};
  change.head = {FindingAt("check", "a.cc", 2, "")};
  EXPECT_THAT(change.Track(), ElementsAre("new check a.cc:2", "fixed check a.cc:1"));
}

// --- pass 3: the enclosing declaration ---

TEST(DeclarationPassTest, CommentAddedToTheLine) {
  const std::string before = "void f() {\n  delete p;\n}\n";
  const std::string after = "void f() {\n  delete p;  // ours\n}\n";
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", before, after).Build();
  change.AddBase("check", "a.cc", before, "delete").function = "f";
  change.AddHead("check", "a.cc", after, "delete").function = "f";
  EXPECT_THAT(change.Track(), ElementsAre("unchanged check a.cc:2"));
  change.head[0].function = "g";
  EXPECT_THAT(change.Track(), ElementsAre("new check a.cc:2", "fixed check a.cc:2"));
}

TEST(DeclarationPassTest, OverloadsAreToldApartByUsr) {
  const std::string before = "void f(int) { a; }\nvoid f(char) { b; }\n";
  const std::string after = "void f(int) { a1; }\nvoid f(char) { b1; }\n";
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", before, after).Build();
  change.AddBase("check", "a.cc", before, "char").usr = "f#C";
  change.AddHead("check", "a.cc", after, "int").usr = "f#I";
  change.AddHead("check", "a.cc", after, "char").usr = "f#C";
  for (auto* side : {&change.base, &change.head}) {
    for (Finding& finding : *side) finding.function = "f";
  }
  EXPECT_THAT(change.Track(), ElementsAre("new check a.cc:1", "unchanged check a.cc:2"));
}

TEST(DeclarationPassTest, FileLevelFindingsHaveNoDeclarationInCommon) {
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", "int x;\n", "int y;\n").Build();
  change.base = {FindingAt("check", "a.cc", 1, "int x;")};
  change.head = {FindingAt("check", "a.cc", 1, "int y;")};
  EXPECT_THAT(change.Track(), ElementsAre("new check a.cc:1", "fixed check a.cc:1"));
}

// --- new and fixed ---

TEST(StateTest, FindingIsNewWhenAnyOfItsLinesWasAdded) {
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", "f(a,\n  b,\n  c);\nend\n", "f(a,\n  b,\n  x);\nend\n").Build();
  change.head = {FindingAt("spans", "a.cc", 1, "f(a,"), FindingAt("above", "a.cc", 1, "f(a,"),
                 FindingAt("whole-file", "a.cc", 0, ""), FindingAt("backwards", "a.cc", 3, "x);")};
  change.head[0].end_line = 3;
  change.head[1].end_line = 2;
  change.head[3].end_line = 1;
  EXPECT_THAT(change.Track(), ElementsAre("new whole-file a.cc:0", "new spans a.cc:1", "new backwards a.cc:3",
                                          "caused above a.cc:1 by a.cc"));
}

TEST(StateTest, DeletedFileFixesItsFindings) {
  Changed change;
  change.diff = DiffBuilder().Delete("a.cc", "x\n").Build();
  change.base = {FindingAt("check", "a.cc", 1, "x")};
  EXPECT_THAT(change.Track(), ElementsAre("fixed check a.cc:1"));
}

// --- duplicates, order, fingerprints ---

TEST(TrackTest, FindingSeenByManyUnitsIsOne) {
  Changed change;
  change.diff = DiffBuilder().Add("a.h", "x\n").Build();
  change.head.assign(4, FindingAt("check", "a.h", 1, "x"));
  change.head[0].unit = "d.cc";
  change.head[1].unit = "c.cc";
  change.head[2].unit = "b.cc";
  change.head[3].unit = "a.cc";
  change.head[0].guessed = change.head[3].guessed = true;
  const std::vector<Finding> findings = change.Findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_FALSE(findings[0].guessed);
  EXPECT_EQ(findings[0].unit, "b.cc");
}

TEST(TrackTest, ColumnsKeepFindingsApart) {
  Changed change;
  change.base = change.head = {FindingAt("check", "a.cc", 1, "x x"), FindingAt("check", "a.cc", 1, "x x")};
  change.base[1].column = change.head[1].column = 5;
  EXPECT_EQ(change.Track().size(), 2u);
}

TEST(TrackTest, OrderIsStateThenPlaceWhateverTheInputOrder) {
  Changed change;
  change.diff = DiffBuilder().Modify("m.cc", "a\nb\nc\n", "a\nB\nc\n").Build();
  change.base = {FindingAt("gone", "m.cc", 2, "b"), FindingAt("same", "z.cc", 9, "z"),
                 FindingAt("same", "a.cc", 9, "a")};
  change.head = {FindingAt("same", "z.cc", 9, "z"), FindingAt("same", "a.cc", 9, "a"),
                 FindingAt("off", "z.cc", 1, "q"),  FindingAt("off", "b.cc", 1, "q"),
                 FindingAt("on-b", "m.cc", 2, "B"), FindingAt("on-a", "m.cc", 2, "B")};
  const std::vector<std::string> expected = {
      "new on-a m.cc:2",   "new on-b m.cc:2",       "caused off b.cc:1 by m.cc", "caused off z.cc:1 by m.cc",
      "fixed gone m.cc:2", "unchanged same a.cc:9", "unchanged same z.cc:9"};
  std::ranges::sort(change.head, {}, &Finding::check);
  do {
    ASSERT_EQ(change.Track(), expected);
  } while (std::ranges::next_permutation(change.head, {}, [](const Finding& f) { return f.check + f.path; }).found);
}

TEST(TrackTest, EveryFindingGetsAFingerprintOfItsOwn) {
  Changed change;
  change.base = {FindingAt("gone", "a.cc", 1, "x")};
  change.head = {FindingAt("check", "a.cc", 2, "x"), FindingAt("check", "a.cc", 3, "x")};
  std::set<std::string> fingerprints;
  for (const Finding& finding : change.Findings()) fingerprints.insert(finding.fingerprint);
  EXPECT_EQ(fingerprints.size(), 3u);
  EXPECT_FALSE(fingerprints.contains(""));
}

// Of all things that a hostile or odd analyzer may send, none may crash or hang.
TEST(TrackTest, HostilePositionsAreTaken) {
  Changed change;
  change.diff = DiffBuilder().Modify("a.cc", "x\n", "y\nz\n").Build();
  for (const int line : {-2147483647 - 1, -1, 0, 1, 2147483647}) {
    change.base.push_back(FindingAt("check", "a.cc", line, ""));
    change.head.push_back(FindingAt("other", "a.cc", line, ""));
    change.head.back().end_line = 2147483647;
  }
  EXPECT_EQ(change.Track().size(), 10u);
}

TEST(TrackTest, TwentyThousandFindingsOnEachSideTakeUnderHalfASecond) {
  Changed change;
  // 200 files with 100 findings each; every second file is rewritten, so that all passes have work.
  for (int file = 0; file < 200; ++file) {
    const std::string path = "src/f" + std::to_string(file) + ".cc";
    if (file % 2 == 0) {
      ChangedFile changed;
      changed.old_path = changed.new_path = path;
      for (int i = 0; i < 100; ++i) changed.hunks.push_back({i * 2 + 1, 1, i * 2 + 1, 1, {"old"}, {"new"}});
      change.diff.files.push_back(changed);
    }
    for (int i = 0; i < 100; ++i) {
      change.base.push_back(FindingAt("check", path, i * 2 + 1, "text " + std::to_string(i % 7)));
      change.head.push_back(FindingAt("check", path, i * 2 + 1, "text " + std::to_string(i % 11)));
      change.declarations.push_back(Declared(path + std::to_string(i), path, i * 2 + 1, i * 2 + 2, {i * 37}));
    }
  }
  const std::clock_t start = std::clock();  // CPU time, which other programs do not lengthen
  EXPECT_GE(change.Findings().size(), 20000u);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 0.5);
}

}  // namespace
}  // namespace mergegate::tracking
