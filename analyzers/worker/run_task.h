// One analysis task: one mergegate-analyze process, one result, whatever the process does.
//
//   TaskRunner runner({.program = "/usr/bin/mergegate-analyze", .build = build, .mirrors =
//   "/var/lib/mergegate/mirrors"}); std::optional<v1::TaskResult> result = runner.Run(task, stop);     // nullopt:
//   stopped
//
// Thread safety: Run may be called from any number of threads at once. Ownership: owns the engine's cache.
#ifndef MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_
#define MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzers/worker/engine_cache.h"
#include "analyzers/worker/sandbox/child.h"
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
  std::string toolchain;                            // fingerprint of the headers below the roots
};

// The build id that `program --build-id` prints. kFailedPrecondition when it cannot be run.
absl::StatusOr<std::string> AnalyzerBuild(const std::string& program);

// A result that holds one failure of the whole task, on each side of it, and nothing else.
v1::TaskResult FailedTask(const v1::AnalysisTask& task, v1::FailureKind kind, std::string_view message);

class TaskRunner {
 public:
  explicit TaskRunner(AnalyzerOptions options) : options_(std::move(options)), cache_(options_.cache) {}

  // Blocks until the analyzer has ended. A crash, a hang, a memory bomb, a flood or garbage is a FailedTask; nullopt
  // only when `stop` was requested.
  std::optional<v1::TaskResult> Run(const v1::AnalysisTask& task, const sandbox::StopRequest& stop);

 private:
  absl::StatusOr<std::string> RepositoryOf(std::string_view project) const;
  v1::AnalyzerAnswer AnswerOf(const sandbox::ChildResult& child, const v1::AnalysisTask& task) const;

  const AnalyzerOptions options_;
  EngineCache cache_;
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_
