#include "analyzers/function_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/unit/analyzers/parsed_source.h"

namespace mergegate::analyzers {
namespace {

// By the function's qualified name; of several, the last.
std::map<std::string, v1::FunctionRecord> RecordsOf(const std::string& text) {
  std::map<std::string, v1::FunctionRecord> records;
  WithClosures({{"a.cc", text}}, [&](const Closures& closures, clang::ASTContext& ast) {
    const std::vector<v1::FunctionRecord> all = RecordFunctions(closures, ast, "a.cc");
    ASSERT_EQ(all.size(), closures.functions().size());
    for (size_t i = 0; i < all.size(); ++i) {
      records[closures.functions()[i].decl->getQualifiedNameAsString()] = all[i];
    }
  });
  return records;
}

struct Kind {
  std::string name;
  std::string text;  // defines F
  bool skippable;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class Skippable : public ::testing::TestWithParam<Kind> {};

// What nobody's type, constant or instantiation follows from.
TEST_P(Skippable, IsABodyThatNobodyNeeds) {
  const auto records = RecordsOf(GetParam().text);
  const auto found = records.find("F");
  ASSERT_NE(found, records.end());
  EXPECT_EQ(found->second.skippable(), GetParam().skippable);
}

INSTANTIATE_TEST_SUITE_P(
    FunctionRecords, Skippable,
    ::testing::Values(
        Kind{"Function", "int F(int a) {\n  return a;\n}\n", true},
        Kind{"StaticFunction", "static int F(int a) {\n  return a;\n}\nint x = F(1);\n", true},
        Kind{"InlineFunction", "inline int F(int a) {\n  return a;\n}\n", true},
        Kind{"TryBlock", "void F() try {\n  throw 1;\n} catch (...) {\n}\n", false},
        Kind{"Constexpr", "constexpr int F(int a) {\n  return a;\n}\n", false},
        Kind{"Consteval", "consteval int F(int a) {\n  return a;\n}\n", false},
        Kind{"DeducedType", "auto F(int a) {\n  return a;\n}\n", false},
        Kind{"DeducedReference", "int g;\ndecltype(auto) F() {\n  return (g);\n}\n", false},
        Kind{"DeducedPointer", "int g;\nauto* F() {\n  return &g;\n}\n", false},
        Kind{"TrailingType", "auto F(int a) -> int {\n  return a;\n}\n", true},
        Kind{"Instantiation", "template <typename T>\nT F(T a) {\n  return a;\n}\nint x = F(1);\n", false},
        Kind{"Specialization", "template <typename T>\nT F(T a);\ntemplate <>\nint F(int a) {\n  return a;\n}\n", true},
        Kind{"BodyByMacro", "#define BODY {\\\n  return 1;\\\n}\nint F() BODY\n", false},
        Kind{"BraceByMacro", "#define END }\nint F() {\n  return 1;\nEND\n", false}),
    [](const auto& named) { return named.param.name; });

TEST(FunctionRecords, TellWhereBodiesAre) {
  const auto records = RecordsOf("\nint F(int a,\n      int b)\n{\n  return a + b;\n}\n");
  const v1::FunctionRecord& record = records.at("F");
  EXPECT_EQ(record.first_line(), 2);
  EXPECT_EQ(record.body_first_line(), 4);
  EXPECT_EQ(record.last_line(), 6);
  EXPECT_EQ(record.usr(), "c:@F@F#I#I#");
  EXPECT_EQ(record.closure().size(), 16U);
  EXPECT_TRUE(record.is_code());
  EXPECT_TRUE(record.has_text());
}

TEST(FunctionRecords, GiveLambdasNoName) {
  const auto records = RecordsOf("int F() {\n  return [] { return 1; }();\n}\n");
  const v1::FunctionRecord& lambda = records.at("F()::(lambda)::operator()");
  EXPECT_EQ(lambda.usr(), "");
  EXPECT_FALSE(lambda.skippable());
  EXPECT_EQ(lambda.first_line(), 2);
}

TEST(FunctionRecords, TellWhatBarsExceptions) {
  const auto records = RecordsOf(R"(struct S {
  S();
  S(const S&);
  S(S&& s) { a = s.a; }
  S& operator=(S&& s) { a = s.a; return *this; }
  S& operator=(const S& s) { a = s.a; return *this; }
  ~S() { a = 1; }
  int a;
};
void swap(S& a, S& b) { a.a = b.a; }
void SwapAll() {}
void Promises() noexcept {}
void Conditionally() noexcept(sizeof(int) == 4) {}
void Plain() {}
int main() {}
)");
  for (const char* name : {"S::~S", "swap", "SwapAll", "Promises", "Conditionally", "main"}) {
    EXPECT_TRUE(records.at(name).follows_calls()) << name;
  }
  EXPECT_FALSE(records.at("Plain").follows_calls());
  EXPECT_TRUE(records.at("S::operator=").always_explored());
  EXPECT_FALSE(records.at("swap").always_explored());
}

TEST(FunctionRecords, KnowEachOther) {
  std::vector<v1::FunctionRecord> records;
  WithClosures(
      {{"a.cc", "int A() {\n  return 1;\n}\nint B() {\n  return A();\n}\nint C() {\n  return B();\n}\n"}},
      [&](const Closures& closures, clang::ASTContext& ast) { records = RecordFunctions(closures, ast, "a.cc"); });
  ASSERT_EQ(records.size(), 3U);
  EXPECT_THAT(records[0].reaches(), ::testing::UnorderedElementsAre(0));
  EXPECT_THAT(records[1].reaches(), ::testing::UnorderedElementsAre(0, 1));
  EXPECT_THAT(records[2].reaches(), ::testing::UnorderedElementsAre(0, 1, 2));
  EXPECT_THAT(records[2].calls(), ::testing::UnorderedElementsAre(0, 1, 2));
}

// What a body uses of the file's own declarations: equal for two bodies that use the same, in whatever order.
TEST(FunctionRecords, TellWhatBodiesUse) {
  const auto records = RecordsOf(R"(static int f();
static int g() { return 1; }
static int v = 1;
struct S { int field; };
using T = S;
namespace n { int h(); }
using n::h;
int None() { int v = 2; return v; }
int F() { return f(); }
int FG() { return f() + g(); }
int GF() { return g() + f() + g(); }
int V() { return v; }
int Field(S* s) { return s->field; }
int Type() { T t{1}; return sizeof(t); }
int Using() { return h(); }
int Qualified() { return n::h(); }
int InLambda() { return [] { return f(); }(); }
static int f() { return v; }
)");
  const auto uses = [&](const std::string& name) {
    const auto& all = records.at(name).uses();
    return std::vector<uint64_t>(all.begin(), all.end());
  };
  EXPECT_THAT(uses("None"), ::testing::IsEmpty());
  for (const char* name : {"F", "V", "Field", "Type", "Using"})
    EXPECT_THAT(uses(name), ::testing::Not(::testing::IsEmpty()));
  EXPECT_EQ(uses("FG"), uses("GF"));
  EXPECT_NE(uses("FG"), uses("F"));
  EXPECT_NE(uses("Using"), uses("Qualified"));
  EXPECT_THAT(uses("InLambda"), ::testing::Contains(uses("F").front()));
}

}  // namespace
}  // namespace mergegate::analyzers
