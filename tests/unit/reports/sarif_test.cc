#include "server/reports/sarif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "server/reports/artifact_path.h"
#include "tests/support/status_matchers.h"

namespace mergegate::reports {
namespace {

using ::mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A report of the tool "lint" with the given members of its run, and results.
std::string Report(const std::string& results, const std::string& run = "", const std::string& driver = "") {
  return R"({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint")" + driver + "}}" + run +
         R"(, "results": [)" + results + "]}]}";
}

std::string Located(const std::string& uri, const std::string& members = "") {
  return R"({"ruleId": "r", "message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": ")" +
         uri + R"("}, "region": {"startLine": 3}}}])" + members + "}";
}

ParsedReport Parsed(const std::string& json) {
  absl::StatusOr<ParsedReport> report = ParseSarif(json);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : ParsedReport();
}

// The paths that a result's URI becomes; empty when it was dropped.
std::string PathOf(const std::string& uri, const std::string& run = "") {
  const ParsedReport report = Parsed(Report(Located(uri), run));
  EXPECT_EQ(report.findings.size() + static_cast<size_t>(report.dropped), 1u);
  return report.findings.empty() ? "" : report.findings[0].path;
}

TEST(ParseSarifTest, EveryFieldOfAFinding) {
  const ParsedReport report = Parsed(R"({"version": "2.1.0", "runs": [{
    "tool": {"driver": {"name": "lint", "rules": [{"id": "L1", "helpUri": "https://lint.test/L1",
        "messageStrings": {"default": {"text": "'{0}' is {1}"}}}]}},
    "results": [{"ruleId": "L1", "level": "error", "message": {"id": "default", "arguments": ["p", "null"]},
      "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a.cc"},
          "region": {"startLine": 4, "startColumn": 5, "endColumn": 9, "snippet": {"text": "  *p = 1;\n}"}}},
        "logicalLocations": [{"fullyQualifiedName": "ns::f"}]}],
      "codeFlows": [{"threadFlows": [{"locations": [{"location": {"message": {"text": "assuming"},
          "physicalLocation": {"artifactLocation": {"uri": "src/a.cc"}, "region": {"startLine": 2}}}}]}]}],
      "relatedLocations": [{"message": {"text": "declared"}}],
      "fixes": [{"description": {"text": "check it"}}]}]}]})");
  EXPECT_THAT(report.tools, ElementsAre("lint"));
  ASSERT_THAT(report.findings, SizeIs(1));
  Finding expected;
  expected.check = "L1";
  expected.analyzer = "lint";
  expected.severity = Severity::kMajor;
  expected.path = "src/a.cc";
  expected.line = expected.end_line = 4;
  expected.column = 5;
  expected.end_column = 9;
  expected.message = "'p' is null";
  expected.line_text = "*p = 1;";
  expected.function = "ns::f";
  expected.url = "https://lint.test/L1";
  expected.notes = {
      {"src/a.cc", 2, 0, "assuming"}, {"", 0, 0, "declared"}, {"src/a.cc", 4, 5, "suggested fix: check it"}};
  EXPECT_EQ(report.findings[0], expected);
}

TEST(ParseSarifTest, PathsAreThoseOfTheRepository) {
  EXPECT_EQ(PathOf("src/a%20b.cc"), "src/a b.cc");
  EXPECT_EQ(PathOf("./src//x/../a.cc"), "src/a.cc");
  EXPECT_EQ(PathOf("src\\\\a.cc"), "src/a.cc");
  const std::string work = R"(, "invocations": [{"workingDirectory": {"uri": "file:///w/repo"}}])";
  EXPECT_EQ(PathOf("file:///w/repo/src/a.cc", work), "src/a.cc");
  EXPECT_EQ(PathOf("/w/repo/a.cc", work), "a.cc");
  EXPECT_EQ(PathOf("file:///w/repo/sub/a.cc", R"(, "originalUriBaseIds": {"A": {"uri": "file:///w/"},
      "B": {"uri": "file:///w/repo/"}})"),
            "sub/a.cc");
  EXPECT_EQ(PathOf("file:///C:/w/a.cc", R"(, "originalUriBaseIds": {"A": {"uri": "file:///C:/w/"}})"), "a.cc");
}

TEST(ParseSarifTest, PathsElsewhereAreDropped) {
  const std::string work = R"(, "invocations": [{"workingDirectory": {"uri": "file:///w/repo"}}])";
  for (const char* uri : {"../a.cc", "a/../../b.cc", "%2e%2e/a.cc", "/etc/passwd", "file:///etc/passwd",
                          "https://x.test/a.cc", "file:///w/repository/a.cc", "file:///w/repo/../x", "file:///w/repo",
                          "a%00.cc", "a%zz", ".", "", "C:\\\\code\\\\a.c"}) {
    EXPECT_EQ(PathOf(uri, work), "") << uri;
  }
}

TEST(ParseSarifTest, BaseIdsAndArtifactIndices) {
  const ParsedReport report = Parsed(
      Report(R"({"message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {"index": 1}}}]})",
             R"(, "originalUriBaseIds": {"ROOT": {"uri": "file:///w/"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"}},
         "artifacts": [{}, {"location": {"uri": "a.cc", "uriBaseId": "SRC"}}])"));
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].path, "src/a.cc");
  EXPECT_EQ(report.findings[0].line, 0);
  EXPECT_EQ(report.findings[0].check, "lint");  // no rule id at all
  // A circle of base ids ends.
  EXPECT_THAT(Parsed(Report(R"({"message": {"text": "m"}, "locations": [{"physicalLocation":
      {"artifactLocation": {"uri": "a.cc", "uriBaseId": "A"}}}]})",
                            R"(, "originalUriBaseIds": {"A": {"uri": "x/", "uriBaseId": "A"}})"))
                  .findings,
              SizeIs(1));
}

Severity SeverityOf(const std::string& result, const std::string& rule) {
  const ParsedReport report = Parsed(Report(Located("a.cc", result), "", R"(, "rules": [{"id": "r")" + rule + "}]"));
  return report.findings.at(0).severity;
}

TEST(ParseSarifTest, SeverityOfTheResultThenOfTheRule) {
  EXPECT_EQ(SeverityOf("", ""), Severity::kMinor);
  EXPECT_EQ(SeverityOf(R"(, "level": "error")", ""), Severity::kMajor);
  EXPECT_EQ(SeverityOf(R"(, "level": "note")", R"(, "defaultConfiguration": {"level": "error"})"), Severity::kInfo);
  EXPECT_EQ(SeverityOf("", R"(, "defaultConfiguration": {"level": "error"})"), Severity::kMajor);
  EXPECT_EQ(SeverityOf("", R"(, "properties": {"security-severity": "9.0"})"), Severity::kCritical);
  EXPECT_EQ(SeverityOf(R"(, "properties": {"security-severity": 7})", ""), Severity::kMajor);
  EXPECT_EQ(SeverityOf(R"(, "properties": {"security-severity": "6.9"}, "level": "error")", ""), Severity::kMinor);
}

TEST(ParseSarifTest, SuppressedPassedAndAbsentResultsAreDropped) {
  for (const char* members : {R"(, "suppressions": [{"kind": "inSource"}])", R"(, "kind": "pass")",
                              R"(, "suppressions": [{"kind": "external", "status": "accepted"}])",
                              R"(, "kind": "notApplicable")", R"(, "baselineState": "absent")"}) {
    EXPECT_EQ(Parsed(Report(Located("a.cc", members))).dropped, 1) << members;
  }
  for (const char* members :
       {R"(, "suppressions": [])", R"(, "suppressions": [{"kind": "external", "status": "rejected"}])",
        R"(, "suppressions": [{"kind": "inSource"}, {"kind": "external", "status": "underReview"}])"}) {
    EXPECT_EQ(Parsed(Report(Located("a.cc", members))).dropped, 0) << members;
  }
}

TEST(ParseSarifTest, TextIsOneBoundedLine) {
  const ParsedReport report = Parsed(Report(R"({"message": {"text": "a\n\tb \u001b[31m )" + std::string(9000, 'x') +
                                            R"("}, "locations": [{"physicalLocation":
      {"artifactLocation": {"uri": "a.cc"}}}]})"));
  EXPECT_THAT(report.findings[0].message, ::testing::StartsWith("a b [31m xxx"));
  EXPECT_THAT(report.findings[0].message.size(), ::testing::AllOf(::testing::Gt(4000u), ::testing::Le(4096u)));
}

struct BadCase {
  std::string json, message;
};
class BadSarifTest : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadSarifTest, SaysWhere) {
  EXPECT_THAT(ParseSarif(GetParam().json), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    Texts, BadSarifTest,
    ::testing::Values(
        BadCase{"", "not valid JSON"}, BadCase{"[]", "an object was expected at the top"},
        BadCase{R"({"version": "1.0.0", "runs": []})", "version: SARIF 2.1.0 was expected, not \"1.0.0\""},
        BadCase{R"({"version": 2})", "version"}, BadCase{R"({"version": "2.1.0"})", "runs: missing"},
        BadCase{R"({"version": "2.1.0", "runs": {}})", "runs: an array was expected"},
        BadCase{R"({"version": "2.1.0", "runs": [{}]})", "runs[0].tool.driver.name: the tool's name is missing"},
        BadCase{Report(Located("a.cc") + ", 7"), "runs[0].results[1]: an object was expected"},
        BadCase{Report(R"({"ruleId": 7, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}}}]})"),
                "runs[0].results[0].ruleId: a string was expected"},
        BadCase{Report(Located("a.cc", R"(, "level": "fatal")")), "runs[0].results[0].level: one of"},
        BadCase{Report(R"({"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"},
            "region": {"startLine": 99999999999999999999}}}]})"),
                "region.startLine: a whole number"},
        BadCase{Report(R"({"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"},
            "region": {"startLine": -1}}}]})"),
                "region.startLine: a whole number"},
        BadCase{Report("", R"(, "externalPropertyFileReferences": {"results": [{}]})"), "further files"},
        BadCase{std::string(200, '['), "nested deeper than 128"},
        BadCase{"[" + std::string(5'000'000, ',') + "]", "more than 4000000 values"},
        BadCase{std::string((32 << 20) + 1, ' '), "at most 33554432"}));

// Reports of real tools, where the machine has them beside the source.
TEST(ParseSarifTest, ReportsOfRealTools) {
  const std::filesystem::path folder =
      std::filesystem::path(MERGEGATE_SOURCE_DIR) / "../shared/integrations/payloads/sarif";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recorded reports in " << folder;
  const auto read = [&](const char* name) {
    std::ifstream file(folder / name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const ParsedReport cppcheck = Parsed(read("cppcheck_many_vuln.sarif"));
  ASSERT_THAT(cppcheck.findings, SizeIs(7));
  EXPECT_EQ(cppcheck.findings[0].check, "arrayIndexOutOfBounds");
  EXPECT_EQ(cppcheck.findings[0].path, "cc_many.c");
  EXPECT_EQ(cppcheck.findings[0].line, 12);
  EXPECT_EQ(cppcheck.dropped, 0);
  EXPECT_THAT(Parsed(read("cppcheck_no_vuln.sarif")).findings, IsEmpty());
  EXPECT_THAT(Parsed(read("no_runs.sarif")).tools, IsEmpty());
  const ParsedReport specification = Parsed(read("appendix_k2.sarif"));
  ASSERT_THAT(specification.findings, SizeIs(1));
  EXPECT_EQ(specification.findings[0].path, "src/collections/list.cpp");
  EXPECT_EQ(specification.findings[0].function, "collections::list::add");
  EXPECT_THAT(Parsed(read("sdk.11.BadMissingString.xml.sarif")).findings, SizeIs(1));
  EXPECT_THAT(Parsed(read("sdk.15.FileNumberCoverage.xml.sarif")).findings, SizeIs(2));
  EXPECT_THAT(ParseSarif(read("sdk.01.BadMissingString.xml.sarif")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1.0.0")));
  for (const char* name : {"appendix_k.sarif", "appendix_k1.sarif", "bash-report.sarif", "suppression_test.sarif"}) {
    EXPECT_TRUE(ParseSarif(read(name)).ok()) << name;
  }
}

}  // namespace
}  // namespace mergegate::reports
