#include "server/rpc/review_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/diff_builder.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::DiffBuilder;
using mergegate::testing::SplitLines;
using ::testing::ElementsAre;

// "old new text" a line, hunks apart by "--".
std::vector<std::string> Show(const std::string& base, const std::string& head, int context) {
  const Diff diff = DiffBuilder().Modify("a", base, head).Build();
  std::vector<std::string> lines;
  for (const v1::DiffHunk& hunk : WithContext(diff.files[0], SplitLines(head), context)) {
    if (!lines.empty()) lines.push_back("--");
    for (const v1::DiffLine& line : hunk.lines()) {
      lines.push_back(std::to_string(line.old_line()) + " " + std::to_string(line.new_line()) + " " + line.text());
    }
  }
  return lines;
}

TEST(WithContextTest, LinesAroundAChange) {
  EXPECT_THAT(Show("1\n2\n3\n4\n5\n", "1\n2\nx\n4\n5\n", 1), ElementsAre("2 2 2", "3 0 3", "0 3 x", "4 4 4"));
}

TEST(WithContextTest, NumbersShiftBehindInsertionsAndDeletions) {
  EXPECT_THAT(Show("1\n2\n3\n", "0\n1\n2\n3\n", 1), ElementsAre("0 1 0", "1 2 1"));
  EXPECT_THAT(Show("1\n2\n3\n4\n", "2\n3\n4\n", 2), ElementsAre("1 0 1", "2 1 2", "3 2 3"));
  EXPECT_THAT(Show("1\n2\n", "1\n2\n3\n", 1), ElementsAre("2 2 2", "0 3 3"));
}

TEST(WithContextTest, HunksWhoseContextsTouchAreOne) {
  EXPECT_THAT(Show("a\n2\n3\nb\n", "A\n2\n3\nB\n", 1),
              ElementsAre("1 0 a", "0 1 A", "2 2 2", "3 3 3", "4 0 b", "0 4 B"));
  EXPECT_THAT(Show("a\n2\n3\n4\nb\n", "A\n2\n3\n4\nB\n", 1),
              ElementsAre("1 0 a", "0 1 A", "2 2 2", "--", "4 4 4", "5 0 b", "0 5 B"));
}

}  // namespace
}  // namespace mergegate::rpc
