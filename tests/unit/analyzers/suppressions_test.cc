#include "analyzers/source/suppressions.h"

#include <gtest/gtest.h>

namespace mergegate::source {
namespace {

std::string Neutralized(std::string text, const LineRanges& lines = {{1, 1000}}) {
  const size_t size = text.size();
  NeutralizeSuppressions(lines, text);
  EXPECT_EQ(text.size(), size);
  return text;
}

TEST(NeutralizeSuppressions, TakesNoLintCommentsAway) {
  EXPECT_EQ(Neutralized("a;  // NOLINT\n"), "a;  // NOXINT\n");
  EXPECT_EQ(Neutralized("// NOLINTNEXTLINE(x)\n/* NOLINTBEGIN */ /* NOLINTEND */"),
            "// NOXINTNEXTLINE(x)\n/* NOXINTBEGIN */ /* NOXINTEND */");
}

TEST(NeutralizeSuppressions, TouchesOnlyTheGivenLines) {
  EXPECT_EQ(Neutralized("// NOLINT\n// NOLINT\n// NOLINT\n", {{2, 2}}), "// NOLINT\n// NOXINT\n// NOLINT\n");
}

TEST(NeutralizeSuppressions, BlanksAttributes) {
  EXPECT_EQ(Neutralized("[[clang::suppress]] f();"), "[[               ]] f();");
  EXPECT_EQ(Neutralized("[[gsl::suppress(\"a(b)\")]] f();"), "[[                     ]] f();");
  EXPECT_EQ(Neutralized("[[using clang: suppress]] f();"), "[[using clang:         ]] f();");
  EXPECT_EQ(Neutralized("[[nodiscard, clang::suppress]] int f();"), "[[nodiscard,                ]] int f();");
  EXPECT_EQ(Neutralized("__attribute__((suppress)) f();"), "__attribute__((        )) f();");
  EXPECT_EQ(Neutralized("[[_Clang::__suppress__]] f();"), "[[                    ]] f();");
}

TEST(NeutralizeSuppressions, LeavesTheWordAloneElsewhere) {
  for (const char* text : {"suppress(x);", "[[nodiscard]] int suppress();", "int a[2]; b = a[suppress];",
                           "clang::suppress x;", "[[clang::suppressed]] f();"}) {
    EXPECT_EQ(Neutralized(text), text);
  }
}

TEST(WouldHide, FollowsTheKindsOfNoLint) {
  std::string text =
      "a; // NOLINT\n"
      "// NOLINTNEXTLINE(bugprone-*, misc-x)\n"
      "b;\n"
      "// NOLINTBEGIN(cert-*)\n"
      "c;\n"
      "// NOLINTEND(cert-*)\n"
      "d;\n";
  const std::vector<Suppression> taken = NeutralizeSuppressions({{1, 7}}, text);
  ASSERT_EQ(taken.size(), 4u);
  EXPECT_TRUE(WouldHide(taken, 1, "any-check"));
  EXPECT_FALSE(WouldHide(taken, 2, "any-check"));
  EXPECT_TRUE(WouldHide(taken, 3, "bugprone-use-after-move"));
  EXPECT_TRUE(WouldHide(taken, 3, "misc-x"));
  EXPECT_FALSE(WouldHide(taken, 3, "misc-xy"));
  EXPECT_TRUE(WouldHide(taken, 5, "cert-a"));
  EXPECT_FALSE(WouldHide(taken, 5, "misc-x"));
  EXPECT_FALSE(WouldHide(taken, 7, "cert-a"));
}

}  // namespace
}  // namespace mergegate::source
