#include "server/tracking/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/map_tree.h"
#include "tests/unit/tracking/track_builder.h"

namespace mergegate::tracking {
namespace {

using mergegate::testing::DiffBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kBase =
    "#include <a>\n"
    "int F(int x) {\n"
    "  return x;\n"
    "}\n"
    "int G() {\n"
    "  return 1;\n"
    "}\n";

std::vector<Declaration> Functions(const std::string& text) {
  std::vector<Declaration> declarations;
  for (const char* name : {"F", "G", "H"}) {
    if (text.find(std::string("int ") + name + "(") == std::string::npos) continue;
    const int first = LineOf(text, std::string("int ") + name + "(");
    declarations.push_back(Declared(name, "a.cc", first, first + 2));
  }
  return declarations;
}

std::vector<Piece> Pieces(const std::string& base, const std::string& head) {
  const Diff diff = DiffBuilder().Modify("a.cc", base, head).Build();
  const MapTree tree({{"a.cc", head}});
  return PiecesOf(diff, Functions(head), Functions(base), tree);
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::vector<std::string> Names(const std::vector<Piece>& pieces) {
  std::vector<std::string> names;
  for (const Piece& piece : pieces)
    names.push_back(piece.declaration.empty() ? "rest of " + piece.path : piece.declaration);
  return names;
}

TEST(PiecesOfTest, AreTheChangedDeclarations) {
  const auto pieces = Pieces(kBase, Replaced(kBase, "return 1", "return 2"));
  ASSERT_THAT(Names(pieces), ElementsAre("G"));
  EXPECT_EQ(pieces[0].path, "a.cc");
  EXPECT_EQ(pieces[0].signature.size(), 32u);
  EXPECT_EQ(pieces[0].body.size(), 32u);
}

TEST(PiecesOfTest, SignatureAndBodyAreToldApart) {
  const Piece before = Pieces(Replaced(kBase, "return x", "return 0"), kBase)[0];
  const Piece other_body = Pieces(kBase, Replaced(kBase, "return x", "return 2 * x"))[0];
  EXPECT_EQ(other_body.signature, before.signature);
  EXPECT_NE(other_body.body, before.body);
  const Piece other_signature = Pieces(kBase, Replaced(kBase, "F(int x)", "F(long x)"))[0];
  EXPECT_NE(other_signature.signature, before.signature);
  EXPECT_EQ(other_signature.body, before.body);
}

TEST(PiecesOfTest, ARebaseOverOtherCodeChangesNothing) {
  const std::string newer = "// licence\n" + Replaced(kBase, "return x", "return -x");
  EXPECT_EQ(Pieces(kBase, Replaced(kBase, "return 1", "return 2")),
            Pieces(newer, Replaced(newer, "return 1", "return 2")));
}

TEST(PiecesOfTest, LayoutIsNoChange) {
  const std::string changed = Replaced(kBase, "return 1", "return 2");
  EXPECT_EQ(Pieces(kBase, changed), Pieces(kBase, Replaced(changed, "  return 2", "\treturn  2")));
}

TEST(PiecesOfTest, LinesOutsideAreAPieceOfTheirOwn) {
  const std::string head = Replaced(Replaced(kBase, "<a>", "<b>"), "return 1", "return 2");
  EXPECT_THAT(Names(Pieces(kBase, head)), ElementsAre("G", "rest of a.cc"));
}

TEST(PiecesOfTest, ADeletedFunctionIsSeenEvenBesideAChangedOne) {
  const std::string with_h = kBase + "int H() {\n  return 3;\n}\n";
  const auto kept = Pieces(with_h, Replaced(with_h, "return 1", "return 2"));
  EXPECT_THAT(Names(kept), ElementsAre("G"));
  const auto deleted = Pieces(with_h, Replaced(kBase, "return 1", "return 2"));
  EXPECT_THAT(Names(deleted), ElementsAre("G", "rest of a.cc"));
  EXPECT_EQ(deleted[0], kept[0]);
}

TEST(PiecesOfTest, RemovedLinesInsideADeclarationAreItsChange) {
  const std::string longer = Replaced(kBase, "  return 1;\n", "  int y = 0;\n  return 1;\n");
  std::vector<Declaration> base = Functions(kBase);
  base[1].end_line = 8;
  const MapTree tree({{"a.cc", kBase}});
  const Diff diff = DiffBuilder().Modify("a.cc", longer, kBase).Build();
  EXPECT_THAT(Names(PiecesOf(diff, Functions(kBase), base, tree)), ElementsAre("G"));
}

TEST(PiecesOfTest, FilesWithoutDeclarationsAreOnePiece) {
  const Diff diff = DiffBuilder().Modify("b.txt", "one\n", "two\n").Rename("c", "d", "same\n", "same\n").Build();
  const MapTree tree({{"b.txt", "two\n"}, {"d", "same\n"}});
  EXPECT_THAT(Names(PiecesOf(diff, {}, {}, tree)), ElementsAre("rest of b.txt", "rest of d"));
}

TEST(SplitDeclarationTest, BlanksInLiteralsCount) {
  const DeclarationText text = SplitDeclaration("void  F(\n  int x)\n{ Print(\"a  b\"); }");
  EXPECT_EQ(text.signature, "void F( int x)");
  EXPECT_EQ(text.body, "{ Print(\"a  b\"); }");
  EXPECT_EQ(SplitDeclaration("char c = '{';").body, "");
  EXPECT_EQ(SplitDeclaration("auto s = R\"(a\n  b)\";").signature, "auto s = R\"(a\n  b)\";");
  EXPECT_EQ(SplitDeclaration("int f();  // don't {\nint g() {}").body, "{}");
}

}  // namespace
}  // namespace mergegate::tracking
