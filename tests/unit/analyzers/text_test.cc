#include "analyzers/text.h"

#include <gtest/gtest.h>

namespace mergegate::analyzers {
namespace {

TEST(ValidUtf8, KeepsWhatIsValid) {
  const std::string text = "a \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\t\n";
  EXPECT_EQ(ValidUtf8(text), text);
}

TEST(ValidUtf8, ReplacesEveryInvalidByte) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(ValidUtf8("a\xE9z"), "a" + bad + "z");                  // Latin-1
  EXPECT_EQ(ValidUtf8("\xC3"), bad);                                // cut short
  EXPECT_EQ(ValidUtf8("\xC0\xAF"), bad + bad);                      // overlong '/'
  EXPECT_EQ(ValidUtf8("\xED\xA0\x80"), bad + bad + bad);            // surrogate
  EXPECT_EQ(ValidUtf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // above U+10FFFF
}

TEST(ValidUtf8, ReplacesControlCharacters) {
  EXPECT_EQ(ValidUtf8(std::string_view("a\0b\x1B[31m\x7F", 9)), "a?b?[31m?");
}

TEST(ValidUtf8, CutsBetweenCharacters) {
  EXPECT_EQ(ValidUtf8("ab\xC3\xA9", 3), "ab");
  EXPECT_EQ(ValidUtf8("ab\xC3\xA9", 4), "ab\xC3\xA9");
}

TEST(LineIndex, CountsFromOneInBytes) {
  const LineIndex lines(
      "ab\n\nc\xC3\xA9"
      "d");
  EXPECT_EQ(lines.PositionOf(0).line, 1);
  EXPECT_EQ(lines.PositionOf(2).column, 3);
  EXPECT_EQ(lines.PositionOf(3).line, 2);
  EXPECT_EQ(lines.PositionOf(7).line, 3);
  EXPECT_EQ(lines.PositionOf(7).column, 4);
  EXPECT_EQ(lines.PositionOf(1000).column, 5);
  EXPECT_EQ(lines.Line(1), "ab");
  EXPECT_EQ(lines.Line(2), "");
  EXPECT_EQ(lines.Line(0), "");
  EXPECT_EQ(lines.Line(4), "");
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(Trim(" \tx y\r"), "x y");
  EXPECT_EQ(Trim(" \t "), "");
}

}  // namespace
}  // namespace mergegate::analyzers
