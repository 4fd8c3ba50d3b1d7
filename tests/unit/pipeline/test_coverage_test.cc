// Which changed lines tests ran, out of reports whose paths are another machine's.
#include "server/pipeline/test_coverage.h"

#include <gmock/gmock.h>

#include <memory>

#include "server/domain/glob.h"
#include "tests/support/map_tree.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// db/a.cc: lines 2 to 5 are new.
PatchSet FourLinesAdded(const std::string& path = "db/a.cc") {
  PatchSet patch_set;
  const std::string text = "int f() {\n  return 1;  // one\n  // two\n}\nint g() { return 2; }\n";
  patch_set.head_tree = std::make_shared<MapTree>(
      MapTree::Files{{path, text}, {"db/b.cc", "int b;\n"}, {"a.cc", "int a;\n"}, {"db/a.h", "int f();\n"}});
  patch_set.base_tree = std::make_shared<MapTree>();
  patch_set.diff.files = {{.new_path = path,
                           .hunks = {{.new_start = 2,
                                      .new_count = 4,
                                      .removed = {},
                                      .added = {"  return 1;  // one", "  // two", "}", "int g() { return 2; }"}}}}};
  return patch_set;
}

ImportedReport Lcov(const std::string& text) {
  return {.name = "cov.info", .text = text, .at_base = false, .kind = ReportKind::kCoverage};
}

TEST(ReadCoverage, ChangedLinesThatCanBeRun) {
  const ImportedCoverage coverage =
      ReadCoverage(FourLinesAdded(), {Lcov("SF:db/a.cc\nDA:1,0\nDA:2,1\nDA:3,0\nDA:4,0\nDA:5,0\nend_of_record\n")}, {});
  ASSERT_TRUE(coverage.tests);
  EXPECT_THAT(coverage.tests->files, ElementsAre(TestedFile{"db/a.cc", 2, {5}}))
      << "line 1 is not changed, 3 is a comment, 4 a brace";
  EXPECT_THAT(coverage.tests->unreported, IsEmpty());
  EXPECT_THAT(coverage.failures, IsEmpty());
}

TEST(ReadCoverage, TheFolderThatExplainsMostFilesIsTheRepositorys) {
  // /ci/db/a.cc alone could be a.cc of /ci/db, or db/a.cc of /ci.
  const ImportedCoverage coverage =
      ReadCoverage(FourLinesAdded(),
                   {Lcov("SF:/ci/db/a.cc\nDA:2,1\nend_of_record\nSF:/ci/db/b.cc\nDA:1,1\nend_of_record\n"
                         "SF:/ci/a.cc\nDA:2,0\nend_of_record\nSF:/usr/include/stdio.h\nDA:2,0\nend_of_record\n")},
                   {});
  EXPECT_THAT(coverage.tests->files, ElementsAre(TestedFile{"db/a.cc", 1, {}}));
}

TEST(ReadCoverage, SeveralReportsAddUp) {
  const ImportedCoverage coverage = ReadCoverage(
      FourLinesAdded(),
      {Lcov("SF:db/a.cc\nDA:2,0\nDA:5,0\nend_of_record\n"), Lcov("SF:/x/db/a.cc\nDA:2,7\nend_of_record\n")}, {});
  EXPECT_THAT(coverage.tests->files, ElementsAre(TestedFile{"db/a.cc", 2, {5}}));
}

TEST(ReadCoverage, ASourceThatNoReportTellsOf) {
  const std::vector<ImportedReport> reports = {Lcov("SF:db/b.cc\nDA:1,1\nend_of_record\n")};
  EXPECT_THAT(ReadCoverage(FourLinesAdded(), reports, {}).tests->unreported, ElementsAre("db/a.cc"));
  EXPECT_THAT(ReadCoverage(FourLinesAdded(), reports, {"db/a*"}).tests->unreported, IsEmpty());
  EXPECT_THAT(ReadCoverage(FourLinesAdded("db/a.h"), reports, {}).tests->unreported, IsEmpty())
      << "a header may hold nothing that can be run";
}

TEST(ReadCoverage, WhatCannotBeUsedIsAFailureAndNoCoverage) {
  const ImportedCoverage broken = ReadCoverage(FourLinesAdded(), {Lcov("nonsense")}, {});
  EXPECT_FALSE(broken.tests);
  ASSERT_EQ(broken.failures.size(), 1u);
  EXPECT_EQ(broken.failures[0].unit, "cov.info");
  const ImportedCoverage foreign = ReadCoverage(FourLinesAdded(), {Lcov("SF:/x/y.cc\nDA:1,1\nend_of_record\n")}, {});
  EXPECT_FALSE(foreign.tests);
  EXPECT_THAT(foreign.failures[0].message, HasSubstr("no file of it is one of the head commit; it tells of /x/y.cc"));
}

TEST(ReadCoverage, WithoutReportsNothingIsKnown) { EXPECT_FALSE(ReadCoverage(FourLinesAdded(), {}, {}).tests); }

TEST(TouchedTests, ByThePathsOfTheChange) {
  PatchSet code = FourLinesAdded();
  const auto touched = [&](const AnalysisPolicy& policy) { return TouchedTestsOf(code, policy).value(); };
  EXPECT_EQ(touched({}), (TouchedTests{2, 0, false})) << "two lines with a word on them";
  code.base_tree = std::make_shared<MapTree>(MapTree::Files{{"db/attest.cc", ""}});
  EXPECT_FALSE(touched({}).has_tests);
  code.base_tree = std::make_shared<MapTree>(MapTree::Files{{"db/a_test.cc", ""}});
  EXPECT_EQ(touched({}), (TouchedTests{2, 0, true}));

  code.diff.files.push_back({.new_path = "tests/run.py", .hunks = {{.removed = {}, .added = {"f()"}}}});
  EXPECT_EQ(touched({}), (TouchedTests{2, 1, true}));
  AnalysisPolicy policy;
  policy.exclude_paths = {"tests/**"};
  EXPECT_EQ(touched(policy), (TouchedTests{2, 0, true})) << "what the policy excludes is nobody's test";
  policy.test_paths = {"db/**"};
  EXPECT_EQ(touched(policy), (TouchedTests{0, 2, true}));
}

TEST(TouchedTests, TheUsualPlacesOfTests) {
  const std::vector<std::string> tests = {"test/format-test.cc",        "db/db_test.cc",   "app/test/test_acl.c",
                                          "tests/dpif-netdev.at",       "src/FooTest.cpp", "base/bar_unittest.cc",
                                          "tests/auto/qml/tst_qml.cpp", "pkg/testing/x.h", "unittests/ADT/a.cpp"};
  const std::vector<std::string> code = {"db/latest.cc", "src/contest.cc", "lib/attestation.h", "src/protest_x.cc"};
  const AnalysisPolicy policy;
  for (const std::string& path : tests) EXPECT_TRUE(AnyGlobMatches(policy.test_paths, path)) << path;
  for (const std::string& path : code) EXPECT_FALSE(AnyGlobMatches(policy.test_paths, path)) << path;
}

}  // namespace
}  // namespace mergegate::pipeline
