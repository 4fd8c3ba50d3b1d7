#include "analyzers/body_change.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace mergegate::analyzers {
namespace {

using Reach = BodyChange::Reach;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The functions of a text in which each starts with "int" and ends with "}", both at the start of a line.
FunctionRecords FunctionsOf(const std::string& text) {
  FunctionRecords functions;
  int number = 0;
  for (const std::string& line : Lines(text)) {
    ++number;
    if (line.starts_with("int ")) {
      v1::FunctionRecord& function = *functions.Add();
      function.set_usr(line);
      function.set_skippable(true);
      function.set_first_line(number);
      function.set_body_first_line(number);
      function.set_last_line(number);
    } else if (line == "}" && !functions.empty()) {
      functions[functions.size() - 1].set_last_line(number);
    }
  }
  return functions;
}

std::optional<BodyChange> Find(const std::string& base, const std::string& head, Reach reach = Reach::kClosure) {
  return BodyChange::Find(FunctionsOf(base), base, head, reach);
}

constexpr char kText[] = R"(// Head
int A() {
  a;
}

int B() {
  b;
  c;
}

int C() {
  d;
}
// Tail
)";

std::string With(const std::string& from, const std::string& to) {
  std::string text = kText;
  return text.replace(text.find(from), from.size(), to);
}

TEST(BodyChange, TellsWhichBodyChanged) {
  const auto change = Find(kText, With("  b;\n", "  x;\n  y;\n"));
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->IsAffected(0));
  EXPECT_TRUE(change->IsAffected(1));
  EXPECT_FALSE(change->IsAffected(2));
  EXPECT_FALSE(change->MustParse(0));
  EXPECT_TRUE(change->MustParse(1));
}

TEST(BodyChange, PlacesLinesOfTheBaseAtTheHead) {
  const auto change = Find(kText, With("  b;\n", "  x;\n  y;\n"));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->ToHead(1), 1);
  EXPECT_EQ(change->ToHead(6), 6);  // where B starts
  EXPECT_EQ(change->ToHead(7), 0);  // inside
  EXPECT_EQ(change->ToHead(8), 0);
  EXPECT_EQ(change->ToHead(9), 10);  // where it ends
  EXPECT_EQ(change->ToHead(12), 13);
  EXPECT_EQ(change->ToHead(14), 15);
}

TEST(BodyChange, KnowsWhatIsLeftOut) {
  const auto change = Find(kText, With("  b;\n", "  x;\n  y;\n"));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->SkippedAtBase(1), -1);
  EXPECT_EQ(change->SkippedAtBase(3), 0);
  EXPECT_EQ(change->SkippedAtBase(7), -1);
  EXPECT_EQ(change->SkippedAtHead(12), 2);
  EXPECT_EQ(change->SkippedAtHead(15), -1);
  EXPECT_EQ(change->SkippedFrom(12), 2);
  EXPECT_EQ(change->SkippedFrom(13), -1);
  EXPECT_EQ(change->SkippedFrom(6), -1);
  EXPECT_EQ(change->ChangedAtBase(8), 1);
  EXPECT_EQ(change->ChangedAtBase(3), -1);
  EXPECT_EQ(change->ChangedAtHead(10), 1);
  EXPECT_EQ(change->ChangedAtHead(12), -1);
}

TEST(BodyChange, IsFoundInEqualTexts) {
  const auto change = Find(kText, kText);
  ASSERT_TRUE(change);
  for (const int i : {0, 1, 2}) EXPECT_FALSE(change->MustParse(i));
}

TEST(BodyChange, HoldsWhenABodyIsEmptied) {
  const auto change = Find(kText, With("  b;\n  c;\n", ""));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(1));
  EXPECT_EQ(change->ToHead(9), 7);
  EXPECT_EQ(change->ToHead(11), 9);
}

TEST(BodyChange, HoldsForTheFirstAndTheLastBody) {
  const auto first = Find(kText, With("  a;\n", "  x;\n"));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->IsAffected(0));
  const auto last = Find(kText, With("  d;\n", "  d;\n}\n  // not the end\n"));
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->IsAffected(2));
  EXPECT_EQ(last->ToHead(14), 16);
}

TEST(BodyChange, IsNoneWhenSomethingElseDiffers) {
  const std::vector<std::pair<const char*, const char*>> changes = {
      {"// Head", "// head"},       {"// Tail", "// tail"},      {"// Tail\n", ""},          {"// Head\n", ""},
      {"int B() {", "int B() { "},  {"int B() {", "long B() {"}, {"}\n\nint C", "}\nint C"}, {"// Tail\n", "// Tail"},
      {"// Tail\n", "// Tail\n\n"}, {"int C() {\n  d;\n}\n", ""}};
  for (const auto& [from, to] : changes) EXPECT_FALSE(Find(kText, With(from, to))) << from << " -> " << to;
  EXPECT_FALSE(Find(kText, ""));
  EXPECT_FALSE(Find("", kText));
  EXPECT_FALSE(Find("", ""));
}

// By text alone a new function belongs to the body before it, which is then parsed and shows it.
TEST(BodyChange, CountsANewFunctionToTheBodyBeforeIt) {
  const auto change = Find(kText, With("int C", "int D() {\n  e;\n}\n\nint C"));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(1));
  EXPECT_EQ(change->ChangedAtHead(12), 1);
}

TEST(BodyChange, IsNoneWhenFunctionsChangePlaces) {
  EXPECT_FALSE(Find("int A() {\n  a;\n}\nint B() {\n  b;\n}\n", "int B() {\n  b;\n}\nint A() {\n  a;\n}\n"));
}

TEST(BodyChange, IsNoneWhenDirectivesChangeInABody) {
  EXPECT_FALSE(Find(kText, With("  b;\n", "#define X\n  b;\n")));
  EXPECT_FALSE(Find(kText, With("  b;\n", "  b;\n \t # if 1\n")));
  const std::string had = With("  b;\n", "#undef X\n");
  EXPECT_FALSE(Find(had, kText));
  EXPECT_TRUE(Find(had, had));
}

TEST(BodyChange, IsNoneWhenNothingCanBeLeftOut) {
  EXPECT_FALSE(Find("int A() {\n  a;\n}\n", "int A() {\n  b;\n}\n"));
  EXPECT_TRUE(Find("int A() {\n  a;\n}\n", "int A() {\n  a;\n}\n"));
  EXPECT_FALSE(Find("int A() {\n}\n", "int A() {\n}\n"));  // no line inside
}

TEST(BodyChange, TakesLineEndsForPartOfTheLine) {
  const auto change = Find(kText, With("  b;\n", "  b;\r\n"));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(1));
  EXPECT_FALSE(Find(kText, With("int B() {\n", "int B() {\r\n")));
}

// A body that grows by what stands between it and the next: the first such place ends it, and what follows belongs to
// the next function, which is then one that changed. The parse shows that there are more functions than were foreseen.
TEST(BodyChange, IsNotTakenInByTextThatLooksLikeTheNextFunction) {
  const std::string base = "int A() {\n  a;\n}\nint B() {\n  b;\n}\nint C() {\n  c;\n}\n";
  const auto change = Find(base, "int A() {\n  a;\n}\nint B() {\n  x;\n}\nint B() {\n  b;\n}\nint C() {\n  c;\n}\n");
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(1));
  EXPECT_EQ(change->ChangedAtHead(5), 1);
  EXPECT_EQ(change->ChangedAtHead(8), 1);
  EXPECT_EQ(change->SkippedAtHead(11), 2);
}

TEST(BodyChange, PrefersTheBodyAsItWas) {
  // "}\nint B() {\n" stands inside A's body, too, in both texts.
  FunctionRecords functions;
  for (const auto& [first, last] : {std::pair(1, 6), std::pair(7, 9)}) {
    v1::FunctionRecord& function = *functions.Add();
    function.set_skippable(true);
    function.set_first_line(first);
    function.set_body_first_line(first);
    function.set_last_line(last);
  }
  const std::string base = "int A() {\n  a;\n}\nint B() {\n  b;\n}\nint B() {\n  c;\n}\n";
  const std::string head = "int A() {\n  a;\n}\nint B() {\n  b;\n}\nint B() {\n  d;\n}\n";
  const auto change = BodyChange::Find(functions, base, head, Reach::kClosure);
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->IsAffected(0));
  EXPECT_TRUE(change->IsAffected(1));
}

TEST(BodyChange, AffectsByClosureAllThatReachIt) {
  FunctionRecords functions = FunctionsOf(kText);
  functions[0].add_reaches(0);
  functions[0].add_reaches(1);
  functions[0].add_reaches(2);
  const std::string head = With("  b;\n", "  x;\n");
  EXPECT_FALSE(BodyChange::Find(functions, kText, head, Reach::kClosure));  // A is affected, and needs C
  functions[0].mutable_reaches()->RemoveLast();
  const auto change = BodyChange::Find(functions, kText, head, Reach::kClosure);
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(0));
  EXPECT_FALSE(change->MustParse(2));
}

TEST(BodyChange, NeedsTheBodiesThatAnAffectedOneReaches) {
  FunctionRecords functions = FunctionsOf(kText);
  functions[1].add_reaches(1);
  functions[1].add_reaches(2);
  const auto change = BodyChange::Find(functions, kText, With("  b;\n", "  x;\n"), Reach::kClosure);
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->IsAffected(2));
  EXPECT_TRUE(change->MustParse(2));
  EXPECT_FALSE(change->MustParse(0));
}

TEST(BodyChange, AffectsByTextThoseOnlyThatBarExceptions) {
  FunctionRecords functions = FunctionsOf(kText);
  for (const int i : {0, 2}) {
    functions[i].add_reaches(1);
    functions[i].add_calls(1);
  }
  functions[0].set_follows_calls(true);
  const auto change = BodyChange::Find(functions, kText, With("  b;\n", "  x;\n"), Reach::kText);
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(0));
  EXPECT_FALSE(change->MustParse(2));
  EXPECT_EQ(change->reach(), Reach::kText);
}

TEST(BodyChange, ChangesWhatIsDefinedInside) {
  // A lambda, or a member of a local class, in B.
  FunctionRecords functions = FunctionsOf(kText);
  v1::FunctionRecord& inner = *functions.Add();
  inner.set_first_line(8);
  inner.set_last_line(8);
  auto change = BodyChange::Find(functions, kText, With("  b;\n", "  x;\n"), Reach::kClosure);
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->IsAffected(3));
  // When it is needed, so is B.
  functions[0].add_reaches(3);
  change = BodyChange::Find(functions, kText, With("  a;\n", "  x;\n"), Reach::kClosure);
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->MustParse(1));
  EXPECT_FALSE(change->IsAffected(1));
}

TEST(BodyChange, DoesNotTrustRecords) {
  FunctionRecords functions = FunctionsOf(kText);
  functions[0].add_reaches(7000);
  functions[0].add_calls(7000);
  functions[2].set_last_line(99);
  v1::FunctionRecord& odd = *functions.Add();
  odd.set_skippable(true);
  odd.set_first_line(-4);
  odd.set_body_first_line(-9);
  odd.set_last_line(-1);
  const auto change = BodyChange::Find(functions, kText, With("  a;\n", "  x;\n"), Reach::kClosure);
  if (change) {
    EXPECT_TRUE(change->IsAffected(0));
  }
}

// Whatever happens to a text: a line that is told to be somewhere at the head is there.
TEST(BodyChange, PlacesNoLineWrongly) {
  const std::vector<std::string> kinds = {"int A() {", "int B() {", "}", "  a;", "  b;", "", "#if"};
  std::mt19937 random(1);
  const auto below = [&](size_t count) { return random() % count; };
  int found = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string base;
    for (size_t functions = 1 + below(3); functions > 0; --functions) {
      base += kinds[below(2)] + "\n";
      for (size_t lines = below(3); lines > 0; --lines) base += kinds[3 + below(3)] + "\n";
      base += "}\n";
    }
    std::vector<std::string> lines = Lines(base);
    for (size_t edits = below(4); edits > 0; --edits) {
      const auto at = lines.begin() + static_cast<std::ptrdiff_t>(below(lines.size() + 1));
      if (below(2) == 0) {
        lines.insert(at, kinds[below(kinds.size())]);
      } else if (at != lines.end()) {
        lines.erase(at);
      }
    }
    std::string head;
    for (const std::string& line : lines) head += line + "\n";
    const auto change = Find(base, head);
    if (!change) continue;
    ++found;
    const std::vector<std::string> before = Lines(base);
    std::vector<bool> told(lines.size() + 1, false);
    for (int line = 1; line <= static_cast<int>(before.size()); ++line) {
      const int to = change->ToHead(line);
      if (to == 0) {
        EXPECT_GE(change->ChangedAtBase(line), 0) << base << "->\n" << head << "line " << line;
        continue;
      }
      ASSERT_LE(to, static_cast<int>(lines.size())) << base << "->\n" << head << "line " << line;
      EXPECT_EQ(before[static_cast<size_t>(line) - 1], lines[static_cast<size_t>(to) - 1]) << base << "->\n"
                                                                                           << head << "line " << line;
      told[static_cast<size_t>(to)] = true;
    }
    // What is new lies in bodies that changed.
    for (int line = 1; line <= static_cast<int>(lines.size()); ++line) {
      if (!told[static_cast<size_t>(line)]) {
        EXPECT_GE(change->ChangedAtHead(line), 0) << base << "->\n" << head << "line " << line;
      }
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(found, 1000);
}

}  // namespace
}  // namespace mergegate::analyzers
