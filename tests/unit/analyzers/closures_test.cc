#include "analyzers/closure/closures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/analyzers/parsed_source.h"

namespace mergegate::analyzers {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Names = std::set<std::string>;

std::map<std::string, std::string> ClosuresOf(const testing::Files& files) {
  std::map<std::string, std::string> closures;
  WithClosures(files, [&](const Closures& all, clang::ASTContext&) {
    for (const Function& function : all.functions()) {
      if (!function.decl->isImplicit()) closures[function.decl->getQualifiedNameAsString()] += function.closure.Hex();
    }
  });
  return closures;
}

// Functions of both texts whose closures differ.
Names Changed(const testing::Files& before, const testing::Files& after) {
  const auto old_closures = ClosuresOf(before), new_closures = ClosuresOf(after);
  Names changed;
  for (const auto& [name, closure] : old_closures) {
    const auto found = new_closures.find(name);
    if (found != new_closures.end() && found->second != closure) changed.insert(name);
  }
  return changed;
}

struct Example {
  std::string name;
  std::string text;
  std::string from, to;
  Names changed;
};
void PrintTo(const Example& example, std::ostream* out) { *out << example.name; }

class ClosuresOfChanges : public ::testing::TestWithParam<Example> {};

TEST_P(ClosuresOfChanges, DifferWhereTheyMust) {
  const Example& example = GetParam();
  std::string after = example.text;
  ASSERT_NE(after.find(example.from), std::string::npos);
  after.replace(after.find(example.from), example.from.size(), example.to);
  EXPECT_EQ(Changed({{"a.cc", example.text}}, {{"a.cc", after}}), example.changed);
}

constexpr char kCalls[] = R"(int Leaf(int a) {
  return a;
}
int Middle(int a) {
  return Leaf(a);
}
int Top(int a) {
  return Middle(a);
}
// About the other.
int Other(int a) {
  return a;
}
)";

constexpr char kTypes[] = R"(#define FAR 1
enum Kind { kA, kB };
struct Part {
  int size = 1;
};
struct Whole {
  Part part;
};
const int kLimit = 3;
using Number = int;
template <typename T>
T Same(T a) {
  return a;
}
int UsesKind() {
  return kB;
}
int UsesWhole(const Whole& whole) {
  return whole.part.size;
}
int UsesPointer(Whole* whole) {
  return whole == nullptr;
}
int UsesLimit() {
  return kLimit;
}
Number UsesNumber(int a) {
  return Number(a);
}
int UsesMacro() {
  return FAR;
}
int UsesTemplate() {
  return Same(1);
}
int UsesNothing() {
  return 1;
}
)";

constexpr char kVirtual[] = R"(struct A {
  virtual ~A() {
  }
  virtual int Get() {
    return 1;
  }
};
struct B : A {
  int Get() override {
    return 2;
  }
};
int Calls(A& a) {
  return a.Get();
}
int Makes() {
  B b;
  return Calls(b);
}
int Casts(A& a) {
  return Calls(static_cast<B&>(a));
}
void Deletes(A* a) {
  delete a;
}
int Plain() {
  return 3;
}
)";

INSTANTIATE_TEST_SUITE_P(
    Closures, ClosuresOfChanges,
    ::testing::Values(
        Example{
            "Body", kCalls, "  return a;\n}\nint Middle", "  return 1 + a;\n}\nint Middle", {"Leaf", "Middle", "Top"}},
        Example{"BodyOfACaller", kCalls, "return Middle(a);", "return 1 + Middle(a);", {"Top"}},
        Example{"LinesAbove", kCalls, "int Leaf", "\n\n// Two lines.\nint Leaf", {}},
        Example{"CommentAbove", kCalls, "// About", "// Much about", {}},
        Example{"SuppressionAbove", kCalls, "// About", "// NOLINTNEXTLINE", {"Other"}},
        Example{"SuppressionInside", kCalls, "return Middle(a);", "return Middle(a);  // NOLINT", {"Top"}},
        Example{"SuppressedBlockAbove", kCalls, "// About", "// NOLINTBEGIN", {"Other"}},
        Example{"CommentInside", kCalls, "return Middle(a);", "return Middle(a);  // sic", {}},
        Example{"LayoutInside", kCalls, "return Middle(a);", "return\n      Middle( a );", {}},
        Example{"SameFunctionInANamespace",
                kCalls,
                "int Top(int a) {\n  return Middle(a);\n}\n",
                "namespace n {\nint Top(int a) {\n  return Middle(a);\n}\n}\n",
                {}},
        Example{"DeclaredElsewhereToo",
                kCalls,
                "int Leaf",
                "[[noreturn]] void End();\nint Other(int b);\nint Leaf",
                {"Other"}},
        Example{"Recursion",
                "int B(int);\nint A(int a) {\n  return a > 0 ? B(a - 1) : 0;\n}\nint B(int a) {\n  return "
                "A(a);\n}\nint C(int "
                "a) {\n  return A(a);\n}\nint D() {\n  return 1;\n}\n",
                "return A(a);\n}\nint C",
                "return 1 + A(a);\n}\nint C",
                {"A", "B", "C"}},
        Example{"EnumValue", kTypes, "kA, kB", "kA = 1, kB", {"UsesKind"}},
        Example{"Field", kTypes, "int size", "long size", {"UsesWhole", "UsesPointer"}},
        Example{"FieldInitializer", kTypes, "size = 1", "size = 2", {"UsesWhole", "UsesPointer"}},
        Example{"GlobalConstant", kTypes, "kLimit = 3", "kLimit = 4", {"UsesLimit"}},
        Example{"Alias", kTypes, "Number = int", "Number = unsigned", {"UsesNumber"}},
        Example{"Macro", kTypes, "FAR 1", "FAR 2", {"UsesMacro"}},
        Example{"MacroThatSaysTheSame", kTypes, "FAR 1", "FAR 1 /* one */", {}},
        Example{"TemplateBody",
                kTypes,
                "T Same(T a) {\n  return a;",
                "T Same(T a) {\n  return a + 0;",
                {"Same", "UsesTemplate"}},
        Example{"NewSpecialization",
                kTypes,
                "int UsesKind",
                "template <>\ninline int Same(int) {\n  return 7;\n}\nint UsesKind",
                {"Same", "UsesTemplate"}},
        Example{"NewOverload",
                kTypes,
                "int UsesKind",
                "int Same(int) {\n  return 7;\n}\nint UsesKind",
                {"Same", "UsesTemplate"}},
        Example{"VirtualOfTheDerived", kVirtual, "return 2;", "return 4;", {"B::Get", "Makes", "Casts"}},
        Example{"VirtualOfTheBase", kVirtual, "return 1;", "return 4;", {"A::Get", "Calls", "Makes", "Casts"}},
        Example{
            "VirtualOfAMember",
            "struct A {\n  virtual int Get() = 0;\n};\nstruct B : A {\n  int Get() override {\n    return 2;\n  }\n};\n"
            "int Calls(A& a) {\n  return a.Get();\n}\nstruct Owner {\n  B b;\n  int Use() {\n    return Calls(b);\n  "
            "}\n};\n",
            "return 2;",
            "return 4;",
            {"B::Get", "Owner::Use"}},
        Example{"VirtualThatIsNotCalled",
                "struct A {\n  virtual int Get() = 0;\n  virtual int Put() = 0;\n};\nstruct B : A {\n  int Get() "
                "override {\n"
                "    return 2;\n  }\n  int Put() override {\n    return 3;\n  }\n};\n"
                "int Calls(A& a) {\n  return a.Get();\n}\nint Makes() {\n  B b;\n  return Calls(b);\n}\n",
                "return 3;",
                "return 4;",
                {"B::Put"}},
        Example{"Destructor",
                kVirtual,
                "~A() {\n",
                "~A() {\n    int x = 1;\n    ++x;\n",
                {"A::~A", "A::Get", "B::Get", "Calls", "Makes", "Casts", "Deletes"}},
        Example{"Lambda",
                "int F(int a) {\n  return [a] {\n    return a;\n  }();\n}\nint G() {\n  return F(1);\n}\n",
                "    return a;",
                "    return a + 1;",
                {"F", "G", "F(int)::(lambda)::operator()"}},
        Example{"DefaultArgument",
                "int F(int a = 1) {\n  return a;\n}\nint G() {\n  return F();\n}\nint H() {\n  return F(2);\n}\n",
                "a = 1",
                "a = 3",
                {"F", "G", "H"}},
        Example{"LineNumber", "int F() {\n  return __LINE__;\n}\n", "int F", "\nint F", {}},
        Example{"StringLength", "const char* F() {\n  return \"a\" \"b\";\n}\n", "\"a\" \"b\"", "\"a\" \"c\"", {"F"}}),
    [](const auto& named) { return named.param.name; });

TEST(Closures, FollowWhatASystemTemplateCallsBack) {
  const std::string text =
      "#include <algorithm>\nstruct Less {\n  bool operator()(int a, int b) const {\n    return a < b;\n  }\n};\nvoid "
      "Sort(int* "
      "v) {\n  std::sort(v, v + 3, Less());\n}\nvoid Plain(int* v) {\n  std::sort(v, v + 3);\n}\n";
  std::string after = text;
  after.replace(after.find("a < b"), 5, "b < a");
  EXPECT_THAT(Changed({{"a.cc", text}}, {{"a.cc", after}}), UnorderedElementsAre("Less::operator()", "Sort"));
}

TEST(Closures, FollowHeaders) {
  const testing::Files files = {
      {"a.cc", "#include \"h.h\"\nint F() {\n  return Half(4);\n}\nint G() {\n  return 1;\n}\n"},
      {"h.h", "inline int Half(int x) { return x / 2; }\n"}};
  testing::Files after = files;
  after["h.h"] = "inline int Half(int x) { return x / 3; }\n";
  EXPECT_THAT(Changed(files, after), UnorderedElementsAre("Half", "F"));
  after["h.h"] = "// Halves.\ninline int Half(int x) { return x / 2; }\n";
  EXPECT_THAT(Changed(files, after), IsEmpty());
}

TEST(Closures, AreTheSameInAnyUnit) {
  const auto one = ClosuresOf({{"a.cc", kCalls}});
  const auto other = ClosuresOf({{"a.cc", "int Before() {\n  return 1;\n}\n" + std::string(kCalls)}});
  for (const char* name : {"Leaf", "Middle", "Top", "Other"}) EXPECT_EQ(one.at(name), other.at(name)) << name;
}

TEST(Closures, TellCodeFromHeaders) {
  WithClosures({{"a.cc", "#include \"h.h\"\nint F() {\n  return Half(4);\n}\n"},
                {"h.h", "inline int Half(int x) { return x / 2; }\n"}},
               [](const Closures& closures, clang::ASTContext&) {
                 ASSERT_EQ(closures.functions().size(), 2U);
                 EXPECT_FALSE(closures.functions()[0].is_code);
                 EXPECT_EQ(closures.functions()[0].usr, "c:@F@Half#I#");
                 EXPECT_EQ(closures.functions()[0].extent.file->path, "h.h");
                 EXPECT_TRUE(closures.functions()[1].is_code);
                 EXPECT_EQ(closures.functions()[1].extent.first_line, 2);
                 EXPECT_EQ(closures.functions()[1].extent.last_line, 4);
               });
}

TEST(Closures, TellWhatAFunctionReachesAndCalls) {
  WithClosures(
      {{"a.cc",
        "struct S {\n  int a;\n};\nint Leaf(S s) {\n  return s.a;\n}\nint Named() {\n  return 1;\n}\nint Top() {\n  "
        "return Leaf(S{1});\n}\n"}},
      [](const Closures& closures, clang::ASTContext&) {
        const auto names = [&](const std::vector<int>& nodes) {
          Names found;
          for (const int node : nodes) {
            found.insert(llvm::cast<clang::NamedDecl>(closures.DeclOf(node))->getNameAsString());
          }
          return found;
        };
        for (const Function& function : closures.functions()) {
          EXPECT_EQ(closures.NodeOf(function.decl), function.node);
          if (function.decl->getNameAsString() != "Top") continue;
          EXPECT_EQ(names(closures.CalledFrom(function.node)), (Names{"Top", "Leaf"}));
          EXPECT_THAT(names(function.reached), ::testing::IsSupersetOf({"Top", "Leaf", "S"}));
          EXPECT_THAT(names(function.reached), ::testing::Not(::testing::Contains("Named")));
        }
      });
}

}  // namespace
}  // namespace mergegate::analyzers
