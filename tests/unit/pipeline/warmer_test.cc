// When a target branch moves, its units are analyzed before somebody asks, and never in the way of somebody who does.
#include "server/pipeline/warmer.h"

#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WarmerTest : public PipelineTest {
 protected:
  WarmerTest() {
    // Commands for every unit, as an earlier run uploaded them.
    first_ = repo_.Commit(
        {{"a.cc", "int a;\n"}, {"b.cc", "#include \"h.h\"\nint b;\n"}, {"c.cc", "int c;\n"}, {"h.h", "int h;\n"}});
    std::string json;
    for (const char* unit : {"a.cc", "b.cc", "c.cc"}) {
      absl::StrAppend(&json, json.empty() ? "[" : ",", R"({"directory":"/p","file":"/p/)", unit,
                      R"(","arguments":["c++","-c","/p/)", unit, R"("]})");
    }
    EXPECT_TRUE(store_->SaveCompileCommands(kProject, first_, json + "]", clock_.Now()).ok());
  }

  Submission Base(const CommitId& commit) const {
    Submission base;
    base.project = kProject;
    base.base = commit;
    return base;
  }

  // Main files that the worker was asked for, each once, in order.
  static std::vector<std::string> Files(const FakeWorker& worker) {
    std::vector<std::string> files;
    for (const AnalysisTask& task : worker.asked()) {
      const auto* unit = std::get_if<UnitTask>(&task.work);
      if (unit == nullptr || unit->base || !task.at_base) continue;
      if (files.empty() || files.back() != unit->main_file) files.push_back(unit->main_file);
    }
    return files;
  }

  FakeWorker::Answer Honest() {
    return [this](const AnalysisTask& task) { return Analyze(task); };
  }

  CommitId first_;
};

TEST_F(WarmerTest, AllKnownUnitsAreAnalyzedAloneInBothTiersAndOnlyOnce) {
  FakeWorker worker(board_, Honest());
  Warmer warmer(parts_, {.units = 200});
  ASSERT_TRUE(warmer.Warm(Base(first_), [] { return false; }).ok());
  EXPECT_THAT(Files(worker), ElementsAre("a.cc", "b.cc", "c.cc"));
  EXPECT_EQ(metrics_.Get(Counter::kWarmTasks), 6);
  // Another process, as after a restart: what is there costs look-ups only.
  worker.Forget();
  Warmer restarted(parts_, {.units = 200});
  ASSERT_TRUE(restarted.Warm(Base(first_), [] { return false; }).ok());
  EXPECT_THAT(worker.asked(), IsEmpty());
}

TEST_F(WarmerTest, WhatAMoveCanHaveAlteredComesFirst) {
  FakeWorker worker(board_, Honest());
  Warmer warmer(parts_, {.units = 2});
  ASSERT_TRUE(warmer.Warm(Base(first_), [] { return false; }).ok());
  worker.Forget();
  ASSERT_TRUE(warmer.Warm(Base(repo_.Commit({{"h.h", "int hh;\n"}})), [] { return false; }).ok());
  EXPECT_THAT(Files(worker), ElementsAre("b.cc"));  // and a.cc, which was known
}

TEST_F(WarmerTest, ACommitThatIsNotAheadIsPassedOver) {
  FakeWorker worker(board_, Honest());
  const CommitId second = repo_.Commit({{"a.cc", "int aa;\n"}});
  Warmer warmer(parts_, {.units = 200});
  ASSERT_TRUE(warmer.Warm(Base(second), [] { return false; }).ok());
  worker.Forget();
  ASSERT_TRUE(warmer.Warm(Base(first_), [] { return false; }).ok());
  EXPECT_THAT(worker.asked(), IsEmpty());
}

TEST_F(WarmerTest, ItStopsWhenItIsTold) {
  FakeWorker worker(board_, Honest());
  Warmer warmer(parts_, {.units = 200});
  EXPECT_TRUE(absl::IsCancelled(warmer.Warm(Base(first_), [this] { return metrics_.Get(Counter::kWarmTasks) >= 1; })));
}

TEST_F(WarmerTest, TheThreadTakesUpAMove) {
  FakeWorker worker(board_, Honest());
  Warmer warmer(parts_, {.units = 200});
  warmer.Start();
  warmer.BaseMoved(Base(first_));
  while (metrics_.Get(Counter::kWarmTasks) < 6) std::this_thread::yield();
}

}  // namespace
}  // namespace mergegate::pipeline
