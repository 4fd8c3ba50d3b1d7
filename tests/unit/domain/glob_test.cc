#include "server/domain/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace mergegate {
namespace {

struct GlobCase {
  const char* pattern;
  const char* text;
  bool matches;
};

class GlobTest : public ::testing::TestWithParam<GlobCase> {};

TEST_P(GlobTest, Matches) {
  const GlobCase& param = GetParam();
  EXPECT_EQ(GlobMatches(param.pattern, param.text), param.matches) << param.pattern << " on " << param.text;
}

INSTANTIATE_TEST_SUITE_P(Literals, GlobTest,
                         ::testing::Values(GlobCase{"src/a.cc", "src/a.cc", true},
                                           GlobCase{"src/a.cc", "src/a.c", false},
                                           GlobCase{"src/a.cc", "x/src/a.cc", false}, GlobCase{"", "", true},
                                           GlobCase{"", "a", false}, GlobCase{"a", "", false},
                                           GlobCase{"\\*.h", "*.h", true}, GlobCase{"\\*.h", "a.h", false},
                                           GlobCase{"a\\", "a\\", true}));

INSTANTIATE_TEST_SUITE_P(LastSegment, GlobTest,
                         ::testing::Values(GlobCase{"*.h", "include/x.h", true}, GlobCase{"*.h", "x.h", true},
                                           GlobCase{"*.h", "x.hpp", false}, GlobCase{"/x.h", "x.h", true},
                                           GlobCase{"/x.h", "a/x.h", false},
                                           GlobCase{"bugprone-*", "bugprone-use-after-move", true},
                                           GlobCase{"bugprone-*", "misc-unused", false}));

INSTANTIATE_TEST_SUITE_P(Stars, GlobTest,
                         ::testing::Values(GlobCase{"src/*.cc", "src/a.cc", true},
                                           GlobCase{"src/*.cc", "src/a/b.cc", false},
                                           GlobCase{"src/?.cc", "src/a.cc", true},
                                           GlobCase{"src/?.cc", "src/.cc", false},
                                           GlobCase{"src?a.cc", "src/a.cc", false}, GlobCase{"a/*", "a/", true},
                                           GlobCase{"a*b*c", "a12b34c", true}, GlobCase{"a*b*c", "a12c34b", false}));

INSTANTIATE_TEST_SUITE_P(
    DoubleStars, GlobTest,
    ::testing::Values(GlobCase{"src/**/*.cc", "src/a/b.cc", true}, GlobCase{"src/**/*.cc", "src/a/b/c.cc", true},
                      GlobCase{"src/**/*.cc", "src/b.cc", true}, GlobCase{"src/**/*.cc", "srcs/b.cc", false},
                      GlobCase{"src/**/b.cc", "src/xb.cc", false}, GlobCase{"src/**/b.cc", "src/a/xb.cc", false},
                      GlobCase{"**/b.cc", "b.cc", true}, GlobCase{"**/b.cc", "x/y/b.cc", true},
                      GlobCase{"**/b.cc", "x/yb.cc", false}, GlobCase{"src/**", "src/a/b", true},
                      GlobCase{"src/**", "src", false}, GlobCase{"src/**", "other/src/a", false},
                      GlobCase{"a/**/**/b", "a/b", true}, GlobCase{"a/**/**/b", "a/x/y/b", true},
                      GlobCase{"a/x**y", "a/x/1/y", true}, GlobCase{"**", "a/b/c", true}));

INSTANTIATE_TEST_SUITE_P(
    Directories, GlobTest,
    ::testing::Values(GlobCase{"build/", "build/a.cc", true}, GlobCase{"build/", "x/build/a/b.cc", true},
                      GlobCase{"build/", "rebuild/a.cc", false}, GlobCase{"a/gen/", "a/gen/x.h", true},
                      GlobCase{"a/gen/", "b/a/gen/x.h", false}, GlobCase{"build/", "build", false}));

INSTANTIATE_TEST_SUITE_P(Classes, GlobTest,
                         ::testing::Values(GlobCase{"[abc].h", "b.h", true}, GlobCase{"[abc].h", "d.h", false},
                                           GlobCase{"[!abc].h", "d.h", true}, GlobCase{"[!abc].h", "a.h", false},
                                           GlobCase{"[^abc].h", "a.h", false}, GlobCase{"[a-c]x", "bx", true},
                                           GlobCase{"[a-c]x", "-x", false}, GlobCase{"[a-]x", "-x", true},
                                           GlobCase{"[]]x", "]x", true}, GlobCase{"[!]]x", "]x", false},
                                           GlobCase{"a[!b]c", "a/c", false}, GlobCase{"s/a[!b]c", "s/a/c", false},
                                           GlobCase{"[abc", "[abc", true}, GlobCase{"[abc", "a", false},
                                           GlobCase{"[z-a]", "m", false}, GlobCase{"[\xff]", "\xff", true}));

TEST(GlobTest, AnyOfSeveralPatterns) {
  EXPECT_TRUE(AnyGlobMatches({"*.h", "src/**"}, "src/a.cc"));
  EXPECT_FALSE(AnyGlobMatches({"*.h", "src/**"}, "lib/a.cc"));
  EXPECT_FALSE(AnyGlobMatches({}, "a"));
}

// A backtracking matcher would need longer than the universe is old.
TEST(GlobTest, HostilePatternsTakeLinearTime) {
  const std::string text(20000, 'a');
  std::string stars;
  for (int i = 0; i < 100; ++i) stars += "a*";
  std::string dirs;
  for (int i = 0; i < 100; ++i) dirs += "**/*";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(GlobMatches(stars + "b", text));
  EXPECT_FALSE(GlobMatches(dirs + "b", text));
  EXPECT_FALSE(GlobMatches("x/" + std::string(100000, '*') + "/b", text));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace mergegate
