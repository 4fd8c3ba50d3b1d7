// The static analyzer over a unit that is compared with its base: it looks at what can differ, at all of that, and at
// nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/analyzers/unit_pair.h"

namespace mergegate::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PairOptions Paths() {
  return {.analyzers = {"static-analyzer"}, .checks = "-*,clang-analyzer-core*", .arguments = {"-std=c++20"}};
}

std::string Null(int line) { return "clang-analyzer-core.NullDereference:" + std::to_string(line); }

constexpr char kHeader[] = R"(#pragma once
#define ON 0
extern int sink;
inline int Find() { return 0; }
)";

// Line 8 is Changed's.
constexpr char kUnit[] = R"(#include "lib.h"
int Untouched(int* a) {
  int* none = nullptr;
  if (a == nullptr) return *none;
  return *a;
}
int Changed(int* a) {
  return *a + 1;
}
int Above(int* a) {
  return Changed(a) + 1;
}
)";

UnitPair PairOf(const std::string& base, const std::string& from, const std::string& to) {
  return UnitPair({{"a.cc", base}, {"lib.h", kHeader}}, {{"a.cc", Edited(base, from, to)}}, Paths());
}

TEST(PathPair, FindsWhatAChangedFunctionDoes) {
  const UnitPair pair = PairOf(kUnit, "return *a + 1;", "a = nullptr; return *a + 1;");
  const v1::TaskResult result = pair.Compare();
  EXPECT_THAT(Places(result), ElementsAre(Null(8)));
  EXPECT_THAT(Places(result.base()), IsEmpty());
  // What calls it is looked at first; so it is seen from there, and no entry point of its own.
  EXPECT_EQ(result.cost().entries_analyzed(), 2);
  EXPECT_EQ(result.cost().parses(), 2);
}

TEST(PathPair, ExploresWhatItKnowsNever) {
  const UnitPair pair = PairOf(kUnit, "return *a + 1;", "a = nullptr; return *a + 1;");
  const v1::TaskResult cold = pair.CompareCached().result(), warm = pair.CompareCached().result();
  EXPECT_EQ(Bytes(cold), Bytes(pair.Compare()));
  EXPECT_EQ(Bytes(warm), Bytes(cold));
  EXPECT_EQ(warm.cost().entries_analyzed(), 0);
  EXPECT_EQ(warm.cost().entries_reused(), cold.cost().entries_analyzed());
  EXPECT_EQ(warm.cost().parses(), 0);
}

// Eight entry points of their own, one that some of them inline, and one that inlines these in turn.
TEST(PathPair, FindsTheSameInManyProcesses) {
  std::string text = "#include \"lib.h\"\nint Shared(int* a) {\n  return *a + 1;\n}\n";
  for (int i = 0; i < 8; ++i) {
    const std::string n = std::to_string(i);
    text += "int Entry" + n + "(int* a) {\n  if (a == nullptr) return Shared(a) + " + n + ";\n  return 0;\n}\n";
  }
  text += "int Top(int* a) {\n  return Entry1(a) + Entry2(nullptr);\n}\n";
  const UnitPair pair = PairOf(text, "return *a + 1;", "return a[0] + 2;");
  const v1::TaskResult one = pair.Answer(pair.task(), "", 1).result();
  EXPECT_EQ(one.cost().entries_analyzed(), 14);  // on both sides Top, and the six that it does not inline
  ASSERT_THAT(Places(one), ElementsAre(Null(3)));
  for (const int jobs : {2, 3, 16}) {
    const v1::TaskResult many = pair.Answer(pair.task(), "", jobs).result();
    EXPECT_EQ(Bytes(many), Bytes(one)) << jobs;
    EXPECT_EQ(many.cost().entries_analyzed(), 14) << jobs;
  }
}

TEST(PathPair, ExploresNothingWhenLinesMove) {
  const UnitPair pair = PairOf(kUnit, "int Untouched", "\n// Three\n\nint Untouched");
  const v1::TaskResult result = pair.Compare();
  EXPECT_EQ(result.cost().entries_analyzed(), 0);
  EXPECT_THAT(Places(result), IsEmpty());
}

TEST(PathPair, ExploresEverythingOfANewUnit) {
  const UnitPair pair = PairOf(kUnit, "int Untouched", "int Untouched");
  EXPECT_THAT(Places(pair.HeadAlone()), ElementsAre(Null(4)));
  EXPECT_THAT(Places(pair.Compare()), IsEmpty());
}

TEST(PathPair, TellsOnBothSidesWhatBothHave) {
  const UnitPair pair = PairOf(kUnit, "return *none;", "return 1 + *none;");
  const v1::TaskResult result = pair.Compare();
  EXPECT_THAT(Places(result), ElementsAre(Null(4)));
  EXPECT_THAT(Places(result.base()), ElementsAre(Null(4)));
}

TEST(PathPair, FindsWhatAChangedCalleeDoesToItsCaller) {
  const UnitPair pair = PairOf(
      "#include \"lib.h\"\nstatic int Get(int* p) {\n  return p ? *p : 0;\n}\nint F() {\n  return Get(nullptr);\n}\n",
      "return p ? *p : 0;", "return *p;");
  EXPECT_THAT(Places(pair.Compare()), ElementsAre(Null(3)));
  EXPECT_THAT(Places(pair.Compare().base()), IsEmpty());
}

TEST(PathPair, KnowsOfAnOldBugThatANewCallerReaches) {
  const UnitPair pair = PairOf(
      "#include \"lib.h\"\nint Get(int* p) {\n  return *p;\n}\nint Old() {\n  return Get(nullptr);\n}\nint New() {\n  "
      "return 1;\n}\n",
      "return 1;", "return Get(nullptr);");
  const v1::TaskResult result = pair.Compare();
  EXPECT_THAT(Places(result), ElementsAre(Null(3)));
  EXPECT_THAT(Places(result.base()), ElementsAre(Null(3)));
}

// The head has nothing new, so the base is not asked.
TEST(PathPair, SaysNothingOfABugThatAnotherCallerStillReaches) {
  const UnitPair pair = PairOf(
      "#include \"lib.h\"\nint Get(int* p) {\n  return *p;\n}\nint Old() {\n  return Get(nullptr);\n}\nint New() {\n  "
      "return 1 + Get(nullptr);\n}\n",
      "return 1 + Get(nullptr);", "return 1;");
  const v1::TaskResult result = pair.Compare();
  EXPECT_THAT(Places(result), IsEmpty());
  EXPECT_THAT(Places(result.base()), IsEmpty());
}

TEST(PathPair, TakesASuppressionForAChange) {
  const std::string text = "#include \"lib.h\"\nint F() {\n  int* p = nullptr;\n  return *p;\n}\n";
  const UnitPair added = PairOf(text, "return *p;", "return *p;  // NOLINT");
  EXPECT_THAT(Places(added.Compare()), IsEmpty());
  EXPECT_EQ(added.Compare().suppressed(), 1);

  const UnitPair removed =
      PairOf(Edited(text, "return *p;", "return *p;  // NOLINT"), "return *p;  // NOLINT", "return *p;");
  EXPECT_THAT(Places(removed.Compare()), ElementsAre(Null(4)));
  EXPECT_THAT(Places(removed.Compare().base()), IsEmpty());

  const UnitPair above = PairOf(text, "int F() {", "// NOLINTBEGIN\nint F() {");
  EXPECT_THAT(Places(above.Compare().base()), ElementsAre(Null(4)));
}

TEST(PathPair, DoesNotCountASuppressionThatTheChangeAdds) {
  const std::string text = "#include \"lib.h\"\nint F() {\n  int* p = nullptr;\n  return *p;\n}\n";
  PairOptions options = Paths();
  options.ignored_suppressions = {4};
  const UnitPair pair({{"a.cc", text}, {"lib.h", kHeader}}, {{"a.cc", Edited(text, "*p;", "*p;  // NOLINT")}}, options);
  const v1::TaskResult result = pair.Compare();
  ASSERT_THAT(Places(result), ElementsAre(Null(4)));
  EXPECT_TRUE(result.findings(0).suppressed_by_change());
  EXPECT_THAT(Places(result.base()), ElementsAre(Null(4)));
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(result));
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(result));
}

TEST(PathPair, PlacesWhatItKnowsWhereItNowStands) {
  const UnitPair first = PairOf(kUnit, "return *a + 1;", "a = nullptr; return *a + 1;");
  first.CompareCached();
  // The same change three lines further down.
  const UnitPair moved =
      PairOf(Edited(kUnit, "int Untouched", "\n\n\nint Untouched"), "return *a + 1;", "a = nullptr; return *a + 1;");
  v1::TaskResult known = moved.Answer(moved.task(), first.cache()).result();
  EXPECT_EQ(known.cost().entries_analyzed(), 0);
  EXPECT_THAT(Places(known), ElementsAre(Null(11)));
  EXPECT_EQ(Differences(moved.Compare(), known), "");
}

TEST(PathPair, LooksAtNothingForACommentOrALineBreak) {
  const UnitPair pair = PairOf(kUnit, "return *a + 1;", "// One more.\n  return *a\n         + 1;");
  const v1::TaskResult result = pair.Compare();
  EXPECT_EQ(result.cost().entries_analyzed(), 0);
  EXPECT_THAT(Places(result), IsEmpty());
}

TEST(PathPair, PlacesWhatItKnowsInAnotherLayout) {
  const UnitPair first = PairOf(kUnit, "return *a + 1;", "a = nullptr; return *a + 1;");
  first.CompareCached();
  const UnitPair other = PairOf(Edited(kUnit, "int Changed(int* a) {", "int Changed(int* a) {\n  // One more."),
                                "return *a + 1;", "a = nullptr; return *a + 1;");
  v1::TaskResult known = other.Answer(other.task(), first.cache()).result();
  EXPECT_THAT(Places(known), ElementsAre(Null(9)));
  EXPECT_EQ(Differences(other.Compare(), known), "");
}

// A change that makes User, or what it calls, read through a null pointer, though not a letter of User differs.
struct Influence {
  std::string name;
  std::string text;
  std::string from, to;
  int line;                 // where it happens
  std::string header = "";  // the change is in lib.h: this is its text at the head
};
void PrintTo(const Influence& influence, std::ostream* out) { *out << influence.name; }

class PathInfluence : public ::testing::TestWithParam<Influence> {};

TEST_P(PathInfluence, IsSeenByTheFunctionsThatItReaches) {
  const Influence& influence = GetParam();
  const std::string text = "#include \"lib.h\"\n" + influence.text;
  Files head = {{"lib.h", influence.header}};
  if (influence.header.empty()) head = {{"a.cc", Edited(text, influence.from, influence.to)}};
  const UnitPair pair({{"a.cc", text}, {"lib.h", kHeader}}, head, Paths());
  const v1::TaskResult result = pair.Compare();
  EXPECT_THAT(Places(result), ElementsAre(Null(influence.line)));
  EXPECT_THAT(Places(result.base()), IsEmpty());
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(result));
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(result));
}

INSTANTIATE_TEST_SUITE_P(
    Paths, PathInfluence,
    ::testing::Values(
        Influence{"GlobalConstant",
                  "const int kOn = 0;\nint User() {\n  int* p = nullptr;\n  return kOn != 0 ? *p : 0;\n}\n", "kOn = 0",
                  "kOn = 1", 5},
        Influence{"ConstantOfAConstant",
                  "constexpr int kOne = 0;\nconstexpr int kOn = kOne;\nint User() {\n  int* p = nullptr;\n  return kOn "
                  "!= 0 ? *p : 0;\n}\n",
                  "kOne = 0", "kOne = 1", 6},
        Influence{"EnumValue", "enum { kOn = 0 };\nint User() {\n  int* p = nullptr;\n  return kOn != 0 ? *p : 0;\n}\n",
                  "kOn = 0", "kOn = 1", 5},
        Influence{
            "EnumValueByOrder",
            "enum Kind { kFirst };\nenum Other { kA, kB };\nint User() {\n  int* p = nullptr;\n  return kB == 0 ? "
            "*p : 0;\n}\n",
            "kA, kB", "kB, kA", 6},
        Influence{"Macro", "#define SET 0\nint User() {\n  int* p = nullptr;\n  return SET != 0 ? *p : 0;\n}\n",
                  "SET 0\n", "SET 1\n", 5},
        Influence{
            "MacroInAMacro",
            "#define ONE 0\n#define SET (ONE != 0)\nint User() {\n  int* p = nullptr;\n  return SET ? *p : 0;\n}\n",
            "ONE 0\n", "ONE 1\n", 6},
        Influence{"DefaultArgument", "int Get(int* p = &sink) {\n  return *p;\n}\nint User() {\n  return Get();\n}\n",
                  "= &sink", "= nullptr", 3},
        Influence{
            "TypeAlias",
            "struct A { static constexpr int kOn = 0; };\nstruct B { static constexpr int kOn = 1; };\nusing Flag = "
            "A;\nint User() {\n  int* p = nullptr;\n  return Flag::kOn != 0 ? *p : 0;\n}\n",
            "Flag = A;", "Flag = B;", 7},
        Influence{"MemberInitializer",
                  "struct Box {\n  int* p = &sink;\n};\nint User() {\n  Box box;\n  return *box.p;\n}\n", "= &sink",
                  "= nullptr", 7},
        Influence{"ConstructorInitializer",
                  "struct Box {\n  Box() : p(&sink) {}\n  int* p;\n};\nint User() {\n  Box box;\n  return *box.p;\n}\n",
                  "p(&sink)", "p(nullptr)", 8},
        Influence{
            "Destructor",
            "struct Box {\n  explicit Box(int** b) : a(b) {}\n  ~Box() {\n    *a = &sink;\n  }\n  int** a;\n};\nint "
            "User() {\n  int* p = &sink;\n  { Box box(&p); }\n  return *p;\n}\n",
            "*a = &sink;", "*a = nullptr;", 12},
        Influence{
            "OverloadedOperator",
            "struct Box {\n  bool operator!() const {\n    return true;\n  }\n};\nint User(Box box) {\n  int* p = "
            "nullptr;\n  return !box ? 0 : *p;\n}\n",
            "return true;", "return false;", 9},
        Influence{"OtherOverload",
                  "int On(long) {\n  return 1;\n}\nint On(int) {\n  return 0;\n}\nint User() {\n  int* p = nullptr;\n  "
                  "return On(1) != 0 ? *p : 0;\n}\n",
                  "On(int)", "On(int, int)", 10},
        Influence{"UsingDeclaration",
                  "namespace a {\nint On() {\n  return 0;\n}\n}\nnamespace b {\nint On() {\n  return 1;\n}\n}\nusing "
                  "a::On;\nint User() {\n  int* p = nullptr;\n  return On() != 0 ? *p : 0;\n}\n",
                  "using a::On", "using b::On", 15},
        Influence{
            "VirtualOfTheBase",
            "struct A {\n  virtual int On() {\n    return 0;\n  }\n};\nstruct B : A {};\nint User() {\n  B b;\n  A& a "
            "= b;\n  int* p = nullptr;\n  return a.On() != 0 ? *p : 0;\n}\n",
            "return 0;", "return 1;", 12},
        Influence{
            "VirtualOfTheDerived",
            "struct A {\n  virtual int On() = 0;\n};\nstruct B : A {\n  int On() override {\n    return 0;\n  "
            "}\n};\nint Through(A& a, int* p) {\n  return a.On() != 0 ? *p : 0;\n}\nint User() {\n  B b;\n  return "
            "Through(b, nullptr);\n}\n",
            "return 0;", "return 1;", 11},
        Influence{"Template",
                  "template <typename T>\nint On(T) {\n  return 0;\n}\nint User() {\n  int* p = nullptr;\n  return "
                  "On(1.5) != 0 ? *p : 0;\n}\n",
                  "return 0;", "return 1;", 8},
        Influence{"TemplateSpecialization",
                  "template <typename T>\nstruct On {\n  static constexpr bool value = false;\n};\ntemplate <>\nstruct "
                  "On<int> {\n  static constexpr bool value = 0;\n};\nint User() {\n  int* p = nullptr;\n  return "
                  "On<int>::value ? *p : 0;\n}\n",
                  "value = 0", "value = 1", 12},
        Influence{"NewSpecialization",
                  "template <typename T>\nint On(T) {\n  return 0;\n}\n// here\nint User() {\n  int* p = nullptr;\n  "
                  "return On(1) != 0 ? *p : 0;\n}\n",
                  "// here", "template <>\nint On(int) {\n  return 1;\n}", 12},
        Influence{
            "NewOverload",
            "int On(long) {\n  return 0;\n}\n// here\nint User() {\n  int* p = nullptr;\n  return On(1) != 0 ? *p : "
            "0;\n}\n",
            "// here", "int On(int) {\n  return 1;\n}", 10},
        Influence{"Lambda",
                  "int User() {\n  const auto get = [](int* p) {\n    return p == nullptr ? 0 : *p;\n  };\n  return "
                  "get(nullptr);\n}\n",
                  "p == nullptr ? 0 : *p", "*p", 4},
        Influence{"FunctionByPointer",
                  "int On() {\n  return 0;\n}\nint Call(int (*f)()) {\n  return f();\n}\nint User() {\n  int* p = "
                  "nullptr;\n  return Call(On) != 0 ? *p : 0;\n}\n",
                  "return 0;", "return 1;", 10},
        Influence{
            "GlobalTable",
            "const int kTable[] = {0, 0};\nint User() {\n  int* p = nullptr;\n  return kTable[1] != 0 ? *p : 0;\n}\n",
            "{0, 0}", "{0, 1}", 5},
        Influence{
            "Layout",
            "struct Box {\n  int a;\n};\nint User() {\n  int* p = nullptr;\n  return sizeof(Box) > 4 ? *p : 0;\n}\n",
            "int a;", "int a, b;", 7},
        Influence{"Header", "int User() {\n  int* p = nullptr;\n  return Find() != 0 ? *p : 0;\n}\n", "", "", 4,
                  "#pragma once\nextern int sink;\ninline int Find() { return 1; }\n"},
        Influence{"HeaderMacro", "int User() {\n  int* p = nullptr;\n  return ON != 0 ? *p : 0;\n}\n", "", "", 4,
                  "#pragma once\n#define ON 1\nextern int sink;\ninline int Find() { return 0; }\n"},
        Influence{
            "SystemAlgorithm",
            "#include <algorithm>\nstruct Less {\n  const int* bias;\n  bool operator()(int a) const {\n    return "
            "a < 0;\n  }\n};\nvoid User(int* v) {\n  std::for_each(v, v + 3, Less{nullptr});\n}\n",
            "return a < 0;", "return a < *bias;", 6},
        Influence{
            "SystemSort",
            "#include <algorithm>\nstruct Less {\n  const int* bias;\n  bool operator()(int a, int b) const {\n    "
            "return a < b;\n  }\n};\nvoid User(int* v) {\n  std::sort(v, v + 3, Less{nullptr});\n}\n",
            "return a < b;", "return a < b + *bias;", 6}),
    [](const auto& named) { return named.param.name; });

// A function that cannot notice the change is not explored again.
TEST(PathPair, LeavesAloneWhatTheChangeCannotReach) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"kFar = 0", "kFar = 1"}, {"FAR 0", "FAR 1"}, {"// far", "// farther"}, {"int far;", "long far;"}}) {
    const UnitPair pair = PairOf(
        "#include \"lib.h\"\n#define FAR 0\nconst int kFar = 0;\nstruct Far {\n  int far;\n};\n// far\nint "
        "Near(int* a) {\n  return *a;\n}\n",
        from, to);
    EXPECT_EQ(pair.Compare().cost().entries_analyzed(), 0) << from;
  }
}

}  // namespace
}  // namespace mergegate::testing
