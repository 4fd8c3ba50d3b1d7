#include "server/publication/line_comments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "server/publication/sarif.h"
#include "server/publication/telling.h"
#include "tests/support/facts_builder.h"

namespace mergegate::publication {
namespace {

using mergegate::testing::NewFinding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// src/a.cc: line 10 became lines 10 and 11; lines 20 and 21 of the base went away after what is line 20 now.
Diff SmallDiff() {
  return {.files = {
              {.old_path = "src/a.cc",
               .new_path = "src/a.cc",
               .hunks = {{.old_start = 10,
                          .old_count = 1,
                          .new_start = 10,
                          .new_count = 2,
                          .removed = {"int x;"},
                          .added = {"int *p = NULL;", "use(p, 1);"}},
                         {.old_start = 20, .old_count = 2, .new_start = 20, .new_count = 0, .removed = {"a", "b"}}}}}};
}

Finding At(int line, Severity severity = Severity::kMajor) {
  Finding finding = NewFinding("check-" + std::to_string(line), severity, "src/a.cc");
  finding.line = line;
  return finding;
}

Verdict Of(std::vector<Finding> findings) {
  Verdict verdict;
  verdict.state = VerdictState::kFail;
  verdict.findings = std::move(findings);
  return verdict;
}

std::vector<int> LinesOf(const Comments& comments) {
  std::vector<int> lines;
  for (const LineComment& comment : comments.inside) lines.push_back(comment.line);
  return lines;
}

TEST(PlaceCommentsTest, OnlyLinesThatTheHostShows) {
  // Shown: 7 to 14 around the first hunk, 18 to 23 around what was taken away.
  const Verdict verdict = Of({At(6), At(7), At(10), At(14), At(15), At(17), At(18), At(23), At(24)});
  const Comments comments = PlaceComments(verdict, SmallDiff(), {});
  EXPECT_THAT(LinesOf(comments), ElementsAre(7, 10, 14, 18, 23));
  EXPECT_THAT(comments.outside, SizeIs(4));
}

TEST(PlaceCommentsTest, UnchangedLinesHaveTheirNumberAtTheBase) {
  const Comments comments = PlaceComments(Of({At(9), At(11), At(12), At(20), At(21)}), SmallDiff(), {});
  ASSERT_THAT(comments.inside, SizeIs(5));
  EXPECT_EQ(comments.inside[0].old_line, 9);
  EXPECT_EQ(comments.inside[1].old_line, 0);   // added
  EXPECT_EQ(comments.inside[2].old_line, 11);  // one line more before it
  EXPECT_EQ(comments.inside[3].old_line, 19);
  EXPECT_EQ(comments.inside[4].old_line, 22);  // and two less
}

TEST(PlaceCommentsTest, TheWorstComeFirstAndTheRestIsCounted) {
  const Verdict verdict = Of({At(10, Severity::kMinor), At(11, Severity::kBlocker), At(12, Severity::kInfo)});
  const Comments comments = PlaceComments(verdict, SmallDiff(), {.most = 1});
  EXPECT_THAT(LinesOf(comments), ElementsAre(11));
  EXPECT_EQ(comments.left_out, 1u);  // what is information only is no comment at all
  EXPECT_EQ(ReviewBody(verdict, comments),
            "**fail**: 1 comment on changed lines. 1 more finding is told in the summary only.");
}

TEST(PlaceCommentsTest, OldFindingsAndOtherFilesHaveNone) {
  Finding old = At(10);
  old.state = BaselineState::kUnchanged;
  Finding elsewhere = At(10);
  elsewhere.path = "../../etc/passwd";
  const Comments comments = PlaceComments(Of({old, elsewhere}), SmallDiff(), {});
  EXPECT_THAT(comments.inside, IsEmpty());
  EXPECT_THAT(comments.outside, SizeIs(1));
}

TEST(PlaceCommentsTest, ACommentSaysWhatAndWhyAndIsFoundAgain) {
  Finding finding = At(10);
  finding.message = "use nullptr";
  finding.url = "https://checks.example/nullptr";
  finding.notes = {{"src/b.h", 3, 1, "declared here"},
                   {finding.path, 10, 5, "use nullptr"}};  // the last one repeats it
  const Comments comments = PlaceComments(Of({finding}), SmallDiff(), {});
  ASSERT_THAT(comments.inside, SizeIs(1));
  EXPECT_EQ(comments.inside[0].body,
            "**major**: use nullptr ([`check-10`](https://checks.example/nullptr))\n\n- `src/b.h:3` declared here\n\n" +
                HiddenMark(KeyOf(finding)));
  EXPECT_EQ(FindMark(comments.inside[0].body), KeyOf(finding));
}

TEST(FindMarkTest, TheLastMarkCounts) {
  EXPECT_EQ(FindMark("<!-- mergegate:a --> <!-- mergegate:b -->"), "b");
  EXPECT_EQ(FindMark("<!-- mergegate:a"), "");
  EXPECT_EQ(FindMark(""), "");
}

Edit Replace(int line, int from, int to, std::string text) {
  return {.path = "src/a.cc",
          .replacement = std::move(text),
          .start_line = line,
          .start_column = from,
          .end_line = line,
          .end_column = to};
}

TEST(SuggestionTest, OneLine) {
  const auto suggestion = SuggestionOf({"", {Replace(10, 10, 14, "nullptr")}}, SmallDiff(), "src/a.cc", 10);
  ASSERT_TRUE(suggestion);
  EXPECT_EQ(suggestion->lines, (LineRange{10, 10}));
  EXPECT_EQ(suggestion->text, "int *p = nullptr;\n");
}

TEST(SuggestionTest, SeveralEditsOverLinesThatAreJoined) {
  Edit join{
      .path = "src/a.cc", .replacement = " ", .start_line = 10, .start_column = 15, .end_line = 11, .end_column = 1};
  const auto suggestion =
      SuggestionOf({"", {Replace(10, 1, 4, "auto"), join, Replace(11, 8, 9, "2")}}, SmallDiff(), "src/a.cc", 10);
  ASSERT_TRUE(suggestion);
  EXPECT_EQ(suggestion->lines, (LineRange{10, 11}));
  EXPECT_EQ(suggestion->text, "auto *p = NULL; use(p, 2);\n");
}

TEST(SuggestionTest, OnlyWhatLiesInAddedLines) {
  EXPECT_FALSE(SuggestionOf({"", {Replace(9, 1, 1, "x")}}, SmallDiff(), "src/a.cc", 10));    // unchanged
  EXPECT_FALSE(SuggestionOf({"", {Replace(10, 1, 99, "x")}}, SmallDiff(), "src/a.cc", 10));  // beyond its end
  EXPECT_FALSE(SuggestionOf({"", {Replace(10, 1, 1, "x")}}, SmallDiff(), "src/b.cc", 10));   // another file
  EXPECT_FALSE(SuggestionOf({"", {}}, SmallDiff(), "src/a.cc", 10));
}

TEST(SuggestionTest, StandsInTheCommentAsTheHostWantsIt) {
  Finding finding = At(10);
  finding.fixes = {{"use nullptr", {Replace(10, 10, 14, "nullptr"), Replace(11, 1, 4, "take")}}};
  const auto github = PlaceComments(Of({finding}), SmallDiff(), {.host = HostKind::kGitHub}).inside.at(0);
  EXPECT_THAT(github.body, HasSubstr("```suggestion\nint *p = nullptr;\ntake(p, 1);\n```\n"));
  EXPECT_EQ(github.first_line, 10);
  EXPECT_EQ(github.line, 11);
  const auto gitlab = PlaceComments(Of({finding}), SmallDiff(), {.host = HostKind::kGitLab}).inside.at(0);
  EXPECT_THAT(gitlab.body, HasSubstr("```suggestion:-1+0\nint *p = nullptr;\n"));
}

TEST(SuggestionTest, CannotBeLeftFromInside) {
  Finding finding = At(10);
  finding.fixes = {{"", {Replace(10, 1, 1, "/*```\n@all*/")}}};
  const auto comment = PlaceComments(Of({finding}), SmallDiff(), {}).inside.at(0);
  EXPECT_THAT(comment.body, HasSubstr("````suggestion\n/*```\n@all*/int *p = NULL;\n````\n"));
}

TEST(AnnotationsTest, LevelsColumnsAndTheBound) {
  Finding minor = At(3, Severity::kMinor), info = At(4, Severity::kInfo), wide = At(5, Severity::kBlocker);
  minor.column = 7;
  wide.column = 2;
  wide.end_line = 9;
  const auto annotations = Annotations(Of({minor, info, wide}));
  ASSERT_THAT(annotations, SizeIs(3));
  EXPECT_EQ(annotations[0].level, Annotation::Level::kFailure);
  EXPECT_EQ(annotations[0].last_line, 9);
  EXPECT_EQ(annotations[0].first_column, 0);  // columns within one line only
  EXPECT_EQ(annotations[1].level, Annotation::Level::kWarning);
  EXPECT_EQ(annotations[1].first_column, 7);
  EXPECT_EQ(annotations[1].last_column, 7);
  EXPECT_EQ(annotations[2].level, Annotation::Level::kNotice);
  EXPECT_THAT(Annotations(Of(std::vector<Finding>(10'000, minor))), SizeIs(kMostAnnotations));
}

TEST(AnnotationsTest, PlacesThatAreNoneAreLeftOut) {
  Finding nowhere = At(0), outside = At(3), zero = At(3);
  outside.path = "a/../../b";
  zero.path = std::string("a\0b", 3);
  EXPECT_THAT(Annotations(Of({nowhere, outside, zero})), IsEmpty());
}

TEST(SarifTest, HoldsWhatTheChangeIntroduced) {
  Finding old = At(1);
  old.state = BaselineState::kFixed;
  Finding odd = At(10);
  odd.path = "src/a b.cc";
  const auto sarif = nlohmann::json::parse(SarifOf(Of({old, odd})));
  EXPECT_EQ(sarif["version"], "2.1.0");
  ASSERT_EQ(sarif["runs"][0]["results"].size(), 1u);
  const auto& result = sarif["runs"][0]["results"][0];
  EXPECT_EQ(result["ruleId"], "check-10");
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/a%20b.cc");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 10);
  EXPECT_EQ(result["partialFingerprints"]["mergegate/v1"], odd.fingerprint);
}

}  // namespace
}  // namespace mergegate::publication
