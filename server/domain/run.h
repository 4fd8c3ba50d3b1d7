// Projects, runs and what a caller submits.
#ifndef MERGEGATE_SERVER_DOMAIN_RUN_H_
#define MERGEGATE_SERVER_DOMAIN_RUN_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/verdict.h"

namespace mergegate {

struct Project {
  ProjectId id;
  std::string remote;
  absl::Time created;
  bool operator==(const Project&) const = default;
};

enum class ReportKind { kSarif = 0, kCoverage = 1 };

// A report of another tool: SARIF, or coverage of the tests in one of the formats of server/reports/coverage.h.
struct ImportedReport {
  std::string name;
  std::string text;
  bool at_base = false;
  ReportKind kind = ReportKind::kSarif;
  bool operator==(const ImportedReport&) const = default;
};

// What a run is to do; stored with it.
struct Submission {
  ProjectId project;
  std::string request_id;
  std::string change;
  CommitId base;
  CommitId head;
  std::string compile_commands;  // JSON text; empty = none given
  std::vector<ImportedReport> reports;
  std::string policy;  // empty = the base commit's
  bool caller_analyzes = false;
  RunId judges_again;  // its stored facts are judged again, with what the review says now; empty = an analysis
  absl::Duration deadline = absl::Minutes(60);  // from creation
};

enum class RunState { kQueued = 1, kRunning = 2, kDone = 3 };

struct Run {
  RunId id;
  Submission submission;
  RunState state = RunState::kQueued;
  int attempt = 0;
  absl::Time created;
  absl::Time deadline;
  absl::Time finished = absl::InfinitePast();
  VerdictState verdict = VerdictState::kUnspecified;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_RUN_H_
