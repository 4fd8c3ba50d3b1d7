// The engine's cache on a bad day: whatever happens to its files, results are those of an analysis without a cache, and
// what was damaged is replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analyzers/cache/artifact_file.h"
#include "analyzers/worker/run_task.h"
#include "tests/support/test_repo.h"

namespace mergegate::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kHeader[] = "#pragma once\ninline int Half(int x) { return x / 2; }\n";

std::string Unit(const std::string& last) {
  return "#include <string>\n#include <vector>\n#include \"half.h\"\n"
         "int Kept(int* p) {\n  if (p == nullptr) return *p;\n  return Half(*p);\n}\n"
         "int Changed(std::vector<int> v, int x) {\n  if (x > 3);\n" +
         last + "}\n";
}

class EngineCacheTest : public ::testing::Test {
 protected:
  v1::AnalysisTask Task(const std::vector<std::string>& analyzers) const {
    v1::AnalysisTask task;
    task.set_task_id("t1");
    task.set_attempt(1);
    task.set_project("projects/p");
    task.set_commit(head_.value());
    task.mutable_limits()->set_wall_seconds(300);
    task.mutable_limits()->set_memory_mib(4096);
    task.mutable_limits()->set_max_findings(100);
    v1::UnitTask& unit = *task.mutable_unit();
    unit.set_main_file("a.cc");
    unit.set_directory("/src");
    unit.set_config_commit(base_.value());
    unit.set_checks("-*,bugprone-*,performance-*,clang-analyzer-core*");
    for (const std::string& analyzer : analyzers) unit.add_analyzers(analyzer);
    unit.add_arguments("-std=c++20");
    v1::UnitSide& base = *unit.mutable_base();
    base.set_commit(base_.value());
    base.set_main_file("a.cc");
    base.set_directory("/src");
    *base.mutable_arguments() = unit.arguments();
    return task;
  }

  // What both tiers say, but for what it cost.
  std::vector<v1::TaskResult> Analyze(const std::string& cache_folder) {
    std::vector<v1::TaskResult> results;
    const sandbox::StopRequest never;
    worker::TaskRunner runner({.program = MERGEGATE_ANALYZE,
                               .build = build_,
                               .mirrors = "",
                               .repositories = {{"p", repo_.path()}},
                               .toolchain_roots = {},
                               .extra_roots = {},
                               .cache = {.folder = cache_folder},
                               .toolchain = [] { return "fingerprint"; },
                               .cores = 1,
                               .zygote = true});
    for (const std::vector<std::string>& tier :
         {std::vector<std::string>{"clang-tidy", "code-metrics"}, std::vector<std::string>{"static-analyzer"}}) {
      v1::TaskResult result = runner.Run(Task(tier), never).value();
      EXPECT_EQ(result.failures_size() + result.base().failures_size(), 0) << result.ShortDebugString();
      result.clear_cost();
      results.push_back(std::move(result));
    }
    return results;
  }

  static std::vector<std::string> Texts(const std::vector<v1::TaskResult>& results) {
    std::vector<std::string> texts;
    for (const v1::TaskResult& result : results) texts.push_back(result.DebugString());
    return texts;
  }

  // Files of the cache by kind.
  std::map<std::string, std::vector<std::string>> Kinds() const {
    std::map<std::string, std::vector<std::string>> kinds;
    for (const auto& kind : fs::directory_iterator(folder_.Join("cache/p"))) {
      for (const auto& file : fs::directory_iterator(kind)) {
        kinds[kind.path().filename()].push_back(file.path());
      }
    }
    return kinds;
  }

  TestRepo repo_;
  TempDirectory folder_;
  const std::string build_ = worker::AnalyzerBuild(MERGEGATE_ANALYZE).value();
  const CommitId base_ = repo_.Commit({{"a.cc", Unit("  return x;\n")}, {"half.h", kHeader}});
  const CommitId head_ = repo_.Commit({{"a.cc", Unit("  int* q = nullptr;\n  return *q;\n")}});
};

TEST_F(EngineCacheTest, SaysTheSameWithoutAColdAndAWarmCache) {
  const std::vector<v1::TaskResult> plain = Analyze("");
  EXPECT_GT(plain[0].findings_size(), 0);
  EXPECT_GT(plain[1].findings_size(), 0);
  EXPECT_EQ(Texts(Analyze(folder_.Join("cache"))), Texts(plain));
  EXPECT_EQ(Texts(Analyze(folder_.Join("cache"))), Texts(plain));
}

TEST_F(EngineCacheTest, SurvivesEveryDamageToEveryKindOfFile) {
  const std::vector<std::string> plain = Texts(Analyze(""));
  ASSERT_EQ(Texts(Analyze(folder_.Join("cache"))), plain);
  const auto kinds = Kinds();
  ASSERT_FALSE(kinds.empty());

  const auto change = [](const std::string& path, int64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(at);
    file.put(byte);
  };
  const std::map<std::string, std::function<void(const std::string&)>> damages = {
      {"cut", [](const std::string& path) { fs::resize_file(path, fs::file_size(path) - 1); }},
      {"flipped", [&](const std::string& path) { change(path, static_cast<int64_t>(fs::file_size(path)) / 2); }},
      {"empty", [](const std::string& path) { fs::resize_file(path, 0); }},
      {"wrong magic", [&](const std::string& path) { change(path, 0); }},
      {"a folder",
       [](const std::string& path) {
         fs::remove(path);
         fs::create_directory(path);
       }},
      {"unreadable", [](const std::string& path) { fs::permissions(path, fs::perms::none); }},
      {"gone", [](const std::string& path) { fs::remove(path); }},
  };
  for (const auto& [kind, files] : kinds) {
    for (const auto& [name, damage] : damages) {
      SCOPED_TRACE(kind + " " + name);
      for (const std::string& file : files) damage(file);
      EXPECT_EQ(Texts(Analyze(folder_.Join("cache"))), plain);
      for (const std::string& file : files) {
        if (name == "unreadable") fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
        const auto content = cache::ReadArtifact(file);
        EXPECT_FALSE(absl::IsDataLoss(content.status())) << content.status();
      }
      EXPECT_EQ(Texts(Analyze(folder_.Join("cache"))), plain) << "once mended";
    }
  }
}

}  // namespace
}  // namespace mergegate::testing
