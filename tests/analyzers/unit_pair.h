// A unit at two commits, to be analyzed alone and compared, with a cache that is kept as the worker keeps it.
//
//   UnitPair pair({{"a.cc", "..."}}, {{"a.cc", "..."}});
//   v1::TaskResult compared = pair.Compare();                           // without a cache
//   EXPECT_EQ(Differences(pair.HeadAlone(), compared), "");
//   pair.CompareCached();                                               // fills pair.cache()
//
// Thread safety: one thread at a time.
#ifndef MERGEGATE_TESTS_ANALYZERS_UNIT_PAIR_H_
#define MERGEGATE_TESTS_ANALYZERS_UNIT_PAIR_H_

#include <string>
#include <utility>
#include <vector>

#include "mergegate/v1/analysis.pb.h"
#include "tests/support/test_repo.h"

namespace mergegate::testing {

struct PairOptions {
  std::vector<std::string> analyzers = {"clang-tidy", "code-metrics"};
  std::string checks =
      "-*,bugprone-*,clang-diagnostic-*,cppcoreguidelines-*,-cppcoreguidelines-macro-to-enum,misc-*,-misc-no-recursion,"
      "-misc-include-cleaner,"
      "modernize-*,-modernize-macro-to-enum,performance-*,readability-*";
  std::vector<std::string> arguments = {"-std=c++20", "-Wall", "-Wextra"};
  std::vector<std::string> base_arguments = {};  // empty = as at the head
  std::vector<int> ignored_suppressions = {};    // lines of the head's main file
  std::string base_main_file = "a.cc";
};

class UnitPair {
 public:
  // The main file at the head is "a.cc"; a file that the head does not name is as at the base.
  UnitPair(const Files& base, const Files& head, PairOptions options = {});

  v1::TaskResult HeadAlone() const;
  v1::TaskResult BaseAlone() const;
  v1::TaskResult Compare() const;
  // Reads the cache and adds to it what the answer says.
  v1::AnalyzerAnswer CompareCached() const;
  v1::AnalyzerAnswer Answer(const v1::AnalysisTask& task, const std::string& cache, int jobs = 1) const;

  const v1::AnalysisTask& task() const { return task_; }
  const std::string& cache() const { return cache_.path(); }
  // Paths of everything in the cache, ordered.
  std::vector<std::string> CachedFiles() const;

 private:
  TestRepo repo_;
  TempDirectory cache_;
  v1::AnalysisTask task_;
};

// Everything that a side says, a line each, but what it cost; references are told by name and line.
std::vector<std::string> Describe(const v1::TaskResult& side);
// Lines that only one of them has: "- " of `expected`, "+ " of `actual`. Empty when both say the same.
std::string Differences(const v1::TaskResult& expected, const v1::TaskResult& actual);
// "check:line" of all findings in the main file.
std::vector<std::string> Places(const v1::TaskResult& side);
// The bytes of a result, but for its cost.
std::string Bytes(v1::TaskResult result);
// `text` with the only place that says `from` saying `to`.
std::string Edited(std::string text, const std::string& from, const std::string& to);

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_ANALYZERS_UNIT_PAIR_H_
