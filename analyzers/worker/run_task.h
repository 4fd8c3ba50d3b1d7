// One analysis task: one mergegate-analyze process, one result, whatever the process does.
//
//   TaskRunner runner({.program = "/usr/bin/mergegate-analyze", .build = build, .mirrors =
//   "/var/lib/mergegate/mirrors"}); std::optional<v1::TaskResult> result = runner.Run(task, stop);     // nullopt:
//   stopped
//
// Thread safety: Run may be called from any number of threads at once. Ownership: owns the engine's cache and
// the zygote.
#ifndef MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_
#define MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzers/worker/engine_cache.h"
#include "analyzers/worker/sandbox/child.h"
#include "analyzers/worker/sandbox/zygote.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::worker {

struct AnalyzerOptions {
  std::string program;                              // path of mergegate-analyze
  std::string build;                                // its build id, as AnalyzerBuild gave it
  std::string mirrors;                              // folder of "<project>.git"; empty = only `repositories`
  std::map<std::string, std::string> repositories;  // git folder by project id; goes before `mirrors`
  std::vector<std::string> toolchain_roots;         // handed on to the analyzer
  std::vector<std::string> extra_roots;             // handed on to the analyzer
  EngineCacheOptions cache;                         // what analyses leave for later ones
  std::function<std::string()> toolchain;           // fingerprint of the headers below the roots; empty = not known
  int cores = 1;                                    // processes of all analyzers that are to work at once, >= 1
  bool zygote = false;                              // fork analyzers from a warm one instead of starting each
};

// The folder of clang's own headers, as `program --resource-dir` prints it. Errors as AnalyzerBuild.
absl::StatusOr<std::string> AnalyzerResourceDir(const std::string& program);

// The build id that `program --build-id` prints. kFailedPrecondition when it cannot be run.
absl::StatusOr<std::string> AnalyzerBuild(const std::string& program);

// A result that holds one failure of the whole task, on each side of it, and nothing else.
v1::TaskResult FailedTask(const v1::AnalysisTask& task, v1::FailureKind kind, std::string_view message);

class TaskRunner {
 public:
  explicit TaskRunner(AnalyzerOptions options);

  // Blocks until the analyzer has ended. A crash, a hang, a memory bomb, a flood or garbage is a FailedTask; nullopt
  // only when `stop` was requested. Its analyzer_build is that of the options on the toolchain of this moment.
  std::optional<v1::TaskResult> Run(const v1::AnalysisTask& task, const sandbox::StopRequest& stop);

 private:
  absl::StatusOr<std::string> RepositoryOf(std::string_view project) const;
  v1::AnalyzerAnswer AnswerOf(const sandbox::ChildResult& child, const v1::AnalysisTask& task) const;

  const AnalyzerOptions options_;
  EngineCache cache_;
  std::unique_ptr<sandbox::Zygote> zygote_;  // null = each analyzer is started
  std::atomic<int> running_ = 0;             // tasks
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_
