// Units become tasks that compare both commits, tier by tier; their answers, cached or not, become the same verdict.
#include "server/pipeline/analysis_stage.h"

#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AnalysisStageTest : public PipelineTest {
 protected:
  // "main file@analyzer" or, with a base side, "main file@analyzer<base file"; in the order of handing out.
  static std::vector<std::string> Asked(const FakeWorker& worker) {
    std::vector<std::string> asked;
    for (const AnalysisTask& task : worker.asked()) {
      const auto* unit = std::get_if<UnitTask>(&task.work);
      if (unit == nullptr) continue;
      asked.push_back(absl::StrCat(unit->main_file, "@", unit->analyzers.front(),
                                   unit->base ? absl::StrCat("<", unit->base->main_file) : "",
                                   task.at_base ? " at base" : ""));
    }
    return asked;
  }
  FakeWorker::Answer Honest() {
    return [this](const AnalysisTask& task) { return Analyze(task); };
  }
};

TEST_F(AnalysisStageTest, EveryTaskComparesAndAllMatchingTasksComeFirst) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}, {"b.cc", "int b;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int aa;\n"}, {"b.cc", "int bb;\n"}});
  FakeWorker worker(board_, Honest());
  Gate(base, head);
  EXPECT_THAT(Asked(worker), ElementsAre("a.cc@clang-tidy<a.cc", "b.cc@clang-tidy<b.cc", "a.cc@static-analyzer<a.cc",
                                         "b.cc@static-analyzer<b.cc"));
  for (const AnalysisTask& task : worker.asked()) {
    EXPECT_EQ(task.commit, head);
    if (const auto* unit = std::get_if<UnitTask>(&task.work)) {
      EXPECT_EQ(unit->base->commit, base);
    }
  }
}

TEST_F(AnalysisStageTest, RenamesAreFollowedNewUnitsStandAloneAndDeletedOnesAreMatchedAtTheBase) {
  std::string text;
  for (int i = 0; i < 20; ++i) absl::StrAppend(&text, "int a", i, ";\n");
  const CommitId base = repo_.Commit({{"old.cc", text}, {"gone.cc", "int g; // TIDY\n"}});
  const CommitId head = repo_.Commit({{"new.cc", text + "int more;\n"}, {"added.cc", "int n;\n"}},
                                     {.remove = {"gone.cc"}, .rename = {{"old.cc", "new.cc"}}});
  FakeWorker worker(board_, Honest());
  const Verdict verdict = VerdictOf(Gate(base, head));
  EXPECT_THAT(Asked(worker),
              ElementsAre("added.cc@clang-tidy", "new.cc@clang-tidy<old.cc", "gone.cc@clang-tidy at base",
                          "added.cc@static-analyzer", "new.cc@static-analyzer<old.cc"));
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].state, BaselineState::kFixed);
}

TEST_F(AnalysisStageTest, BothTiersOfBothSidesMakeTheVerdict) {
  const CommitId base = repo_.Commit({{"a.cc", "int a; // TIDY\nint b; // LEAK\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // TIDY\nint b; // LEAK\nint c; // TIDY LEAK\n"}});
  FakeWorker worker(board_, Honest());
  const storage::VerdictRecord record = Gate(base, head);
  std::map<BaselineState, int> states;
  for (const Finding& finding : VerdictOf(record).findings) ++states[finding.state];
  EXPECT_EQ(states[BaselineState::kNew], 2);
  EXPECT_EQ(states[BaselineState::kUnchanged], 2);
  EXPECT_EQ(StatsOf(record).entries_analyzed, 1);
  EXPECT_EQ(StatsOf(record).units_analyzed, 2);
}

TEST_F(AnalysisStageTest, AFailureThatBothTiersReportIsShownOnce) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int aa;\n"}});
  FakeWorker worker(board_, [this](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    const auto* unit = std::get_if<UnitTask>(&task.work);
    if (unit == nullptr) return result;
    result.failures = {{.analyzer = unit->analyzers.front(),
                        .unit = "a.cc",
                        .kind = FailureKind::kParseError,
                        .message = "x.h not found"}};
    return result;
  });
  EXPECT_THAT(VerdictOf(Gate(base, head)).failures, SizeIs(1));
}

TEST_F(AnalysisStageTest, AWorkerThatDoesNotKnowPairsIsAFailureAndNothingOfItIsKept) {
  const CommitId base = repo_.Commit({{"a.cc", "int a; // TIDY\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // TIDY\nint b;\n"}});
  FakeWorker worker(board_, [this](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    result.base.clear();
    return result;
  });
  const storage::VerdictRecord record = Gate(base, head);
  EXPECT_EQ(record.state, VerdictState::kInconclusive);
  EXPECT_THAT(VerdictOf(record).failures.at(0).message, HasSubstr("older version"));
  worker.Forget();
  Gate(base, head);
  EXPECT_THAT(Asked(worker), SizeIs(2));
}

TEST_F(AnalysisStageTest, TheSecondTimeEverythingComesFromTheCacheAndTheBytesAreTheSame) {
  const CommitId base = repo_.Commit({{"a.cc", "#include \"a.h\"\nint a; // LEAK\n"}, {"a.h", "int h;\n"}});
  const CommitId head = repo_.Commit({{"a.h", "int h; // TIDY\n"}});
  FakeWorker worker(board_, Honest());
  const storage::VerdictRecord first = Gate(base, head);
  worker.Forget();
  const storage::VerdictRecord second = Gate(base, head);
  EXPECT_THAT(Asked(worker), IsEmpty());
  EXPECT_EQ(second.verdict, first.verdict);
  EXPECT_EQ(second.facts, first.facts);
  EXPECT_EQ(StatsOf(second).units_from_cache, 2);
  EXPECT_EQ(metrics_.Get(Counter::kCacheHits), 2);
  EXPECT_EQ(metrics_.Get(Counter::kCacheMisses), 2);
}

TEST_F(AnalysisStageTest, UnitsForHeadersComeInRoundsAndTheCacheChangesNothing) {
  const CommitId base = repo_.Commit({{"a.cc", "#include \"box.h\"\nBox<int> a;\n"},
                                      {"b.cc", "#include \"box.h\"\nBox<long> b;\n"},
                                      {"c.cc", "#include \"box.h\"\nBox<long> c;\n"},
                                      {"box.h", "template <class T> class Box;\n"}});
  const CommitId head = repo_.Commit({{"box.h", "template <class T> class Box {};\n"}});
  FakeWorker worker(board_, [this](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    const auto* unit = std::get_if<UnitTask>(&task.work);
    if (unit == nullptr) return result;
    Declaration box{.usr = "c:Box", .name = "Box", .path = "box.h", .start_line = 1, .end_line = 1, .references = {}};
    box.is_template = true;
    box.instantiations = {unit->main_file == "a.cc" ? 1u : 2u};
    result.declarations = {box};
    return result;
  });
  const storage::VerdictRecord first = Gate(base, head);
  EXPECT_THAT(Asked(worker), ElementsAre("a.cc@clang-tidy<a.cc", "b.cc@clang-tidy<b.cc", "a.cc@static-analyzer<a.cc",
                                         "b.cc@static-analyzer<b.cc"));
  EXPECT_THAT(VerdictOf(first).coverage.declarations,
              ElementsAre(DeclarationCoverage{"Box", "box.h", 1, false, {"a.cc", "b.cc"}, 2, 1, ""}));
  EXPECT_THAT(VerdictOf(first).coverage.units_left_out, ElementsAre("c.cc"));
  worker.Forget();
  EXPECT_EQ(Gate(base, head).verdict, first.verdict);
  EXPECT_THAT(Asked(worker), IsEmpty());
}

TEST_F(AnalysisStageTest, AChangeOfEitherSidesInputsIsAMiss) {
  const CommitId base = repo_.Commit({{"a.cc", "#include \"a.h\"\nint a;\n"}, {"a.h", "int h;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "#include \"a.h\"\nint aa;\n"}});
  const CommitId other_base =
      repo_.Commit({{"a.cc", "#include \"a.h\"\nint a;\n"}, {"a.h", "int other;\n"}}, {.parents = {{}}});
  const CommitId other_head = repo_.Commit({{"a.cc", "#include \"a.h\"\nint aa;\n"}}, {.parents = {{other_base}}});
  FakeWorker worker(board_, Honest());
  Gate(base, head);
  worker.Forget();
  Gate(other_base, other_head);
  EXPECT_THAT(Asked(worker), SizeIs(2));
}

TEST_F(AnalysisStageTest, AHitThatIsRecheckedAndAgreesIsUsedAndKept) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // LEAK\n"}});
  FakeWorker worker(board_, Honest());
  const storage::VerdictRecord first = Gate(base, head);
  worker.Forget();
  parts_.recheck_share = 0.5;
  parts_.chance = [] { return 0.4; };
  EXPECT_EQ(Gate(base, head).verdict, first.verdict);
  EXPECT_THAT(Asked(worker), SizeIs(2));
  EXPECT_EQ(metrics_.Get(Counter::kCacheRechecks), 2);
  EXPECT_EQ(metrics_.Get(Counter::kCacheDisagreements), 0);
  worker.Forget();
  parts_.chance = [] { return 0.5; };
  Gate(base, head);
  EXPECT_THAT(Asked(worker), IsEmpty());
}

TEST_F(AnalysisStageTest, ADisagreementIsCountedAndTheFreshResultTakesThePlaceOfTheOld) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int aa;\n"}});
  bool lies = true;
  FakeWorker worker(board_, [&](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    if (!lies || !std::holds_alternative<UnitTask>(task.work)) return result;
    result.findings.push_back({.check = "bugprone-lie", .severity = Severity::kMajor, .path = "a.cc", .line = 1});
    return result;
  });
  EXPECT_EQ(Gate(base, head).state, VerdictState::kFail);
  lies = false;
  parts_.recheck_share = 1;
  EXPECT_EQ(Gate(base, head).state, VerdictState::kPass);
  EXPECT_EQ(metrics_.Get(Counter::kCacheDisagreements), 2);
  EXPECT_EQ(metrics_.Get(Counter::kCacheEvictions), 2);
  parts_.recheck_share = 0;
  worker.Forget();
  EXPECT_EQ(Gate(base, head).state, VerdictState::kPass);
  EXPECT_THAT(Asked(worker), IsEmpty());
}

TEST_F(AnalysisStageTest, ARecheckThatCrashesLeavesWhatWasKnown) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // TIDY\n"}});
  bool crashes = false;
  FakeWorker worker(board_, [&](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    if (crashes) result.failures = {{.unit = "a.cc", .kind = FailureKind::kCrashed, .message = "signal 11"}};
    return result;
  });
  const storage::VerdictRecord first = Gate(base, head);
  crashes = true;
  parts_.recheck_share = 1;
  const Verdict second = VerdictOf(Gate(base, head));
  EXPECT_EQ(second.findings, VerdictOf(first).findings);
  EXPECT_EQ(metrics_.Get(Counter::kCacheDisagreements), 0);
}

}  // namespace
}  // namespace mergegate::pipeline
