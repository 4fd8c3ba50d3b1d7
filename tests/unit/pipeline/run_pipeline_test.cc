// The way of a change as a whole: tiers, kept verdicts, and the same bytes whatever was cached.
#include "server/pipeline/run_pipeline.h"

#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RunPipelineTest : public PipelineTest {
 protected:
  FakeWorker::Answer Honest() {
    return [this](const AnalysisTask& task) { return Analyze(task); };
  }
  mergegate::Run WithPolicy(const CommitId& base, const CommitId& head, const std::string& policy) {
    mergegate::Run run = RunOf(base, head);
    run.submission.policy = policy;
    return run;
  }
  static std::string FirstAnalyzer(const AnalysisTask& task) {
    const auto* unit = std::get_if<UnitTask>(&task.work);
    return unit == nullptr ? "duplication" : unit->analyzers.front();
  }

  const std::string kMatchingPolicy =
      "version: 1\nanalysis: {tier: matching, analyzer_steps: 77}\n"
      "conditions: [{name: n, kind: findings, severity: major, max: 0}]\n";
};

TEST_F(RunPipelineTest, AFullVerdictSaysSoAndAPreliminaryOneCameBefore) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // LEAK\n"}});
  const mergegate::Run run = RunOf(base, head);
  VerdictState told = VerdictState::kUnspecified;
  FakeWorker worker(board_, [&](const AnalysisTask& task) {
    if (FirstAnalyzer(task) == "static-analyzer") {
      const auto preliminary = progress_.WaitBeyond(run.id, 0, 0, std::chrono::milliseconds(0)).preliminary;
      if (preliminary != nullptr && preliminary->tier == Tier::kMatching) told = preliminary->state;
    }
    return Analyze(task);
  });
  const storage::VerdictRecord record = Gate(run, parts_);
  EXPECT_EQ(told, VerdictState::kPass);
  EXPECT_EQ(record.state, VerdictState::kFail);
  EXPECT_EQ(VerdictOf(record).tier, Tier::kFull);
}

TEST_F(RunPipelineTest, ThePolicyMayDecideOnTheMatchingTierAndTheAnalyzerGoesOnForTheCache) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // LEAK\n"}});
  FakeWorker worker(board_, Honest());
  const Verdict verdict = VerdictOf(Gate(WithPolicy(base, head, kMatchingPolicy), parts_));
  EXPECT_EQ(verdict.state, VerdictState::kPass);
  EXPECT_EQ(verdict.tier, Tier::kMatching);
  while (metrics_.Get(Counter::kTasks, "ok") < 3) std::this_thread::yield();
  EXPECT_EQ(std::get<UnitTask>(worker.asked().back().work).analyzer_steps, 77);
  // The analyzer's result is there when a policy wants it.
  worker.Forget();
  std::string full = kMatchingPolicy;
  full.replace(full.find("matching"), 8, "full");
  EXPECT_EQ(Gate(WithPolicy(base, head, full), parts_).state, VerdictState::kFail);
  for (const AnalysisTask& task : worker.asked()) EXPECT_EQ(FirstAnalyzer(task), "duplication");
}

TEST_F(RunPipelineTest, AnIdenticalRequestIsAnsweredByTheKeptVerdict) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // LEAK\n"}});
  FakeWorker worker(board_, Honest());
  const storage::VerdictRecord first = Gate(RunOf(base, head), parts_);
  worker.Forget();
  const storage::VerdictRecord second = Gate(RunOf(base, head), parts_);
  EXPECT_THAT(worker.asked(), IsEmpty());
  EXPECT_EQ(second.verdict, first.verdict);
  EXPECT_EQ(second.facts, first.facts);
  EXPECT_EQ(StatsOf(second).units_from_cache, 2);
  EXPECT_EQ(StatsOf(second).units_analyzed, 0);
  EXPECT_EQ(metrics_.Get(Counter::kMemoHits), 1);
}

TEST_F(RunPipelineTest, AnotherPolicyOrReportOrServerIsAnotherRequest) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int a; // TIDY\n"}});
  FakeWorker worker(board_, Honest());
  Gate(RunOf(base, head), parts_);
  EXPECT_EQ(Gate(WithPolicy(base, head, "version: 1\n"), parts_).state, VerdictState::kPass);
  mergegate::Run with_report = RunOf(base, head);
  with_report.submission.reports = {{.name = "x", .text = "not SARIF", .at_base = false}};
  Gate(with_report, parts_);
  PipelineParts other = parts_;
  other.version = "other";
  Gate(RunOf(base, head), other);
  EXPECT_EQ(metrics_.Get(Counter::kMemoHits), 0);
}

TEST_F(RunPipelineTest, AVerdictInWhichTheMachineFailedIsNotKept) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int aa;\n"}});
  bool crashes = true;
  FakeWorker worker(board_, [&](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    if (crashes) result.failures = {{.unit = "a.cc", .kind = FailureKind::kCrashed, .message = "signal 11"}};
    return result;
  });
  EXPECT_EQ(Gate(RunOf(base, head), parts_).state, VerdictState::kInconclusive);
  crashes = false;
  EXPECT_EQ(Gate(RunOf(base, head), parts_).state, VerdictState::kPass);
}

TEST_F(RunPipelineTest, AKeptVerdictThatIsRecheckedIsMadeAnewFromNothingCached) {
  const CommitId base = repo_.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo_.Commit({{"a.cc", "int aa;\n"}});
  bool lies = true;
  FakeWorker worker(board_, [&](const AnalysisTask& task) {
    TaskResult result = Analyze(task);
    if (lies && FirstAnalyzer(task) == "clang-tidy") {
      result.findings.push_back({.check = "lie", .severity = Severity::kMajor, .path = "a.cc", .line = 1});
    }
    return result;
  });
  EXPECT_EQ(Gate(RunOf(base, head), parts_).state, VerdictState::kFail);
  lies = false;
  EXPECT_EQ(Gate(RunOf(base, head), parts_).state, VerdictState::kFail);
  parts_.recheck_share = 0.01;
  parts_.chance = [] { return 0.005; };
  EXPECT_EQ(Gate(RunOf(base, head), parts_).state, VerdictState::kPass);
  EXPECT_EQ(metrics_.Get(Counter::kCacheDisagreements), 2);  // the unit's result, the verdict
  parts_.recheck_share = 0;
  EXPECT_EQ(Gate(RunOf(base, head), parts_).state, VerdictState::kPass);
}

// Twelve commits, each gated against its parent: by a server that knows nothing, by one that knows all that came
// before, and by one that has analyzed the very same before.
TEST_F(RunPipelineTest, CachedAndUncachedVerdictsAreEqualToTheByteOverAHistory) {
  FakeWorker worker(board_, Honest());
  CommitId parent = repo_.Commit({{"a.cc", "#include \"h.h\"\nint a;\n"}, {"b.cc", "int b;\n"}, {"h.h", "int h;\n"}});
  const std::vector<testing::Files> changes = {
      {{"a.cc", "#include \"h.h\"\nint a; // TIDY\n"}},
      {{"h.h", "int h; // LEAK\n"}},
      {{"b.cc", "#include \"h.h\"\nint b;\n"}},
      {{"h.h", "int h;\n"}},
      {{"a.cc", "#include \"h.h\"\n#include \"later.h\"\nint a;\n"}},
      {{"later.h", "int l; // TIDY LEAK\n"}},
      {{"b.cc", "#include \"h.h\"\nint b; // LEAK\n"}, {"a.cc", "int a;\n"}},
      {{".clang-tidy", "Checks: '*'\n"}},
      {{"h.h", "int h; // LEAK\n"}},
      {{"b.cc", "int b;\n"}},
      {{"new.cc", "#include \"h.h\"\nint n; // TIDY\n"}},
      {{"notes.txt", "nothing to analyze\n"}},
  };
  for (const testing::Files& change : changes) {
    const CommitId commit = repo_.Commit(change);
    const auto empty = *storage::OpenSqliteStore(":memory:");
    ASSERT_TRUE(empty->CreateProject({.id = kProject, .remote = "", .created = clock_.Now()}).ok());
    const PipelineParts uncached{.clock = clock_,
                                 .mirrors = mirrors_,
                                 .store = *empty,
                                 .board = board_,
                                 .progress = progress_,
                                 .metrics = metrics_,
                                 .recheck_share = 0};
    const storage::VerdictRecord fresh = Gate(RunOf(parent, commit), uncached);
    for (int i = 0; i < 2; ++i) {
      const storage::VerdictRecord cached = Gate(parent, commit);
      EXPECT_EQ(cached.verdict, fresh.verdict) << commit.value();
      EXPECT_EQ(cached.facts, fresh.facts) << commit.value();
    }
    parent = commit;
  }
  EXPECT_GT(metrics_.Get(Counter::kCacheHits), 10);
}

}  // namespace
}  // namespace mergegate::pipeline
