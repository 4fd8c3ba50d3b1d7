// One analysis task: one mergegate-analyze process, one result, whatever the process does.
//
//   TaskRunner runner({.program = "/usr/bin/mergegate-analyze", .build = build, .mirrors =
//   "/var/lib/mergegate/mirrors"}); std::optional<v1::TaskResult> result = runner.Run(task, stop);     // nullopt:
//   stopped
//
// Thread safety: Run may be called from any number of threads at once. Ownership: holds only its options.
#ifndef MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_
#define MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
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
};

// The build id that `program --build-id` prints. kFailedPrecondition when it cannot be run.
absl::StatusOr<std::string> AnalyzerBuild(const std::string& program);

// A result that holds one failure of the whole task and nothing else.
v1::TaskResult FailedTask(const v1::AnalysisTask& task, v1::FailureKind kind, std::string_view message);

class TaskRunner {
 public:
  explicit TaskRunner(AnalyzerOptions options) : options_(std::move(options)) {}

  // Blocks until the analyzer has ended. A crash, a hang, a memory bomb, a flood or garbage is a FailedTask; nullopt
  // only when `stop` was requested.
  std::optional<v1::TaskResult> Run(const v1::AnalysisTask& task, const sandbox::StopRequest& stop) const;

 private:
  absl::StatusOr<std::string> RepositoryOf(const v1::AnalysisTask& task) const;
  v1::TaskResult ResultOf(const sandbox::ChildResult& child, const v1::AnalysisTask& task) const;

  const AnalyzerOptions options_;
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_RUN_TASK_H_
