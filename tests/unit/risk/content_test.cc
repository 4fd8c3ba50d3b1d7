#include "server/risk/content.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace mergegate::risk {
namespace {

using ::testing::ElementsAre;
using Lines = std::vector<std::string>;

ChangedFile Changed(const std::string& path, std::vector<std::pair<Lines, Lines>> hunks,
                    FileChange change = FileChange::kModified) {
  ChangedFile file{.change = change, .old_path = change == FileChange::kAdded ? "" : path, .new_path = path};
  for (auto& [removed, added] : hunks) {
    file.hunks.push_back({.old_count = static_cast<int>(removed.size()),
                          .new_count = static_cast<int>(added.size()),
                          .removed = removed,
                          .added = added});
  }
  return file;
}

TEST(ContentTest, CountsLinesOfAllFilesAndTheRestInCodeOnly) {
  const Content content =
      ContentOf({.files = {
                     Changed("a.cc", {{{"int x;"}, {"if (x) f(p->q);", "  else g();"}}, {{}, {"for (;;) break;"}}}),
                     Changed("README.md", {{{}, {"if you like", "while it lasts", "for now"}}}),
                 }});
  EXPECT_EQ(content.lines_added, 6);
  EXPECT_EQ(content.lines_deleted, 1);
  EXPECT_EQ(content.code_added, 3);
  EXPECT_EQ(content.hunks, 2);
  EXPECT_EQ(content.largest_hunk, 2);
  EXPECT_EQ(content.control, 4);  // if, else, for, break
  EXPECT_EQ(content.calls, 2);    // f, g
  EXPECT_EQ(content.memory, 1);   // ->
  EXPECT_EQ(content.depth, 2);    // of "  else"
  EXPECT_FALSE(content.comment_only);
}

TEST(ContentTest, WordsInsideNamesAndCommentsAreNoControlFlow) {
  const Content content = ContentOf(
      {.files = {Changed(
           "a.c", {{{}, {"int gift, format; // if", "/* for */ int elsewhere;", " * while", "int y; /* switch"}}})}});
  EXPECT_EQ(content.control, 0);
}

TEST(ContentTest, CommentsAreTakenOutOfLinesAndHunks) {
  EXPECT_THAT(WithoutComments({"a; // b /* c", "d /* e */ f", "* g", "h /* i", "if (j)"}),
              ElementsAre("a; ", "d   f", "", "h ", ""));
  EXPECT_THAT(WithoutComments({"/* if", "   for", "*/", "c;"}), ElementsAre("", "", " ", "c;")) << "without stars";
  EXPECT_THAT(WithoutComments({"for the rest", "don't */ c;", "d; /*"}), ElementsAre("", "  c;", "d; "))
      << "begun before the first line";
  EXPECT_THAT(WithoutComments({R"(s = "/* \" // */"; x)", "c = '\"'; // '", "n = 1'000; /* y */"}),
              ElementsAre(R"(s = "/* \" // */"; x)", "c = '\"'; ", "n = 1'000;  "));
}

TEST(ContentTest, OnlyCommentsDifferWhenTheRestIsEqualButForWhiteSpace) {
  const auto only_comments = [](std::vector<ChangedFile> files) {
    return ContentOf({.files = std::move(files)}).comment_only;
  };
  EXPECT_TRUE(only_comments({Changed("a.cc", {{{"int x; // old"}, {"int  x;  // new"}}})}));
  EXPECT_FALSE(only_comments({Changed("a.cc", {{{"int x; // old"}, {"int y; // new"}}})}));
  // Moved from one file to another.
  EXPECT_TRUE(only_comments({Changed("a.h", {{{"int x;"}, {}}}), Changed("b.h", {{{}, {"int x;"}}})}));
  EXPECT_FALSE(only_comments({Changed("a.cc", {{{}, {"// new"}}}, FileChange::kAdded)}));
}

TEST(ContentTest, BinaryFilesHaveNoLines) {
  ChangedFile image{.old_path = "a.png", .new_path = "a.png", .binary = true};
  EXPECT_EQ(ContentOf({.files = {image}}).lines_added, 0);
}

TEST(PathsTest, KindsOfFiles) {
  EXPECT_TRUE(IsCode("src/a.cc"));
  EXPECT_TRUE(IsCode("a.h"));
  EXPECT_FALSE(IsCode("a.py"));
  EXPECT_FALSE(IsCode("c"));
  EXPECT_TRUE(IsTest("tests/a.cc"));
  EXPECT_TRUE(IsTest("app/test-pmd/config.c"));
  EXPECT_TRUE(IsTest("src/test_ring.c"));
  EXPECT_TRUE(IsTest("src/ring_test.cc"));
  EXPECT_FALSE(IsTest("src/qmltest/quicktest.cpp"));
  EXPECT_FALSE(IsTest("src/contest.cc"));
  EXPECT_TRUE(IsBuildFile("lib/CMakeLists.txt"));
  EXPECT_TRUE(IsBuildFile("Makefile.am"));
  EXPECT_TRUE(IsBuildFile("cmake/x.cmake"));
  EXPECT_FALSE(IsBuildFile("src/make.cc"));
}

TEST(InstanceTest, BulkRevertsAndOtherLanguagesAreNone) {
  Commit commit{.files = {{.path = "a.cc"}}, .content = {.lines_added = 10}};
  EXPECT_TRUE(IsInstance(commit));
  Commit bulk = commit;
  bulk.content.lines_added = kMostChangedLines + 1;
  EXPECT_FALSE(IsInstance(bulk));
  Commit undo = commit;
  undo.message.undoes = true;
  EXPECT_FALSE(IsInstance(undo));
  Commit script = commit;
  script.files = {{.path = "a.py"}};
  EXPECT_FALSE(IsInstance(script));
  Commit mode = commit;  // nothing but a file mode
  mode.content.lines_added = 0;
  EXPECT_FALSE(IsInstance(mode));
}

}  // namespace
}  // namespace mergegate::risk
