#include "server/publication/escape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mergegate::publication {
namespace {

const std::string kNothing = "\xE2\x80\x8B";

TEST(EscapeTest, OneLineIsCutBetweenCharacters) {
  EXPECT_EQ(OneLine("a\tb\r\nc", 100), "a b  c");
  EXPECT_EQ(OneLine("abcdef", 6), "abcdef");
  EXPECT_EQ(OneLine("abcdefg", 6), "abc...");
  EXPECT_EQ(OneLine("aäöü", 6), "aä...");
  EXPECT_EQ(OneLine(std::string("a\0b\x1b", 4), 100),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(OneLine("\xff\xc3", 100), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(OneLine("a\xE2\x80\xAE"
                    "b",
                    100),
            "a\xEF\xBF\xBD"
            "b");  // right-to-left override
}

TEST(EscapeTest, NothingIsMentionedOrReferredTo) {
  EXPECT_EQ(Inline("@all", 99), "@" + kNothing + "all");
  EXPECT_EQ(Inline("see #12", 99), "see \\#" + kNothing + "12");
  EXPECT_EQ(Inline("GH-12", 99), "GH-" + kNothing + "12");
  EXPECT_EQ(Inline("a-1", 99), "a-1");
  EXPECT_EQ(Inline("5 & 6", 99), "5 \\& 6");
}

TEST(EscapeTest, NothingIsMarkup) {
  EXPECT_EQ(Inline("<b>*x*_y_</b>", 99), "\\<b\\>\\*x\\*\\_y\\_\\</b\\>");
  EXPECT_EQ(Inline("https://e.example", 99), "https\\:" + kNothing + "//e.example");
  EXPECT_EQ(Inline("WWW.e.example", 99), "WWW" + kNothing + ".e.example");
}

TEST(EscapeTest, CodeSpansAreFencedByMoreThanTheyHold) {
  EXPECT_EQ(Code("a.cc:3"), "`a.cc:3`");
  EXPECT_EQ(Code("a``b"), "```a``b```");
  EXPECT_EQ(Code("`a"), "`` `a ``");
  EXPECT_EQ(Code("@all\n"), "`@all `");
  EXPECT_EQ(Code(""), "");
}

TEST(EscapeTest, FencesCannotBeEndedFromInside) {
  EXPECT_EQ(Fenced("x\n", "suggestion"), "```suggestion\nx\n```\n");
  EXPECT_EQ(Fenced("````\nx", ""), "`````\n````\nx\n`````\n");
  EXPECT_EQ(Fenced("", "suggestion"), "```suggestion\n```\n");
}

TEST(EscapeTest, LinksLeadToTheWebOnly) {
  EXPECT_EQ(Link("x", "https://e.example/a b)"), "[x](https://e.example/a%20b%29)");
  EXPECT_EQ(Link("x", "javascript:alert(1)"), "x");
  EXPECT_EQ(Link("x", ""), "x");
}

TEST(EscapeTest, MarkdownIsCutAtALine) {
  EXPECT_EQ(CutMarkdown("short\n", 100), "short\n");
  for (size_t end = 0; end < 100; ++end) {  // wherever the line ends, the limit holds
    EXPECT_LE(CutMarkdown(std::string(end, 'a') + "\n" + std::string(200, 'b'), 100).size(), 100) << end;
  }
  const std::string cut = CutMarkdown(std::string(50, 'a') + "\n" + std::string(60, 'b') + "\n", 100);
  EXPECT_EQ(cut, std::string(50, 'a') + "\n\n... cut here: more than fits.\n");
}

}  // namespace
}  // namespace mergegate::publication
