// Compared units of which a side cannot be analyzed: it says so, and the other side says what it can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/analyzers/unit_pair.h"

namespace mergegate::testing {
namespace {

using ::testing::IsEmpty;

constexpr char kUnit[] =
    "#include \"lib.h\"\nint F(int a) {\n  if (a > 1);\n  return a;\n}\nint G(int a) {\n  return a;\n}\n";

struct Broken {
  std::string name;
  Files good, bad;
  v1::FailureKind kind;
};
void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }

class BrokenSide : public ::testing::TestWithParam<std::tuple<Broken, bool>> {
 protected:
  static PairOptions Options() {
    return std::get<1>(GetParam()) ? PairOptions{.analyzers = {"static-analyzer"}, .checks = "-*,clang-analyzer-core*"}
                                   : PairOptions();
  }
};

TEST_P(BrokenSide, IsToldAtTheHead) {
  const Broken& broken = std::get<0>(GetParam());
  const UnitPair pair(broken.good, broken.bad, Options());
  const v1::TaskResult compared = pair.Compare();
  ASSERT_EQ(compared.failures_size(), 1);
  EXPECT_EQ(compared.failures(0).kind(), broken.kind) << compared.failures(0).message();
  EXPECT_FALSE(compared.failures(0).at_base());
  EXPECT_THAT(compared.base().failures(), IsEmpty());
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(compared));
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(compared));
}

TEST_P(BrokenSide, IsToldAtTheBase) {
  const Broken& broken = std::get<0>(GetParam());
  const UnitPair pair(broken.bad, broken.good, Options());
  const v1::TaskResult compared = pair.Compare();
  EXPECT_THAT(compared.failures(), IsEmpty());
  ASSERT_EQ(compared.base().failures_size(), 1);
  EXPECT_EQ(compared.base().failures(0).kind(), broken.kind) << compared.base().failures(0).message();
  EXPECT_TRUE(compared.base().failures(0).at_base());
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(compared));
  EXPECT_EQ(Bytes(pair.CompareCached().result()), Bytes(compared));
}

TEST_P(BrokenSide, IsToldOnBoth) {
  const Broken& broken = std::get<0>(GetParam());
  const UnitPair pair(broken.bad, broken.bad, Options());
  const v1::TaskResult compared = pair.Compare();
  EXPECT_EQ(compared.failures_size(), 1);
  EXPECT_EQ(compared.base().failures_size(), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Broken, BrokenSide,
    ::testing::Combine(
        ::testing::Values(Broken{"Body",
                                 {{"a.cc", kUnit}, {"lib.h", "int x;\n"}},
                                 {{"a.cc", Edited(kUnit, "int G(int a) {\n  return a;", "int G(int a) {\n  return b;")},
                                  {"lib.h", "int x;\n"}},
                                 v1::FAILURE_KIND_PARSE_ERROR},
                          Broken{"Header",
                                 {{"a.cc", kUnit}, {"lib.h", "int x;\n"}},
                                 {{"a.cc", kUnit}, {"lib.h", "int x\n"}},
                                 v1::FAILURE_KIND_PARSE_ERROR},
                          Broken{"MissingHeader",
                                 {{"a.cc", kUnit}, {"lib.h", "int x;\n"}},
                                 {{"a.cc", "#include \"none.h\"\n" + std::string(kUnit)}, {"lib.h", "int x;\n"}},
                                 v1::FAILURE_KIND_PARSE_ERROR}),
        ::testing::Bool()),
    [](const auto& named) {
      return std::get<0>(named.param).name + (std::get<1>(named.param) ? "Paths" : "Matching");
    });

}  // namespace
}  // namespace mergegate::testing
