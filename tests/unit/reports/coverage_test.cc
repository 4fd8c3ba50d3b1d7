// The formats of coverage reports, each as its tool writes it.
#include "server/reports/coverage.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace mergegate::reports {
namespace {

using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Pair;

CoverageReport Parse(std::string_view text) {
  absl::StatusOr<CoverageReport> report = ParseCoverage(text);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : CoverageReport();
}

void Refuses(std::string_view text, const std::string& why) {
  EXPECT_THAT(ParseCoverage(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)));
}

TEST(Coverage, Lcov) {
  const CoverageReport report = Parse(
      "TN:unit\n"
      "SF:/home/ci/repo/build/../src/a.cc\n"
      "FN:1,_Z1fv\nFNDA:2,_Z1fv\nFNF:1\nFNH:1\n"
      "BRDA:3,0,0,-\n"
      "DA:1,2\nDA:3,0\nDA:4,1e+10,2XVyt\n"
      "LF:3\nLH:2\nend_of_record\n"
      "TN:system\r\nSF:/home/ci/repo/src/a.cc\r\nDA:3,1\r\nDA:9,0\r\nend_of_record\r\n");
  EXPECT_EQ(report.format, "lcov");
  EXPECT_THAT(report.files, ElementsAre(Pair("/home/ci/repo/src/a.cc",
                                             ElementsAre(Pair(1, true), Pair(3, true), Pair(4, true), Pair(9, false)))))
      << "a line was run when any test ran it";
}

TEST(Coverage, LcovSaysWhatIsWrongAndWhere) {
  Refuses("SF:a.cc\nDA:x,1\n", "line 2: DA:<line>,<count> was expected");
  Refuses("DA:1,1\n", "line 1: DA: outside of a record");
  Refuses("hello\n", "line 1: this is no coverage report");
  Refuses("", "no file is told of");
  Refuses("TN:\n", "no file is told of");
}

// As llvm-cov 22 exports: f() covers lines 1 to 5 and was called 3 times, the branch on line 3 never, line 4 once more.
TEST(Coverage, LlvmCov) {
  const CoverageReport report = Parse(R"({"type":"llvm.coverage.json.export","version":"2.0.1","data":[{"files":[
      {"filename":"/r/a.cc","segments":[[1,10,3,true,true,false],[3,14,0,true,true,false],[3,30,3,true,false,false],
                                        [6,2,0,false,false,false],[8,1,0,true,true,false],[9,2,0,false,false,false]]}]}]})");
  EXPECT_EQ(report.format, "llvm-cov");
  EXPECT_THAT(report.files.at("/r/a.cc"), ElementsAre(Pair(1, true), Pair(2, true), Pair(3, true), Pair(4, true),
                                                      Pair(5, true), Pair(6, true), Pair(8, false), Pair(9, false)));
}

TEST(Coverage, LlvmCovSkippedRegionsAreNotExecutable) {
  const CoverageReport report = Parse(R"({"type":"llvm.coverage.json.export","data":[{"files":[
      {"filename":"a.cc","segments":[[1,10,1,true,true,false],[3,1,0,false,true,false],[5,1,1,true,false,false],
                                     [6,2,0,false,false,false]]}]}]})");
  EXPECT_THAT(report.files.at("a.cc"), ElementsAre(Key(1), Key(2), Key(6)));
}

TEST(Coverage, Cobertura) {
  const CoverageReport report = Parse(R"(<?xml version="1.0" ?>
      <!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
      <coverage line-rate="0.5"><sources><source>/home/ci/repo</source></sources><packages><package name="src"><classes>
        <class name="a_cc" filename="src/a.cc"><methods/><lines>
          <line number="1" hits="2" branch="false"/><line number="2" hits="0"/></lines></class>
        <class name="b_cc" filename="/abs/b.cc"><lines><line number="7" hits="1"/></lines></class>
      </classes></package></packages></coverage>)");
  EXPECT_EQ(report.format, "Cobertura");
  EXPECT_THAT(report.files, ElementsAre(Pair("/abs/b.cc", ElementsAre(Pair(7, true))),
                                        Pair("/home/ci/repo/src/a.cc", ElementsAre(Pair(1, true), Pair(2, false)))));
}

TEST(Coverage, CoberturaSaysWhatIsWrong) {
  Refuses("<coverage>", "not valid XML at byte");
  Refuses("<report/>", "Cobertura's <coverage> was expected");
  Refuses("<coverage><packages><package><classes><class/></classes></package></packages></coverage>", "no filename");
  Refuses(
      "<coverage><packages><package><classes><class filename='a.cc'><lines><line number='0' hits='1'/></lines></class>"
      "</classes></package></packages></coverage>",
      "a.cc: a <line> needs a number from 1");
  // A bomb of entities expands to nothing.
  Parse(
      "<!DOCTYPE c [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;'>]><coverage><sources><source>&b;</source></sources>"
      "</coverage>");
}

TEST(Coverage, Gcovr) {
  const CoverageReport report = Parse(R"({"gcovr/format_version":"0.6","files":[{"file":"src/a.cc","lines":[
      {"line_number":1,"count":1,"branches":[]},{"line_number":2,"count":0},{"line_number":3,"count":0,"gcovr/noncode":true},
      {"line_number":1,"count":0}]}]})");
  EXPECT_EQ(report.format, "gcovr");
  EXPECT_THAT(report.files, ElementsAre(Pair("src/a.cc", ElementsAre(Pair(1, true), Pair(2, false)))));
}

TEST(Coverage, Gcov) {
  const CoverageReport report = Parse(R"({"format_version":"1","gcc_version":"12.2.0","files":[{"file":"../src/a.cc",
      "lines":[{"line_number":5,"count":4,"unexecuted_block":false}]}]})");
  EXPECT_EQ(report.format, "gcov");
  EXPECT_THAT(report.files, ElementsAre(Pair("src/a.cc", ElementsAre(Pair(5, true)))));
}

TEST(Coverage, JsonSaysWhatIsWrongAndWhere) {
  Refuses("{}", "none of llvm-cov's, gcovr's or gcov's");
  Refuses("{", "not valid JSON");
  Refuses(R"({"type":"llvm.coverage.json.export","data":[{"files":[{"filename":"a","segments":[[1,2]]}]}]})",
          "data[0].files[0].segments[0]: [line, column, count");
  Refuses(
      R"({"type":"llvm.coverage.json.export","data":[{"files":[{"filename":"a","segments":[[0,1,1,true,true]]}]}]})",
      "data[0].files[0].segments: a segment on line 0");
  Refuses(R"({"gcovr/format_version":"0.6","files":[{"file":"a","lines":[{"line_number":-1}]}]})",
          "files[0].lines[0].line_number: a whole number");
}

}  // namespace
}  // namespace mergegate::reports
