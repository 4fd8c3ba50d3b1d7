// What the stages found becomes the facts of the gate: reports of other tools, changed functions, ignored suppressions.
#include "server/pipeline/gather_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/map_tree.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// app.py: line 2 was altered, lines 1 and 3 were not.
PatchSet OneLineAltered() {
  PatchSet patch_set;
  patch_set.base = CommitId(std::string(40, '1'));
  patch_set.head = CommitId(std::string(40, '2'));
  patch_set.base_tree = std::make_shared<MapTree>(MapTree::Files{{"app.py", "import os\nx = 1\ny = 1\n"}});
  patch_set.head_tree = std::make_shared<MapTree>(MapTree::Files{{"app.py", "import os\nx = 2\ny = 1\n"}});
  patch_set.diff.files = {{.change = FileChange::kModified,
                           .old_path = "app.py",
                           .new_path = "app.py",
                           .hunks = {{.old_start = 2,
                                      .old_count = 1,
                                      .new_start = 2,
                                      .new_count = 1,
                                      .removed = {"x = 1"},
                                      .added = {"x = 2"}}}}};
  return patch_set;
}

// SARIF of tool "pylint" with one result of rule R at each of the lines.
ImportedReport Pylint(const std::vector<int>& lines, bool at_base) {
  std::string results;
  for (const int line : lines) {
    absl::StrAppend(&results, results.empty() ? "" : ",",
                    R"({"ruleId":"R","level":"error","message":{"text":"bad"},"locations":[{"physicalLocation":)"
                    R"({"artifactLocation":{"uri":"app.py"},"region":{"startLine":)",
                    line, "}}}]}");
  }
  return {.name = "pylint.sarif",
          .text = absl::StrCat(R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"pylint"}},"results":[)",
                               results, "]}]}"),
          .at_base = at_base};
}

Facts FactsWith(const std::vector<ImportedReport>& reports) {
  const PatchSet patch_set = OneLineAltered();
  return GatherFacts(patch_set, {}, {}, {}, ReadReports(patch_set, reports), {}, {}, {});
}

TEST(ReadReports, WithReportsOfBothCommitsOnlyTheAddedResultIsNew) {
  const Facts facts = FactsWith({Pylint({1}, true), Pylint({1, 3}, false)});
  ASSERT_THAT(facts.findings, SizeIs(2));
  EXPECT_EQ(facts.findings[0].line, 3);
  EXPECT_EQ(facts.findings[0].state, BaselineState::kCaused);
  EXPECT_EQ(facts.findings[1].line, 1);
  EXPECT_EQ(facts.findings[1].state, BaselineState::kUnchanged);
  EXPECT_THAT(facts.imported_tools, ElementsAre("pylint"));
}

TEST(ReadReports, WithoutAReportOfTheBaseUnchangedLinesCountAsUnchanged) {
  const Facts facts = FactsWith({Pylint({1, 2}, false)});
  ASSERT_THAT(facts.findings, SizeIs(2));
  EXPECT_EQ(facts.findings[0].line, 2);
  EXPECT_EQ(facts.findings[0].state, BaselineState::kNew);
  EXPECT_EQ(facts.findings[0].line_text, "x = 2");
  EXPECT_EQ(facts.findings[1].state, BaselineState::kUnchanged);
}

TEST(ReadReports, AnUnreadableReportIsAFailureThatNamesIt) {
  const ImportedFindings imported =
      ReadReports(OneLineAltered(), {{.name = "broken.sarif", .text = "{", .at_base = false}});
  ASSERT_THAT(imported.failures, SizeIs(1));
  EXPECT_EQ(imported.failures[0].unit, "broken.sarif");
  EXPECT_THAT(imported.tools, IsEmpty());
}

TEST(ReadReports, ResultsAboutFilesThatTheHeadDoesNotHaveAreLeftOut) {
  ImportedReport report = Pylint({1}, false);
  report.text.replace(report.text.find("app.py"), 6, "no.py");
  EXPECT_THAT(ReadReports(OneLineAltered(), {report}).head, IsEmpty());
}

FunctionMeasurement Function(const std::string& usr, int first, int last, int cognitive) {
  return {.usr = usr, .function = usr, .path = "app.py", .start_line = first, .end_line = last, .cognitive = cognitive};
}

TaskResult Measured(const std::vector<FunctionMeasurement>& measurements) {
  TaskResult result;
  result.measurements = measurements;
  return result;
}

TEST(ChangedFunctions, AreThoseThatOverlapTheDiffWithTheirFormerMeasurement) {
  const auto changes = ChangedFunctions(OneLineAltered().diff, {Measured({Function("f", 1, 2, 4)})},
                                        {Measured({Function("f", 1, 2, 9), Function("untouched", 3, 3, 50)})});
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].function, "f");
  ASSERT_TRUE(changes[0].before.has_value());
  EXPECT_EQ(changes[0].before->cognitive, 4);
  EXPECT_EQ(changes[0].after.cognitive, 9);
}

TEST(ChangedFunctions, AnAddedFunctionHasNoBefore) {
  const auto changes = ChangedFunctions(OneLineAltered().diff, {}, {Measured({Function("f", 2, 2, 9)})});
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_FALSE(changes[0].before.has_value());
}

TEST(ChangedFunctions, AFunctionSeenByManyUnitsCountsOnce) {
  const TaskResult unit = Measured({Function("f", 2, 2, 9)});
  EXPECT_THAT(ChangedFunctions(OneLineAltered().diff, {}, {unit, unit, unit}), SizeIs(1));
}

TEST(GatherFacts, AFindingThatTheChangesOwnNolintWouldHideIsMarked) {
  const PatchSet patch_set = OneLineAltered();
  planning::Plan plan;
  plan.head.emplace_back();
  plan.relaxations = {{.kind = "nolint", .path = "app.py", .line = 2, .text = "x = 2  // NOLINT"}};
  AnalysisResults results;
  results.head.emplace_back();
  results.head[0].findings = {
      {.check = "c", .severity = Severity::kMajor, .path = "app.py", .line = 2, .message = "m"},
      {.check = "c", .severity = Severity::kMajor, .path = "app.py", .line = 3, .message = "n"}};
  const Facts facts = GatherFacts(patch_set, {}, plan, results, {}, {}, {}, {});
  ASSERT_THAT(facts.findings, SizeIs(2));
  EXPECT_TRUE(facts.findings[0].suppressed_by_change);
  EXPECT_FALSE(facts.findings[1].suppressed_by_change);
}

TEST(FactsWithoutComparison, SayWhyAndKeepThePolicy) {
  const Facts facts =
      FactsWithoutComparison({.head = CommitId("h")}, {.text = "version: 1", .source = "default"}, "gone");
  EXPECT_EQ(facts.missing_base, "gone");
  EXPECT_EQ(facts.policy_text, "version: 1");
  EXPECT_THAT(facts.head_commit.value(), HasSubstr("h"));
}

}  // namespace
}  // namespace mergegate::pipeline
