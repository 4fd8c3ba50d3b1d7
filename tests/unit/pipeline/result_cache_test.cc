// A cached result holds exactly where the unit would read the same: no compiler is asked, and nothing stale is given.
#include "server/pipeline/result_cache.h"

#include <gtest/gtest.h>

#include "tests/support/map_tree.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();

class ResultCacheTest : public ::testing::Test {
 protected:
  // What analyzing main.cc, which includes a.h after looking for it in include/, left behind.
  static TaskResult ResultFor(const Tree& tree) {
    TaskResult result;
    result.inputs = {{"main.cc", *tree.FindBlob("main.cc")}, {"a.h", *tree.FindBlob("a.h")}};
    result.absent = {"include/a.h"};
    result.findings = {{.check = "bugprone-x", .severity = Severity::kMajor, .path = "main.cc", .line = 1}};
    return result;
  }

  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  ResultCache cache_{*store_};
  MapTree tree_{{{"main.cc", "#include \"a.h\"\n"}, {"a.h", "int a;\n"}, {"other.cc", "int o;\n"}}};
};

TEST_F(ResultCacheTest, HoldsForATreeWithTheSameInputs) {
  cache_.Save("key", ResultFor(tree_), kNow);
  MapTree later = tree_;
  later.Write("other.cc", "int changed;\n");
  const auto hit = cache_.Find("key", {later}, /*at_base=*/true);
  ASSERT_TRUE(hit.has_value());
  EXPECT_EQ(hit->findings, ResultFor(tree_).findings);
}

TEST_F(ResultCacheTest, MissesWhenAnInputChanged) {
  cache_.Save("key", ResultFor(tree_), kNow);
  tree_.Write("a.h", "long a;\n");
  EXPECT_FALSE(cache_.Find("key", {tree_}, false).has_value());
}

TEST_F(ResultCacheTest, MissesWhenAnInputIsGone) {
  cache_.Save("key", ResultFor(tree_), kNow);
  tree_.Remove("a.h");
  EXPECT_FALSE(cache_.Find("key", {tree_}, false).has_value());
}

TEST_F(ResultCacheTest, MissesWhenAFileAppearedThatWouldBeFoundFirst) {
  cache_.Save("key", ResultFor(tree_), kNow);
  tree_.Write("include/a.h", "char a;\n");
  EXPECT_FALSE(cache_.Find("key", {tree_}, false).has_value());
}

TEST_F(ResultCacheTest, MissesWhenAFolderAppearedThatWasLookedFor) {
  TaskResult result = ResultFor(tree_);
  result.absent = {"include"};
  cache_.Save("key", result, kNow);
  tree_.Write("include/b.h", "char b;\n");
  EXPECT_FALSE(cache_.Find("key", {tree_}, false).has_value());
}

TEST_F(ResultCacheTest, AnotherKeyIsAMiss) {
  cache_.Save("key", ResultFor(tree_), kNow);
  EXPECT_FALSE(cache_.Find("other key", {tree_}, false).has_value());
}

TEST_F(ResultCacheTest, ParseFailuresAreKeptAndTellTheSideTheyAreAskedFor) {
  TaskResult result = ResultFor(tree_);
  result.failures = {{.unit = "main.cc", .kind = FailureKind::kParseError, .message = "x", .at_base = false}};
  cache_.Save("key", result, kNow);
  const auto hit = cache_.Find("key", {tree_}, /*at_base=*/true);
  ASSERT_TRUE(hit.has_value());
  EXPECT_TRUE(hit->failures.at(0).at_base);
}

TEST_F(ResultCacheTest, WhatTheEnvironmentDidIsNotKept) {
  for (const FailureKind kind : {FailureKind::kCrashed, FailureKind::kTimedOut, FailureKind::kOutOfMemory,
                                 FailureKind::kNoSandbox, FailureKind::kNoWorker}) {
    TaskResult result = ResultFor(tree_);
    result.failures = {{.unit = "main.cc", .kind = kind}};
    cache_.Save("key", result, kNow);
    EXPECT_FALSE(cache_.Find("key", {tree_}, false).has_value());
  }
}

TEST_F(ResultCacheTest, CorruptEntriesAreMisses) {
  ASSERT_TRUE(store_->SaveResult("key", {"\xff not a manifest", "\xff"}, kNow).ok());
  EXPECT_FALSE(cache_.Find("key", {tree_}, false).has_value());
}

TEST_F(ResultCacheTest, TheKeyNamesWhatAResultDependsOnAndNothingElse) {
  AnalysisTask task;
  task.commit = CommitId(std::string(40, 'a'));
  task.work = UnitTask{.main_file = "main.cc", .arguments = {"-O2"}};
  const std::string key = ResultCache::Key(task, {tree_}, "config", "build");

  AnalysisTask same = task;
  same.task_id = "t9";
  same.attempt = 3;
  same.run = RunId("another");
  same.commit = CommitId(std::string(40, 'b'));
  same.at_base = true;
  EXPECT_EQ(ResultCache::Key(same, {tree_}, "config", "build"), key);

  AnalysisTask other_flags = task;
  std::get<UnitTask>(other_flags.work).arguments = {"-O3"};
  AnalysisTask other_suppressions = task;
  std::get<UnitTask>(other_suppressions.work).ignored_suppressions = {{"main.cc", {{1, 1}}}};
  EXPECT_NE(ResultCache::Key(other_flags, {tree_}, "config", "build"), key);
  EXPECT_NE(ResultCache::Key(other_suppressions, {tree_}, "config", "build"), key);
  EXPECT_NE(ResultCache::Key(task, {tree_}, "other config", "build"), key);
  EXPECT_NE(ResultCache::Key(task, {tree_}, "config", "other build"), key);
}

TEST_F(ResultCacheTest, TheConfigDigestFollowsEveryClangTidyFile) {
  const std::string none = ResultCache::ConfigDigest(tree_);
  tree_.Write("src/.clang-tidy", "Checks: '*'\n");
  const std::string one = ResultCache::ConfigDigest(tree_);
  EXPECT_NE(one, none);
  tree_.Write("src/.clang-tidy", "Checks: '-*'\n");
  EXPECT_NE(ResultCache::ConfigDigest(tree_), one);
  tree_.Remove("src/.clang-tidy");
  EXPECT_EQ(ResultCache::ConfigDigest(tree_), none);
}

}  // namespace
}  // namespace mergegate::pipeline
