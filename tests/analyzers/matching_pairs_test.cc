// The matching tier of a unit that is compared with its base: each side says what it says alone, whatever the change.
// Findings, fixes, measurements, declarations with what they refer to, and files read are compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/analyzers/unit_pair.h"

namespace mergegate::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kHeader[] = R"(#pragma once
inline int Half(int x) { return x / 2; }
template <typename T>
double Ratio(T a, T b) {
  double ratio = a / b;
  return ratio;
}
namespace lib {
template <typename T>
struct Pair {
  T a, b;
};
int Outer(int);
namespace inner {
int Deep(int);
}
}  // namespace lib
)";

constexpr char kUnit[] = R"(#include "lib.h"
#define TWICE(x) ((x) + (x))
namespace {
int counter = 0;
int Step(int by) {
  counter += by;
  return counter;
}
}  // namespace

int First(int a) {
  if (a > 1);
  return a + Step(1);
}

// About the second.
int Second(int a, int b) {
  const auto add = [a](int c) {
    return a + c;
  };
  return add(b) + TWICE(a) + static_cast<int>(Ratio(a, b));
}

template <typename T>
T Larger(T a, T b) {
  return a < b ? b : a;
}

class Box {
 public:
  explicit Box(int size) : size_(size) {
    if (size > 3);
  }
  int Size() const {
    return size_ + 0;
  }

 private:
  int size_;
};

constexpr int Square(int x) {
  return x * x;
}
constexpr int kNine = Square(3);

auto Deduced(int x) {
  return x + kNine;
}

int Third(int a) {
  return Larger(a, Box(a).Size()) + Deduced(1);
}

int Fourth(int a) { return a; } int Fifth(int a) { return a + 5; }

int Last(int* a) {
  return *a - 1;
}
)";

constexpr char kLocal[] = R"(#include "lib.h"
int Above(int a) {
  return a;
}
int F(int a) {
  struct Local {
    int Get() const { return value; }
    int value;
  };
  Local local{a};
  return local.Get();
}
int Below(int a) {
  return 2 * a;
}
)";

// What the comparison may do about the change.
enum class Skips { kSome, kNone, kAny };

struct Change {
  std::string name;
  std::string base;      // main file
  std::string from, to;  // the change
  Skips skips = Skips::kAny;
  std::string appears = "";   // check that says something at the head alone
  std::string vanishes = "";  // check that says something at the base alone
  std::vector<std::string> more_arguments = {};
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

class MatchingPair : public ::testing::TestWithParam<Change> {};

TEST_P(MatchingPair, SaysOfEachSideWhatItSaysAlone) {
  const Change& change = GetParam();
  PairOptions options;
  options.arguments.insert(options.arguments.end(), change.more_arguments.begin(), change.more_arguments.end());
  const UnitPair pair({{"a.cc", change.base}, {"lib.h", kHeader}},
                      {{"a.cc", change.from.empty() ? change.to : Edited(change.base, change.from, change.to)}},
                      options);
  const v1::TaskResult head = pair.HeadAlone(), base = pair.BaseAlone(), compared = pair.Compare();
  if (!change.appears.empty()) {
    ASSERT_THAT(Places(base), Not(Contains(StartsWith(change.appears))));
    ASSERT_THAT(Places(head), Contains(StartsWith(change.appears)));
  }
  if (!change.vanishes.empty()) {
    ASSERT_THAT(Places(base), Contains(StartsWith(change.vanishes)));
    ASSERT_THAT(Places(head), Not(Contains(StartsWith(change.vanishes))));
  }
  EXPECT_EQ(Differences(head, compared), "");
  EXPECT_EQ(Differences(base, compared.base()), "");
  if (change.skips == Skips::kNone) {
    EXPECT_EQ(compared.cost().bodies_skipped(), 0);
  }
  if (change.skips == Skips::kSome) {
    // With so many checks some fix reaches out of its function, and all of the unit is parsed.
    options.checks = "";
    const UnitPair by_default({{"a.cc", change.base}, {"lib.h", kHeader}},
                              {{"a.cc", change.from.empty() ? change.to : Edited(change.base, change.from, change.to)}},
                              options);
    EXPECT_GT(by_default.Compare().cost().bodies_skipped(), 0);
    EXPECT_EQ(Differences(by_default.HeadAlone(), by_default.Compare()), "");
  }

  const v1::TaskResult cold = pair.CompareCached().result();
  const v1::TaskResult warm = pair.CompareCached().result();
  EXPECT_TRUE(Bytes(cold) == Bytes(compared));
  EXPECT_TRUE(Bytes(warm) == Bytes(compared));
}

std::string NameOf(const ::testing::TestParamInfo<Change>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Bodies, MatchingPair,
    ::testing::Values(
        Change{"OneStatement", kUnit, "return *a - 1;", "return *a - 2;", Skips::kSome},
        Change{"LinesAdded", kUnit, "  return *a - 1;\n", "  if (*a > 7);\n  return *a - 1;\n", Skips::kSome},
        Change{"LinesRemoved", kUnit, "  if (a > 1);\n", "", Skips::kSome},
        Change{"InlineMethod", kUnit, "return size_ + 0;", "return size_ + 1;", Skips::kSome},
        Change{"Constructor", kUnit, "    if (size > 3);\n", "    if (size > 3);\n    if (size > 4);\n", Skips::kSome},
        Change{"Lambda", kUnit, "return a + c;", "return a - c;", Skips::kSome},
        Change{"LambdaGrows", kUnit, "    return a + c;\n", "    if (c > 4);\n    return a + c;\n", Skips::kSome},
        Change{"LocalClass", kLocal, "{ return value; }", "{ return value + 1; }", Skips::kAny},
        Change{"LocalClassRenamed", kLocal, "int Get() const { return value; }\n    int value;",
               "int Get() const { return size; }\n    int size;", Skips::kAny},
        Change{"Emptied", kUnit, "  counter += by;\n  return counter;\n", "", Skips::kAny},
        Change{"CommentInside", kUnit, "  return *a - 1;\n", "  // One less.\n  return *a - 1;\n", Skips::kSome},
        Change{"MacroDefinedInside", kUnit, "  return *a - 1;\n", "#define ONE 1\n  return *a - ONE;\n", Skips::kNone},
        Change{"TemplateNewlyInstantiated", kUnit, "return *a - 1;", "return *a - static_cast<int>(Larger(1.5, 2.5));"},
        Change{"HeaderTemplateNewlyInstantiated", kUnit, "return *a - 1;",
               "return *a - static_cast<int>(Ratio(1L, 2L));"},
        Change{"CallOfAnotherFunction", kUnit, "return *a - 1;", "return *a - Second(1, 2) - Half(3);"},
        Change{"LooksLikeTheNextFunction", kUnit, "  return *a - 1;\n",
               "  return *a - 1;\n}\n\nint More(int* a) {\n  return *a - 1;\n"},
        Change{"UnusualBrace",
               "#include \"lib.h\"\nint F(int a)\n{\n  if (a > 1);\n  return a; }\nint G(int a) {\n  return a;\n}\n",
               "  return a; }", "  return 2 * a; }", Skips::kAny}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Structure, MatchingPair,
    ::testing::Values(
        Change{"Nothing", kUnit, "int Last", "int Last", Skips::kSome},
        Change{"CommentAbove", kUnit, "// About the second.\n", "// About the second one.\n", Skips::kNone},
        Change{"LineInsertedAbove", kUnit, "// About the second.\n", "\n// About the second.\n", Skips::kNone},
        Change{"NewFunction", kUnit, "int Last(", "int New(int a) {\n  if (a > 4);\n  return a;\n}\n\nint Last(",
               Skips::kNone},
        Change{"FunctionRemoved", kUnit, "int Last(int* a) {\n  return *a - 1;\n}\n", "", Skips::kNone},
        Change{"FunctionRenamed", kUnit, "int Last(", "int Latest(", Skips::kNone},
        Change{"Signature", kUnit, "int Last(int* a) {", "long Last(const int* a) {", Skips::kNone},
        Change{"Macro", kUnit, "((x) + (x))", "((x) + (x) + 1)", Skips::kNone},
        Change{"TemplateBody", kUnit, "return a < b ? b : a;", "if (a < b);\n  return b < a ? a : b;", Skips::kNone},
        Change{"ConstexprBody", kUnit, "return x * x;", "return x * x + 1;", Skips::kNone},
        Change{"DeducedReturnType", kUnit, "return x + kNine;", "return x + 1.5;", Skips::kNone},
        Change{"TwoFunctionsOnOneLine", kUnit, "return a + 5;", "return a + 6;", Skips::kNone},
        Change{"MissingBrace", kUnit, "  return *a - 1;\n}", "  return *a - 1;\n", Skips::kNone},
        Change{"BraceTooMany", kUnit, "  return *a - 1;\n}", "  return *a - 1;\n}}", Skips::kNone},
        Change{"BodyThatDoesNotCompile", kUnit, "return *a - 1;", "return *a - undeclared;", Skips::kNone},
        Change{"UnclosedBlockInBody", kUnit, "  return *a - 1;\n", "  if (*a > 3) {\n  return *a - 1;\n", Skips::kNone},
        Change{"LastLineWithoutNewline", kUnit, "  return *a - 1;\n}\n", "  return *a - 1;\n}"},
        Change{"CarriageReturns", kUnit, "  return *a - 1;\n", "  return *a - 1;\r\n"},
        Change{"Include", kUnit, "#include \"lib.h\"\n", "#include \"lib.h\"\n#include \"lib.h\"\n", Skips::kNone},
        Change{"FromNothing", "", "", kUnit, Skips::kNone}, Change{"ToNothing", kUnit, "", "", Skips::kNone},
        Change{"WithoutHeaders", "int F(int a) {\n  return a;\n}\nint G(int a) {\n  return a;\n}\n",
               "int F(int a) {\n  return a;", "int F(int a) {\n  return 2 * a;"}),
    NameOf);

// Files with carriage returns throughout.
std::string WithCarriageReturns(std::string text) {
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  return text;
}
INSTANTIATE_TEST_SUITE_P(LineEnds, MatchingPair,
                         ::testing::Values(Change{"BodyAmongCarriageReturns", WithCarriageReturns(kUnit),
                                                  "return *a - 1;", "return *a - 2;", Skips::kSome},
                                           Change{"AllLinesGetThem", kUnit, "", WithCarriageReturns(kUnit)}),
                         NameOf);

// A body is changed, and something is to be said elsewhere.
INSTANTIATE_TEST_SUITE_P(
    SeenElsewhere, MatchingPair,
    ::testing::Values(
        Change{"LastUseOfAFunctionRemoved", kUnit, "return a + Step(1);", "return a;", Skips::kAny,
               "clang-diagnostic-unused-function"},
        Change{"FirstUseOfAFunction",
               "#include \"lib.h\"\nstatic int Unused(int a) {\n  return a;\n}\nint F(int a) {\n  return a;\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "return 2 * a;", "return 2 * Unused(a);", Skips::kAny, "", "clang-diagnostic-unused-function"},
        Change{"VariableIsOnlySet",
               "#include \"lib.h\"\nstatic int state = 0;\nint F(int a) {\n  state = a;\n  return state;\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "return state;", "return a;"},
        Change{"UsingDeclarationNoLongerUsed",
               "#include \"lib.h\"\nusing lib::Outer;\nint F(int a) {\n  return Outer(a);\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "return Outer(a);", "return lib::Outer(a);", Skips::kAny, "misc-unused-using-decls"},
        Change{"PrivateFieldNoLongerUsed",
               "#include \"lib.h\"\nclass Box {\n public:\n  int Get() const {\n    return size_;\n  }\n  int More() "
               "const "
               "{\n    return 1;\n  }\n\n private:\n  int size_ = 1;\n};\nint F() {\n  return Box().Get() + "
               "Box().More();\n}\n",
               "return size_;", "return 2;", Skips::kAny, "clang-diagnostic-unused-private-field"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Exceptions, MatchingPair,
    ::testing::Values(
        Change{"CalleeOfANoexceptFunctionThrows",
               "#include \"lib.h\"\nint Inner(int a) {\n  return a;\n}\nint Middle(int a) {\n  return Inner(a);\n}\n"
               "int F(int a) noexcept {\n  return Middle(a);\n}\nint G(int a) {\n  return 2 * a;\n}\n",
               "  return a;\n", "  if (a > 3) throw a;\n  return a;\n", Skips::kSome, "bugprone-exception-escape:9"},
        Change{"CalleeOfANoexceptFunctionNoLongerThrows",
               "#include \"lib.h\"\nint Inner(int a) {\n  throw a;\n}\nint F(int a) noexcept {\n  return Inner(a);\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "throw a;", "return a;", Skips::kAny, "", "bugprone-exception-escape:5"},
        Change{"CalleeOfADestructorThrows",
               "#include \"lib.h\"\nint Inner(int a) {\n  return a;\n}\nstruct S {\n  ~S() {\n    Inner(1);\n  }\n};\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "  return a;\n", "  throw a;\n", Skips::kAny, "bugprone-exception-escape:6"},
        Change{
            "CalleeOfANoexceptLambdaThrows",
            "#include \"lib.h\"\nint Inner(int a) {\n  return a;\n}\nint F(int a) {\n  const auto f = [a]() noexcept "
            "{ return Inner(a); };\n  return f();\n}\nint G(int a) {\n  return 2 * a;\n}\n",
            "  return a;\n", "  throw a;\n", Skips::kAny, "bugprone-exception-escape"}),
    NameOf);

// A body is changed, and something is to be said elsewhere that is easily overlooked.
INSTANTIATE_TEST_SUITE_P(
    Overlooked, MatchingPair,
    ::testing::Values(
        Change{"HeaderTemplateNoLongerInstantiated", kUnit, " + static_cast<int>(Ratio(a, b))", ""},
        Change{"OnlyItselfStillCallsIt",
               "#include \"lib.h\"\nstatic int Loop(int a) {\n  return a > 0 ? Loop(a - 1) : 0;\n}\n"
               "int F(int a) {\n  return Loop(a);\n}\nint G(int a) {\n  return 2 * a;\n}\n",
               "return Loop(a);", "return a;", Skips::kAny, "clang-diagnostic-unneeded-internal-declaration"},
        Change{"UsedButNotCalledAnyMore",
               "#include \"lib.h\"\nstatic int Size(int a) {\n  return a;\n}\n"
               "int F(int a) {\n  return Size(a);\n}\nint G(int a) {\n  return 2 * a;\n}\n",
               "return Size(a);", "return a + static_cast<int>(sizeof(Size(a)));", Skips::kAny,
               "clang-diagnostic-unneeded-internal-declaration"},
        Change{"CleanupByAttribute",
               "#include \"lib.h\"\nstatic void Close(int* p) {\n  *p = 0;\n}\n"
               "int F(int a) {\n  __attribute__((cleanup(Close))) int b = a;\n  return b;\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "__attribute__((cleanup(Close))) ", "", Skips::kAny, "clang-diagnostic-unused-function"},
        Change{"MacroNoLongerUsed",
               "#include \"lib.h\"\nint G(int a);\n#define ONE 1\nint F(int a) {\n  return a + ONE;\n}\nint G(int a) "
               "{\n  return 2 "
               "* a;\n}\n",
               "return a + ONE;",
               "return a + 1;",
               Skips::kAny,
               "clang-diagnostic-unused-macros",
               "",
               {"-Wunused-macros"}},
        Change{"NamespaceAliasNoLongerUsed",
               "#include \"lib.h\"\nnamespace in = lib::inner;\nint F(int a) {\n  return in::Deep(a);\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "return in::Deep(a);", "return lib::inner::Deep(a);", Skips::kAny, "misc-unused-alias-decls"},
        Change{"UsingTemplateNoLongerUsed",
               "#include \"lib.h\"\nusing lib::Pair;\nint F(int a) {\n  const Pair<int> p = {a, a};\n  return p.a;\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "const Pair<int> p = {a, a};\n  return p.a;", "return a;", Skips::kAny, "misc-unused-using-decls"},
        Change{"CalleeOfIterMoveThrows",
               "#include \"lib.h\"\nint Inner(int a) {\n  return a;\n}\nint iter_move(int a) {\n  return Inner(a);\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "  return a;\n", "  throw a;\n", Skips::kAny},
        Change{"CalleeNoLongerAlwaysThrows",
               "#include \"lib.h\"\nvoid Fail(int a) {\n  throw a;\n}\nint F(int a) {\n  if (a > 0) return 1;\n  "
               "Fail(a);\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "throw a;", "if (a > 5) throw a;", Skips::kAny, "clang-diagnostic-return-type:8"},
        Change{"CallerOfWhatAlwaysThrows",
               "#include \"lib.h\"\nvoid Fail(int a) {\n  throw a;\n}\nint F(int a) {\n  if (a > 0) return 1;\n  "
               "Fail(a);\n}\n"
               "int G(int a) {\n  return 2 * a;\n}\n",
               "return 1;", "return 2;"},
        Change{"LocalClassMoves", kLocal, "  return a;\n", "  return a + 1;\n", Skips::kAny}),
    NameOf);

// Fixes and findings that follow from how the whole file uses something.
INSTANTIATE_TEST_SUITE_P(
    WholeFile, MatchingPair,
    ::testing::Values(
        Change{
            "AnotherCallOfAFunctionWithAnUnusedParameter",
            "#include \"lib.h\"\nstatic int F(int a, int unused) {\n  return a;\n}\nint G() {\n  return F(1, 2);\n}\n"
            "int H() {\n  return 3;\n}\n",
            "return 3;", "return F(3, 4);"},
        Change{
            "FirstFindingThatNeedsAnIncludeGone",
            "#include \"lib.h\"\ndouble F() {\n  double x;\n  x = 2;\n  return x;\n}\ndouble G() {\n  double y;\n  y = "
            "3;\n  return y;\n}\ndouble H() {\n  return 4;\n}\n",
            "  double x;\n  x = 2;\n  return x;\n", "  return 2;\n"},
        Change{"NewFirstFindingThatNeedsAnInclude",
               "#include \"lib.h\"\ndouble F() {\n  return 2;\n}\ndouble G() {\n  double y;\n  y = 3;\n  return y;\n}\n"
               "double H() {\n  return 4;\n}\n",
               "  return 2;\n", "  double x;\n  x = 2;\n  return x;\n"},
        Change{"LoopOverAStaticVariableBecomesRecursive",
               "#include \"lib.h\"\nvoid G();\nvoid F() {\n  static int i = 0;\n  while (i < 10) {\n    G();\n  }\n  "
               "++i;\n}\n"
               "void K() {\n  F();\n}\nint H() {\n  return 3;\n}\nvoid G() {\n  Half(1);\n}\n",
               "  Half(1);\n", "  F();\n"}),
    NameOf);

TEST(MatchingPairOptions, SuppressionsThatTheChangeAddsDoNotCount) {
  PairOptions options;
  options.ignored_suppressions = {12};
  const std::string head = Edited(kUnit, "if (a > 1);", "if (a > 1);  // NOLINT");
  const UnitPair pair({{"a.cc", kUnit}, {"lib.h", kHeader}}, {{"a.cc", head}}, options);
  EXPECT_EQ(Differences(pair.HeadAlone(), pair.Compare()), "");
  EXPECT_THAT(Places(pair.Compare()), Contains("bugprone-suspicious-semicolon:12"));
}

TEST(MatchingPairOptions, SuppressionsThatOthersAddedCount) {
  const std::string head = Edited(kUnit, "if (a > 1);", "if (a > 1);  // NOLINT");
  const UnitPair pair({{"a.cc", kUnit}, {"lib.h", kHeader}}, {{"a.cc", head}});
  EXPECT_EQ(Differences(pair.HeadAlone(), pair.Compare()), "");
  EXPECT_THAT(Places(pair.Compare()), Not(Contains("bugprone-suspicious-semicolon:12")));
}

TEST(MatchingPairOptions, AnotherCommandIsAnotherUnit) {
  PairOptions options;
  options.base_arguments = {"-std=c++20"};
  const UnitPair pair({{"a.cc", kUnit}, {"lib.h", kHeader}}, {}, options);
  const v1::TaskResult compared = pair.Compare();
  EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
  EXPECT_EQ(Differences(pair.BaseAlone(), compared.base()), "");
  EXPECT_EQ(compared.cost().bodies_skipped(), 0);
}

TEST(MatchingPairOptions, AnotherHeaderIsAnotherUnit) {
  const UnitPair pair({{"a.cc", kUnit}, {"lib.h", kHeader}}, {{"lib.h", Edited(kHeader, "x / 2", "x / 3")}});
  const v1::TaskResult compared = pair.Compare();
  EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
  EXPECT_EQ(Differences(pair.BaseAlone(), compared.base()), "");
  EXPECT_EQ(compared.cost().bodies_skipped(), 0);
}

}  // namespace
}  // namespace mergegate::testing
