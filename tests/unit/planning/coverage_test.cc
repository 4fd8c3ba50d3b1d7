// How much of a change the results saw.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/planning/plan.h"
#include "tests/unit/planning/changes.h"

namespace mergegate::planning {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

UnitTask Unit(std::string main_file, CommandSource source = CommandSource::kGiven) {
  UnitTask task;
  task.main_file = std::move(main_file);
  task.source = source;
  task.confidence = source == CommandSource::kInferred ? 0.3 : 1;
  return task;
}

TaskResult Read(std::vector<std::string> paths) {
  TaskResult result;
  for (std::string& path : paths) result.inputs.push_back({std::move(path), BlobId()});
  return result;
}

TaskResult Failed(FailureKind kind, std::vector<std::string> paths = {}) {
  TaskResult result = Read(std::move(paths));
  result.failures.push_back({"clang-tidy", "", kind, "it broke", false});
  return result;
}

// a.cc: 2 lines altered and a deletion (1) = 3 lines; a.h: 4 lines added.
Diff TwoFiles() {
  return DiffOf({Modified("a.cc", {Replace(3, {"o"}, {"n", "n"}), Remove(20, {"o", "o", "o"})}),
                 Modified("a.h", {Insert(10, {"1", "2", "3", "4"})})});
}

TEST(MeasureCoverageTest, ParsedWhenAUnitReadItToTheEnd) {
  Plan plan;
  plan.head = {Unit("a.cc")};
  plan.units_affected = 5;
  plan.units_left_out = {"b.cc"};
  const Coverage coverage = MeasureCoverage(TwoFiles(), plan, {Read({"a.cc", "a.h"})}, {});
  EXPECT_EQ(coverage.changed_lines, 7);
  EXPECT_EQ(coverage.parsed_lines, 7);
  EXPECT_EQ(coverage.guessed_lines, 0);
  EXPECT_EQ(coverage.missed_lines, 0);
  EXPECT_EQ(coverage.units_affected, 5);
  EXPECT_EQ(coverage.units_analyzed, 1);
  EXPECT_THAT(coverage.units_left_out, ElementsAre("b.cc"));
  EXPECT_THAT(coverage.files, ElementsAre(FileCoverage{"a.cc", {"a.cc"}, CommandSource::kGiven, "", 3},
                                          FileCoverage{"a.h", {"a.cc"}, CommandSource::kGiven, "", 4}));
}

TEST(MeasureCoverageTest, AGuessCountsApartUnlessAKnownCommandReadItToo) {
  Plan plan;
  plan.head = {Unit("a.cc", CommandSource::kInferred), Unit("b.cc", CommandSource::kTree)};
  const Coverage coverage = MeasureCoverage(TwoFiles(), plan, {Read({"a.cc", "a.h"}), Read({"b.cc", "a.h"})}, {});
  EXPECT_EQ(coverage.guessed_lines, 3);
  EXPECT_EQ(coverage.parsed_lines, 4);
  EXPECT_THAT(coverage.files[0].reason, HasSubstr("confidence 0.3"));
  EXPECT_THAT(coverage.files[1].units, ElementsAre("a.cc", "b.cc"));
  EXPECT_EQ(coverage.files[1].source, CommandSource::kTree);
}

TEST(MeasureCoverageTest, AFailedUnitSawNothing) {
  for (FailureKind kind :
       {FailureKind::kCrashed, FailureKind::kTimedOut, FailureKind::kOutOfMemory, FailureKind::kParseError,
        FailureKind::kNoCommand, FailureKind::kNoSandbox, FailureKind::kNoWorker, FailureKind::kInternal}) {
    Plan plan;
    plan.head = {Unit("a.cc")};
    plan.covers = {{"a.h", {"a.cc"}}};
    const Coverage coverage = MeasureCoverage(TwoFiles(), plan, {Failed(kind, {"a.cc", "a.h"})}, {});
    EXPECT_EQ(coverage.missed_lines, 7);
    EXPECT_EQ(coverage.units_analyzed, 0);
    EXPECT_EQ(coverage.files[0].reason, "a.cc: it broke");
    EXPECT_EQ(coverage.files[1].reason, "a.cc: it broke");
  }
}

TEST(MeasureCoverageTest, CutOutputWasSeenAllTheSame) {
  Plan plan;
  plan.head = {Unit("a.cc")};
  EXPECT_EQ(MeasureCoverage(TwoFiles(), plan, {Failed(FailureKind::kOutputLimit, {"a.cc"})}, {}).parsed_lines, 3);
}

TEST(MeasureCoverageTest, MissingResultsAreMissedNotForgotten) {
  Plan plan;
  plan.head = {Unit("a.cc")};
  const Coverage coverage = MeasureCoverage(TwoFiles(), plan, {}, {});
  EXPECT_EQ(coverage.missed_lines, 7);
  EXPECT_EQ(coverage.files[0].reason, "a.cc: no result");
  EXPECT_EQ(coverage.files[1].reason, "no analyzed unit includes it");
}

TEST(MeasureCoverageTest, OtherFilesDoNotCount) {
  ChangedFile link = Modified("link.cc", {});
  link.symlink_or_submodule = true;
  ChangedFile binary = Modified("bin.cc", {});
  binary.binary = true;
  const Diff diff = DiffOf({Modified("README"), Deleted("gone.cc"), Renamed("x.cc", "y.cc"), Modified("third/t.cc"),
                            Modified("gen.cc"), link, binary});
  Plan plan;
  plan.excluded = {"gen.cc"};
  AnalysisPolicy policy;
  policy.exclude_paths = {"third/**"};
  const Coverage coverage = MeasureCoverage(diff, plan, {}, policy);
  EXPECT_THAT(coverage.files, ElementsAre(FileCoverage{
                                  "bin.cc", {}, CommandSource::kUnspecified, "binary or too large to be compared", 1}));
  EXPECT_EQ(coverage.missed_lines, 1);
}

TEST(MeasureCoverageTest, DeclarationsOnceEachWhenTheirLinesChanged) {
  Plan plan;
  plan.head = {Unit("a.cc"), Unit("b.cc")};
  TaskResult first = Read({"a.cc"});
  first.declarations = {{"u1", "f", "a.cc", 1, 3, {}, false, {}},    // touches the altered line 3
                        {"u2", "g", "a.cc", 5, 18, {}, false, {}},   // between the changes
                        {"u3", "h", "a.cc", 19, 25, {}, false, {}},  // around the deletion
                        {"u4", "i", "a.h", 13, 13, {}, false, {}},
                        {"u5", "j", "z.h", 1, 99, {}, false, {}}};  // not changed
  TaskResult second = Read({"b.cc"});
  second.declarations = {{"u4", "i", "a.h", 13, 13, {}, false, {}}};
  EXPECT_EQ(MeasureCoverage(TwoFiles(), plan, {first, second}, {}).changed_declarations, 3);
}

TEST(MeasureCoverageTest, TheWeakestSandboxSpeaks) {
  Plan plan;
  plan.head = {Unit("a.cc"), Unit("b.cc"), Unit("c.cc")};
  std::vector<TaskResult> results(3);
  EXPECT_THAT(MeasureCoverage(TwoFiles(), plan, results, {}).sandbox_missing, IsEmpty());
  results[0].sandbox = {.landlock_abi = 2, .seccomp = true, .missing = "old Landlock"};
  results[1].sandbox = {.landlock_abi = 0, .seccomp = true, .missing = "no Landlock"};
  EXPECT_EQ(MeasureCoverage(TwoFiles(), plan, results, {}).sandbox_missing, "no Landlock");
}

}  // namespace
}  // namespace mergegate::planning
