// The pipeline with a real repository and store, and a fake worker whose "analyzers" are simple: a line with TIDY is a
// finding of clang-tidy, one with LEAK of the static analyzer, and #include "path" reads a file of the tree.
//
//   class RunPipelineTest : public PipelineTest {};
//   TEST_F(RunPipelineTest, ...) {
//     const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
//     const CommitId head = repo_.Commit({{"a.cc", "int a; // TIDY\n"}});
//     EXPECT_EQ(VerdictOf(Gate(base, head)).state, VerdictState::kFail);
//   }
#ifndef MERGEGATE_TESTS_UNIT_PIPELINE_PIPELINE_FIXTURE_H_
#define MERGEGATE_TESTS_UNIT_PIPELINE_PIPELINE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/pipeline/run_pipeline.h"
#include "server/wire/convert.h"
#include "tests/support/test_repo.h"
#include "tests/unit/pipeline/fake_worker.h"

namespace mergegate::pipeline {

// What the fake analyzers say about one side.
inline TaskResult FakeSide(const Tree& tree, const std::string& main_file, const std::vector<std::string>& analyzers) {
  TaskResult result;
  std::set<std::string> seen;
  const std::function<void(const std::string&)> read = [&](const std::string& path) {
    if (!seen.insert(path).second) return;
    const auto blob = tree.FindBlob(path);
    if (!blob) {
      result.absent.push_back(path);
      return;
    }
    result.inputs.push_back({path, *blob});
    int number = 0;
    const std::string text = *tree.ReadFile(path);
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      ++number;
      for (const std::string& analyzer : analyzers) {
        const std::string mark = analyzer == "clang-tidy" ? "TIDY" : analyzer == "static-analyzer" ? "LEAK" : "\n";
        if (line.find(mark) == std::string::npos) continue;
        result.findings.push_back({.check = mark == "TIDY" ? "bugprone-x" : "clang-analyzer-x",
                                   .analyzer = analyzer,
                                   .severity = Severity::kMajor,
                                   .path = path,
                                   .line = number,
                                   .column = 1,
                                   .message = mark,
                                   .line_text = line,
                                   .unit = main_file});
      }
      if (line.starts_with("#include \"")) read(line.substr(10, line.size() - 11));
    }
  };
  read(main_file);
  return result;
}

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() { EXPECT_TRUE(store_->CreateProject({.id = kProject, .remote = "", .created = clock_.Now()}).ok()); }

  TaskResult Analyze(const AnalysisTask& task) const {
    const auto mirror = *mirrors_.Open(task.project);
    const auto* unit = std::get_if<UnitTask>(&task.work);
    if (unit == nullptr) return {};
    TaskResult result = FakeSide(**mirror->OpenTree(task.commit), unit->main_file, unit->analyzers);
    if (unit->base) {
      result.base = {FakeSide(**mirror->OpenTree(unit->base->commit), unit->base->main_file, unit->analyzers)};
    }
    result.cost.entries_analyzed = unit->analyzers.front() == "static-analyzer" ? 1 : 0;
    return result;
  }

  mergegate::Run RunOf(const CommitId& base, const CommitId& head) {
    mergegate::Run run;
    run.id = RunId(absl::StrCat("r", ++runs_));
    run.submission = {.project = kProject, .change = head.value(), .base = base, .head = head};
    run.deadline = clock_.Now() + absl::Hours(1);
    return run;
  }

  // Carries out a run by a server of another build each time, so that no verdict is kept from one to the next.
  storage::VerdictRecord Gate(const CommitId& base, const CommitId& head) {
    PipelineParts parts = parts_;
    parts.version = absl::StrCat(runs_);
    return Gate(RunOf(base, head), parts);
  }
  // Carries out a run by these parts.
  static storage::VerdictRecord Gate(const mergegate::Run& run, const PipelineParts& parts) {
    absl::StatusOr<storage::VerdictRecord> record = RunPipeline(parts, run, [] { return false; });
    EXPECT_TRUE(record.ok()) << record.status();
    return record.ok() ? *std::move(record) : storage::VerdictRecord();
  }

  static Verdict VerdictOf(const storage::VerdictRecord& record) {
    v1::Verdict proto;
    EXPECT_TRUE(proto.ParseFromString(record.verdict));
    return *wire::FromProto(proto);
  }
  static RunStats StatsOf(const storage::VerdictRecord& record) {
    v1::RunStats proto;
    EXPECT_TRUE(proto.ParseFromString(record.stats));
    return wire::FromProto(proto);
  }

  const ProjectId kProject{"p"};
  FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  testing::TestRepo repo_;
  testing::TempDirectory home_;
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  Mirrors mirrors_{home_.path(), {{kProject, repo_.objects()}}};
  Metrics metrics_;
  AnalysisBoard board_{clock_, {.metrics = &metrics_}};
  ProgressBoard progress_;
  PipelineParts parts_{.clock = clock_,
                       .mirrors = mirrors_,
                       .store = *store_,
                       .board = board_,
                       .progress = progress_,
                       .metrics = metrics_,
                       .recheck_share = 0};
  int runs_ = 0;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_TESTS_UNIT_PIPELINE_PIPELINE_FIXTURE_H_
