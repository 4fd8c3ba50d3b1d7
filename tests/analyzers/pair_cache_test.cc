// What earlier tasks left makes later ones faster, and nothing else: whatever they were, and whatever became of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/analyzers/unit_pair.h"

namespace mergegate::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kHeader[] = "#pragma once\ninline int Half(int x) {\n  if (x > 1);\n  return x / 2;\n}\n";
constexpr char kUnit[] = R"(#include "lib.h"
int Get(int* p) {
  return *p;
}
int Old() {
  return Get(nullptr);
}
int Changed(int a) {
  if (a > 1);
  return Half(a);
}
)";

PairOptions Matching() { return {}; }
PairOptions Paths() { return {.analyzers = {"static-analyzer"}, .checks = "-*,clang-analyzer-core*"}; }

UnitPair PairOf(const std::string& base, const std::string& head, const PairOptions& options) {
  return UnitPair({{"a.cc", base}, {"lib.h", kHeader}}, {{"a.cc", head}}, options);
}

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

class DamagedCache : public ::testing::TestWithParam<bool> {};

TEST_P(DamagedCache, ChangesNoResult) {
  const UnitPair pair =
      PairOf(kUnit, Edited(kUnit, "return Half(a);", "return Get(nullptr);"), GetParam() ? Paths() : Matching());
  const std::string bytes = Bytes(pair.CompareCached().result());
  const v1::AnalyzerAnswer warm = pair.CompareCached();
  const std::set<std::string> used(warm.used().begin(), warm.used().end());
  ASSERT_FALSE(used.empty());
  EXPECT_THAT(warm.damaged(), IsEmpty());
  const std::vector<std::function<std::string(std::string)>> damages = {
      [](const std::string& whole) { return whole.substr(0, whole.size() / 2); }, [](const std::string&) { return ""; },
      [](std::string whole) {
        whole[whole.size() / 2] ^= 4;
        return whole;
      },
      [](const std::string& whole) { return whole + "x"; }};
  for (const std::string& path : pair.CachedFiles()) {
    const std::string name = fs::relative(path, pair.cache());
    for (size_t i = 0; i < damages.size(); ++i) {
      const std::string whole = Read(path);
      Write(path, damages[i](whole));
      const v1::AnalyzerAnswer answer = pair.CompareCached();
      EXPECT_TRUE(Bytes(answer.result()) == bytes) << name << ", damage " << i;
      EXPECT_THAT(answer.used(), Not(Contains(name)));
      if (i == 0 && used.contains(name)) {
        EXPECT_THAT(answer.damaged(), ElementsAre(name));
      }
      Write(path, whole);
    }
    const std::string whole = Read(path);
    fs::remove(path);
    const v1::AnalyzerAnswer answer = pair.CompareCached();
    EXPECT_TRUE(Bytes(answer.result()) == bytes) << name << " is missing";
    EXPECT_THAT(answer.damaged(), IsEmpty());
    Write(path, whole);
  }
}

// Each file in the place of each other one.
TEST_P(DamagedCache, DoesNotTakeOneThingForAnother) {
  const UnitPair pair =
      PairOf(kUnit, Edited(kUnit, "return Half(a);", "return Get(nullptr);"), GetParam() ? Paths() : Matching());
  const std::string bytes = Bytes(pair.CompareCached().result());
  const std::vector<std::string> files = pair.CachedFiles();
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string whole = Read(files[i]);
    Write(files[i], Read(files[(i + 1) % files.size()]));
    EXPECT_TRUE(Bytes(pair.CompareCached().result()) == bytes) << files[i];
    Write(files[i], whole);
  }
}

INSTANTIATE_TEST_SUITE_P(Tiers, DamagedCache, ::testing::Bool(),
                         [](const auto& named) { return named.param ? "Paths" : "Matching"; });

// A history of commits, each compared with the one before; all share one cache, in every order.
TEST(SharedCache, SaysWhatEachTaskSaysByItself) {
  const std::vector<std::string> commits = {
      kUnit,
      Edited(kUnit, "return Half(a);", "return Get(nullptr);"),
      Edited(kUnit, "return Half(a);", "return Get(nullptr) + 1;"),
      Edited(kUnit, "return *p;", "return p == nullptr ? 0 : *p;"),
      Edited(kUnit, "int Changed", "\nint Changed"),
      Edited(kUnit, "if (a > 1);", "if (a > 1);  // NOLINT"),
      Edited(kUnit, "int Get(int* p) {\n", "int Get(int* p) {\n  if (p == nullptr) return 0;\n"),
      Edited(kUnit, "return *p;", "return *p;  // NOLINT"),
      "int Get(int* p) {\n  return *p;\n}\n"};
  for (const PairOptions& options : {Matching(), Paths()}) {
    const TempDirectory cache;
    std::vector<std::unique_ptr<UnitPair>> pairs;
    for (size_t i = 1; i < commits.size(); ++i) {
      pairs.push_back(std::make_unique<UnitPair>(Files{{"a.cc", commits[i - 1]}, {"lib.h", kHeader}},
                                                 Files{{"a.cc", commits[i]}}, options));
    }
    const auto check = [&](const UnitPair& pair, size_t i) {
      const v1::TaskResult alone = pair.Compare(), known = pair.Answer(pair.task(), cache.path()).result();
      EXPECT_EQ(Differences(alone, known), "") << "commit " << i;
      EXPECT_EQ(Differences(alone.base(), known.base()), "") << "base of commit " << i;
    };
    for (size_t i = 0; i < pairs.size(); ++i) check(*pairs[i], i + 1);
    for (size_t i = pairs.size(); i-- > 0;) check(*pairs[i], i + 1);
  }
}

// The suppression does not count for the change that adds it; for the next one it does.
TEST(SharedCache, KnowsWhoseSuppressionItIs) {
  const std::string text = "#include \"lib.h\"\nint F() {\n  int* p = nullptr;\n  return *p;\n}\n";
  const std::string hidden = Edited(text, "return *p;", "return *p;  // NOLINT");
  for (PairOptions options : {Matching(), Paths()}) {
    const UnitPair next = PairOf(hidden, Edited(hidden, "int* p = nullptr;", "int* p = nullptr; /* none */"), options);
    options.ignored_suppressions = {4};
    const UnitPair adds = PairOf(text, hidden, options);

    adds.CompareCached();
    v1::TaskResult known = next.Answer(next.task(), adds.cache()).result();
    EXPECT_EQ(Differences(next.Compare(), known), "");
    EXPECT_EQ(Differences(next.Compare().base(), known.base()), "");

    next.CompareCached();
    known = adds.Answer(adds.task(), next.cache()).result();
    EXPECT_EQ(Differences(adds.Compare(), known), "");
    EXPECT_EQ(Differences(adds.Compare().base(), known.base()), "");
  }
}

// What was found in a header, at a commit at which the header's lines stood elsewhere.
TEST(SharedCache, KnowsWhereAHeaderIsNow) {
  const std::string header = "#pragma once\ninline int Get(int* p) {\n  return *p;\n}\n";
  const std::string base = "#include \"lib.h\"\nint F() {\n  return 1;\n}\n";
  const std::string head = "#include \"lib.h\"\nint F() {\n  return Get(nullptr);\n}\n";
  const UnitPair first({{"a.cc", base}, {"lib.h", header}}, {{"a.cc", head}}, Paths());
  EXPECT_EQ(first.CompareCached().result().findings_size(), 1);
  const UnitPair moved({{"a.cc", base}, {"lib.h", "\n\n" + header}}, {{"a.cc", head}}, Paths());
  const v1::TaskResult known = moved.Answer(moved.task(), first.cache()).result();
  ASSERT_EQ(known.findings_size(), 1);
  EXPECT_EQ(known.findings(0).path(), "lib.h");
  EXPECT_EQ(known.findings(0).line(), 5);
  EXPECT_EQ(Differences(moved.Compare(), known), "");
}

// The same text under other commands, checks and depths.
TEST(SharedCache, KnowsWhatWasAsked) {
  const std::string head = Edited(kUnit, "return Half(a);", "return Get(nullptr);");
  const UnitPair first = PairOf(kUnit, head, Paths());
  first.CompareCached();
  PairOptions none = Paths();
  none.checks = "-*,clang-analyzer-deadcode*";
  PairOptions macro = Paths();
  macro.arguments.push_back("-DX");
  for (const PairOptions& options : {none, macro}) {
    const UnitPair pair = PairOf(kUnit, head, options);
    const v1::TaskResult known = pair.Answer(pair.task(), first.cache()).result();
    EXPECT_EQ(Differences(pair.Compare(), known), "");
  }
  v1::AnalysisTask shallow = first.task();
  shallow.mutable_unit()->set_analyzer_steps(1);
  EXPECT_THAT(Places(first.Answer(shallow, first.cache()).result()), IsEmpty());
  EXPECT_THAT(Places(first.CompareCached().result()), Contains("clang-analyzer-core.NullDereference:3"));
}

}  // namespace
}  // namespace mergegate::testing
