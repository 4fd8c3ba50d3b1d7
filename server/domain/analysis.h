// What workers are asked and what they answer: counterparts of proto/mergegate/v1/analysis.proto.
#ifndef MERGEGATE_SERVER_DOMAIN_ANALYSIS_H_
#define MERGEGATE_SERVER_DOMAIN_ANALYSIS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/domain/change.h"
#include "server/domain/finding.h"
#include "server/domain/ids.h"

namespace mergegate {

// Values equal those of the proto enum; smaller is better.
enum class CommandSource { kUnspecified = 0, kGiven = 1, kEarlier = 2, kTree = 3, kInferred = 4 };

// Lines by path; ranges ordered and disjoint.
using LinesByPath = std::map<std::string, std::vector<LineRange>>;

struct TaskLimits {
  int wall_seconds = 600;
  int memory_mib = 4096;
  int max_findings = 10000;
  bool operator==(const TaskLimits&) const = default;
};

// The same unit at another commit.
struct UnitSide {
  CommitId commit;
  std::string main_file;
  std::vector<std::string> arguments;
  std::string directory = "/src";
  bool operator==(const UnitSide&) const = default;
};

struct UnitTask {
  std::string main_file;
  std::vector<std::string> arguments;
  std::string directory = "/src";
  CommandSource source = CommandSource::kUnspecified;
  double confidence = 0;
  CommitId config_commit;
  std::string checks;
  std::vector<std::string> analyzers;
  LinesByPath ignored_suppressions;
  std::optional<UnitSide> base;  // what it is compared with
  int analyzer_steps = 0;        // 0 = the static analyzer's own default
  bool operator==(const UnitTask&) const = default;
};

struct DuplicationTask {
  LinesByPath added;
  std::vector<std::string> siblings;
  int min_tokens = 100;
  bool operator==(const DuplicationTask&) const = default;
};

struct AnalysisTask {
  std::string task_id;
  int attempt = 0;
  ProjectId project;
  RunId run;
  CommitId commit;
  bool at_base = false;
  TaskLimits limits;
  bool require_sandbox = false;
  std::variant<UnitTask, DuplicationTask> work;
  bool operator==(const AnalysisTask&) const = default;
};

struct InputFile {
  std::string path;
  BlobId blob;
  bool operator==(const InputFile&) const = default;
};

struct Declaration {
  std::string usr;
  std::string name;
  std::string path;
  int start_line = 0;
  int end_line = 0;
  std::vector<int> references = {};  // indices into the same list
  bool is_template = false;
  std::vector<uint64_t> instantiations = {};  // ordered
  bool operator==(const Declaration&) const = default;
};

struct SandboxReport {
  int landlock_abi = 0;
  bool seccomp = false;
  std::string missing;
  bool operator==(const SandboxReport&) const = default;
};

struct TaskCost {
  double wall_seconds = 0;
  double cpu_seconds = 0;
  int64_t peak_memory_kib = 0;
  int parses = 0;
  int preambles_reused = 0;
  int bodies_skipped = 0;
  int entries_analyzed = 0;
  int entries_reused = 0;
  bool operator==(const TaskCost&) const = default;
};

struct TaskResult {
  std::vector<Finding> findings;
  std::vector<FunctionMeasurement> measurements;
  std::vector<AnalysisFailure> failures;
  std::vector<InputFile> inputs;
  std::vector<std::string> absent;
  std::vector<Declaration> declarations;
  std::vector<DuplicateBlock> duplicates;
  int suppressed = 0;
  SandboxReport sandbox;
  TaskCost cost;
  std::string analyzer_build;
  std::vector<TaskResult> base;  // of the unit at the base: at most one, with a `base` of its own never
  bool operator==(const TaskResult&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_ANALYSIS_H_
