#include "analyzers/duplication.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "tests/support/test_repo.h"

namespace mergegate::analyzers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestRepo;

struct Added {
  std::string path;
  int first, last;
};

// Blocks as "a.cc:1-3 = b.cc:4-6 (20)".
std::vector<std::string> Duplicates(const testing::Files& files, const std::vector<Added>& added, int min_tokens) {
  TestRepo repo;
  v1::AnalysisTask task;
  task.set_commit(repo.Commit(files).value());
  v1::DuplicationTask& wanted = *task.mutable_duplication();
  wanted.set_min_tokens(min_tokens);
  for (const auto& [path, text] : files) wanted.add_siblings(path);
  for (const Added& a : added) {
    v1::LineSet& lines = *wanted.add_added();
    lines.set_path(a.path);
    lines.add_first(a.first);
    lines.add_last(a.last);
  }
  auto tree = source::GitTree::Open(repo.path(), task.commit()).value();
  const v1::TaskResult result = FindDuplicates(task, *tree);
  EXPECT_EQ(result.failures_size(), 0);
  std::vector<std::string> found;
  for (const v1::DuplicateBlock& b : result.duplicates()) {
    found.push_back(b.path() + ":" + std::to_string(b.start_line()) + "-" + std::to_string(b.end_line()) + " = " +
                    b.other_path() + ":" + std::to_string(b.other_start_line()) + "-" +
                    std::to_string(b.other_end_line()) + " (" + std::to_string(b.tokens()) + ")");
  }
  return found;
}

// 10 tokens on two lines.
const char kBlock[] = "int a = b + c;\nreturn a;\n";

TEST(Duplication, FindsAnAddedCopyAndReportsItFirst) {
  EXPECT_THAT(
      Duplicates({{"a.cc", std::string("x\n") + kBlock}, {"b.cc", std::string("y\n") + kBlock}}, {{"b.cc", 2, 3}}, 8),
      ElementsAre("b.cc:2-3 = a.cc:2-3 (10)"));
}

TEST(Duplication, IgnoresBlanksAndComments) {
  EXPECT_THAT(
      Duplicates({{"a.cc", kBlock}, {"b.cc", "int  a=b /* sum */ +c;  // here\n\nreturn\na;\n"}}, {{"b.cc", 1, 4}}, 10),
      ElementsAre("b.cc:1-4 = a.cc:1-2 (10)"));
}

TEST(Duplication, ReportsAPairOfAddedCopiesOnce) {
  EXPECT_THAT(Duplicates({{"a.cc", kBlock}, {"b.cc", kBlock}}, {{"a.cc", 1, 2}, {"b.cc", 1, 2}}, 8),
              ElementsAre("a.cc:1-2 = b.cc:1-2 (10)"));
}

TEST(Duplication, SaysNothingAboutCopiesThatTheChangeDidNotMake) {
  EXPECT_THAT(Duplicates({{"a.cc", kBlock}, {"b.cc", std::string(kBlock) + "int added;\n"}}, {{"b.cc", 3, 3}}, 8),
              IsEmpty());
}

TEST(Duplication, WantsTheMinimumNumberOfTokens) {
  EXPECT_THAT(Duplicates({{"a.cc", kBlock}, {"b.cc", kBlock}}, {{"b.cc", 1, 2}}, 11), IsEmpty());
}

TEST(Duplication, ReportsTheGreatestStretchEvenBeyondTheAddedLines) {
  const std::string before = "first(1);\n", after = "last(2);\n";
  EXPECT_THAT(Duplicates({{"a.cc", before + kBlock + after}, {"b.cc", before + kBlock + after}}, {{"b.cc", 2, 2}}, 8),
              ElementsAre("b.cc:1-4 = a.cc:1-4 (20)"));
}

TEST(Duplication, FindsTwoAdjacentCopies) {
  EXPECT_THAT(Duplicates({{"a.cc", std::string(kBlock) + kBlock}}, {{"a.cc", 3, 4}}, 8),
              ElementsAre("a.cc:3-4 = a.cc:1-2 (10)"));
}

TEST(Duplication, LeavesIncludesAndUsingsOut) {
  const std::string head =
      "#include <a>\n#include <b>\n#include <c>\n#pragma once\nusing std::string;\nusing std::vector;\n"
      "using A = B<C, D>;\n";
  EXPECT_THAT(Duplicates({{"a.cc", head}, {"b.cc", head}}, {{"b.cc", 1, 7}}, 4), IsEmpty());
}

TEST(Duplication, DoesNotMatchAcrossFiles) {
  EXPECT_THAT(Duplicates({{"a.cc", "f(1);\n"}, {"b.cc", "g(2);\n"}, {"c.cc", "f(1); g(2);\n"}}, {{"c.cc", 1, 1}}, 6),
              IsEmpty());
}

TEST(Duplication, AMovedBlockIsNone) {
  EXPECT_THAT(Duplicates({{"a.cc", "int left;\n"}, {"b.cc", kBlock}}, {{"b.cc", 1, 2}}, 8), IsEmpty());
}

// Copies in several files at the same distance from each other must all be found.
TEST(Duplication, KeepsStretchesAtEqualDistancesApart) {
  const std::string one = "int a1 = b1 + c1;\n", two = "int a2 = b2 + c2;\n", gap = "void\n";
  EXPECT_THAT(
      Duplicates({{"a.cc", one + gap + two}, {"b.cc", one + "char\n" + two}}, {{"a.cc", 1, 1}, {"b.cc", 3, 3}}, 7),
      ElementsAre("a.cc:1-1 = b.cc:1-1 (7)", "b.cc:3-3 = a.cc:3-3 (7)"));
}

TEST(Duplication, FiftyLargeFilesTakeLessThanTwoSeconds) {
  testing::Files files;
  std::vector<Added> added;
  for (int f = 0; f < 50; ++f) {
    std::string text;
    for (int i = 0; i < 5000; ++i) {
      // Rows of a table, the worst case: everything resembles everything.
      text += i % 10 < 3 ? "  {0, 0, 0, 0},\n" : "  call" + std::to_string((f * 7919 + i) % 9973) + "(x, y);\n";
    }
    const std::string name = "f" + std::to_string(f) + ".cc";
    files[name] = text;
    if (f < 10) added.push_back({name, 1, 5000});
  }
  TestRepo repo;
  v1::AnalysisTask task;
  task.set_commit(repo.Commit(files).value());
  task.mutable_duplication()->set_min_tokens(60);
  for (const auto& [path, text] : files) task.mutable_duplication()->add_siblings(path);
  for (const Added& a : added) {
    v1::LineSet& lines = *task.mutable_duplication()->add_added();
    lines.set_path(a.path);
    lines.add_first(a.first);
    lines.add_last(a.last);
  }
  auto tree = source::GitTree::Open(repo.path(), task.commit()).value();
  const std::clock_t start = std::clock();  // CPU time: other tests run beside this one
  FindDuplicates(task, *tree);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 2.0);
}

}  // namespace
}  // namespace mergegate::analyzers
